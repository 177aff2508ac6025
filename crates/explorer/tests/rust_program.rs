//! The program in Rust: the one in `examples/` is what is generated, and what is generated builds and runs.

mod common;

use std::fs;
use std::path::Path;

use cardseal_explorer::{Cloud, Comments, Language, ProgramRequest, find, program};
use common::{ID, KEY, Stage, TOKEN, cases, shell, skip, whole};
use serde_json::Value;

/// `cargo check` of the examples is what tells whoever changes the library that the template has to follow.
#[test]
fn the_example_is_what_is_generated() {
    let action = find(Cloud::Tencent, "GeneralBasicOCR").unwrap();
    let body = action.example();
    let request = ProgramRequest {
        action: action.name,
        version: action.version,
        service: None,
        body: body.as_bytes(),
        endpoint: None,
        comments: Comments::English,
    };
    let generated = program(Language::Rust, &request).unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/call.rs");
    if std::env::var_os("CARDSEAL_WRITE").is_some() {
        fs::write(&path, &generated).unwrap();
    }
    let example = fs::read_to_string(&path).unwrap();
    assert_eq!(example, generated, "run this test with CARDSEAL_WRITE=1");
}

#[test]
fn it_builds_and_runs_as_a_project_of_its_own() {
    if !whole() {
        return skip("rust", "a build of minutes, with CARDSEAL_NO_SKIP set");
    }
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rust-program");
    // Shared with the other programs that are built in tests, which need nearly the same.
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).join("programs");
    let program_file = built.join("debug/call").display().to_string();
    let built = built.display().to_string();
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs::create_dir_all(kept.join("src")).unwrap();
    let manifest = format!(
        "[package]\nname = \"call\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies.cardseal]\n\
         path = {:?}\ndefault-features = false\nfeatures = [\"blocking\", \"tls-ring\"]\n\n[profile.dev]\ndebug = false\n",
        workspace.canonicalize().unwrap()
    );
    fs::write(kept.join("Cargo.toml"), manifest).unwrap();
    fs::write(kept.join("src/main.rs"), "fn main() {}").unwrap();
    // The versions that everything else here is tested with.
    fs::copy(workspace.join("Cargo.lock"), kept.join("Cargo.lock")).unwrap();
    if !shell(&kept, "cargo --version", &[]).status.success() {
        return skip("rust", "`cargo --version` fails here");
    }

    // Takes out of the lock file what this program has no use for.
    let trimmed = shell(&kept, "cargo metadata --offline --format-version 1", &[]);
    assert!(
        trimmed.status.success(),
        "{}",
        String::from_utf8_lossy(&trimmed.stderr)
    );

    let stage = Stage::new();
    let host = stage.address.to_string();
    for (at, case) in cases().into_iter().enumerate() {
        let request = ProgramRequest {
            action: case.action,
            version: case.version,
            service: None,
            body: case.body.as_bytes(),
            endpoint: Some(&stage.url()),
            comments: match at % 2 {
                0 => Comments::Chinese,
                _ => Comments::English,
            },
        };
        let text = program(Language::Rust, &request).unwrap();
        fs::write(kept.join(Language::Rust.file()), text).unwrap();
        let done = shell(
            &kept,
            "cargo build --locked --quiet --offline",
            &[("CARGO_TARGET_DIR", &built)],
        );
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );

        let id = ("TENCENTCLOUD_SECRET_ID", ID);
        let key = ("TENCENTCLOUD_SECRET_KEY", KEY);
        let done = shell(
            &kept,
            &program_file,
            &[id, key, ("TENCENTCLOUD_TOKEN", TOKEN)],
        );
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(
            done.status.success() && !said.contains(KEY),
            "{} {said}",
            case.action
        );
        let reply: Value = serde_json::from_slice(&done.stdout).unwrap();
        assert!(!reply["Response"][case.answer].is_null(), "{reply}");
        assert!(!reply["Response"]["RequestId"].is_null(), "{reply}");
        let recorded = stage.recorded();
        assert_eq!(recorded.len(), 1, "{recorded:?}");
        recorded[0].is(&case, &host);
        assert_eq!(recorded[0].header("X-TC-Token"), Some(TOKEN));

        for credentials in [
            &[][..],
            &[id],
            &[key],
            &[id, ("TENCENTCLOUD_SECRET_KEY", "")],
        ] {
            let done = shell(&kept, &program_file, credentials);
            assert!(
                !done.status.success() && done.stdout.is_empty(),
                "{credentials:?}"
            );
        }
        assert!(stage.recorded().is_empty());
    }
    println!(
        "REACHED a program in rust: {} bodies as they were, each signature good",
        cases().len()
    );
}
