//! What a package says of itself, and how the README says to depend on it. `.ci/run package` builds every package from what
//! it holds.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folders of the workspace's crates.
fn crates() -> Vec<PathBuf> {
    let folders = fs::read_dir(root().join("crates")).unwrap();
    let folders = folders.map(|entry| entry.unwrap().path());
    folders
        .filter(|folder| folder.join("Cargo.toml").exists())
        .chain([root().to_owned()])
        .collect()
}

/// The section `[package]`.
fn package(manifest: &str) -> &str {
    let (_, rest) = manifest.split_once("[package]").unwrap();
    rest.split_once("\n[").map_or(rest, |(package, _)| package)
}

#[test]
fn a22_every_package_says_what_it_is_and_holds_its_licences() {
    let crates = crates();
    assert!(crates.len() >= 15, "{} crates are few", crates.len());
    for folder in crates {
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let package = package(&manifest);
        for member in [
            "description",
            "repository",
            "license",
            "readme",
            "keywords",
            "categories",
            "include",
            "rust-version",
        ] {
            assert!(package.contains(member), "{}: {member}", folder.display());
        }
        for file in ["README.md", "LICENSE-APACHE", "LICENSE-MIT"] {
            assert!(folder.join(file).exists(), "{}: {file}", folder.display());
        }
    }
}

/// The library's package holds what builds it and its unit tests' files, and none of the tests that need other programs.
#[test]
fn a22_the_librarys_package_is_small() {
    let output = std::process::Command::new(env!("CARGO"))
        .args([
            "package",
            "--locked",
            "--list",
            "--allow-dirty",
            "-p",
            "cardseal",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    let listed = String::from_utf8(output.stdout).unwrap();
    let files: Vec<&str> = listed.lines().collect();
    assert!(
        files.contains(&"src/lib.rs") && files.contains(&"README.md"),
        "{listed}"
    );
    assert!(
        !files.iter().any(|file| file.starts_with("tests/")),
        "{listed}"
    );
    assert!(files.len() < 1107, "{} files", files.len());
}

#[test]
fn a22_the_readme_says_how_to_depend_on_it_and_to_install_it() {
    for page in ["README.md", "README.zh-CN.md"] {
        let page = fs::read_to_string(root().join(page)).unwrap();
        for line in [
            "[dependencies]",
            "cardseal = {",
            "cargo install --locked --path crates/cli",
        ] {
            assert!(page.contains(line), "{line}");
        }
        // Each command of the list reads what one before it has made.
        let (_, commands) = page.split_once("cardseal keygen").unwrap();
        let (commands, _) = commands.split_once("```").unwrap();
        let mut made = vec!["keys/".to_owned()];
        for command in commands.lines() {
            let (read, written) = command.split_once('>').unwrap_or((command, ""));
            for word in read.split_whitespace().chain(command.split('<').skip(1)) {
                let word = word.split_whitespace().next().unwrap_or_default();
                let is_file = [".json", ".b64", ".py"]
                    .iter()
                    .any(|end| word.ends_with(end));
                let is_output = command.contains(&format!("--opener {word}"));
                if is_file && !is_output {
                    let there = made.iter().any(|made| word.starts_with(made.as_str()));
                    assert!(there, "{command}: nothing has made {word}");
                }
            }
            made.extend(written.split_whitespace().next().map(str::to_owned));
        }
    }
}

/// Without them a debug build of a program takes many times as long over a large picture.
#[test]
fn a26_the_readme_says_which_profile_lines_help_a_debug_build() {
    for page in ["README.md", "README.zh-CN.md"] {
        let page = fs::read_to_string(root().join(page)).unwrap();
        let lines = "```toml\n[profile.dev.package.\"*\"]\nopt-level = 2\n```";
        assert!(page.contains(lines), "{page}");
    }
}
