//! House rules that no compiler checks.

mod sources;
mod told;

use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// Folders that nobody commits: what programs build, install and find.
const NOT_OURS: [&str; 7] = [
    ".git",
    "target",
    "node_modules",
    "corpus-found",
    "artifacts",
    "coverage",
    "__pycache__",
];

/// The root of the repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// A file of the repository, its path from the root on with `/` everywhere.
struct Source {
    path: String,
    text: String,
}

/// All files whose path is wanted.
fn files(is_wanted: impl Fn(&str) -> bool) -> Vec<Source> {
    let (mut folders, mut found) = (vec![root().to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let (kind, name) = (entry.file_type().unwrap(), entry.file_name());
            if kind.is_dir() && !NOT_OURS.contains(&name.to_string_lossy().as_ref()) {
                folders.push(entry.path());
            } else if kind.is_file() {
                found.extend(read(entry.path(), &is_wanted));
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

fn read(path: PathBuf, is_wanted: impl Fn(&str) -> bool) -> Option<Source> {
    let parts = path.strip_prefix(root()).unwrap().components();
    let relative = Vec::from_iter(parts.map(|part| part.as_os_str().to_string_lossy())).join("/");
    is_wanted(&relative).then(|| {
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        Source {
            path: relative,
            text,
        }
    })
}

/// The lines of files that match, as `PATH:LINE: TEXT`.
fn lines(files: &[Source], pattern: &str) -> Vec<String> {
    let pattern = Regex::new(pattern).unwrap();
    let mut found = Vec::new();
    for Source { path, text } in files {
        let numbered = text
            .lines()
            .enumerate()
            .filter(|(_, line)| pattern.is_match(line));
        found.extend(numbered.map(|(number, line)| format!("{path}:{}: {line}", number + 1)));
    }
    found
}

#[test]
fn files_are_found_where_they_are() {
    let found = files(|path| path == "src/lib.rs" || path == "xtask/tests/house/main.rs");
    assert_eq!(found.len(), 2);
    assert_eq!(
        lines(&found, "^//! House rules"),
        ["xtask/tests/house/main.rs:1: //! House rules that no compiler checks."]
    );
}
