//! Adding cardseal to a program changes nothing for what else is in it: tests/neighbour is such a program, built and run
//! here with an HTTP client without TLS beside cardseal, with one as it is out of the box, with each driver alone, and with
//! a crypto provider of its own that rustls has to find by itself.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The program by itself, outside this workspace, with cardseal's dependencies in the versions that are locked here.
fn program() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let from = here.join("tests/neighbour");
    let to = Path::new(env!("CARGO_TARGET_TMPDIR")).join("neighbour");
    fs::create_dir_all(to.join("src")).unwrap();
    let manifest = fs::read_to_string(from.join("Cargo.toml")).unwrap();
    let path = format!("path = {:?}", here.display().to_string());
    let changed = manifest.replace("path = \"../..\"", &path);
    assert_ne!(manifest, changed, "the path to cardseal stands in it");
    fs::write(to.join("Cargo.toml"), changed).unwrap();
    fs::copy(from.join("src/main.rs"), to.join("src/main.rs")).unwrap();
    fs::copy(here.join("Cargo.lock"), to.join("Cargo.lock")).unwrap();
    to
}

fn cargo(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(folder)
        // Shared with the other programs that are built in tests, which need nearly the same.
        .env("CARGO_TARGET_DIR", folder.with_file_name("programs"))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr) + String::from_utf8_lossy(&output.stdout);
    (output.status.success(), text.into_owned())
}

#[test]
fn s17_neighbours_work_as_they_did_before() {
    if !common::whole() {
        return common::skip(
            "neighbours",
            "five builds of minutes, with CARDSEAL_NO_SKIP set",
        );
    }
    let program = program();
    let (fetched, why) = cargo(&program, &["fetch"]);
    if !fetched {
        let why = format!("their dependencies cannot be fetched: {}", why.trim());
        return common::skip("neighbours", &why);
    }
    let all = [
        "usual",
        "other-provider",
        "tls",
        "one-async",
        "one-blocking",
    ];
    for features in all {
        let (ran, said) = cargo(&program, &["run", "--features", features]);
        assert!(ran, "with features `{features}`: {said}");
        assert!(said.contains("the neighbours are as they were"), "{said}");
    }
}
