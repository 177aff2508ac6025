//! What a suite is called stands in its own file, as one of its facts, and nobody compares it: whoever needs to know
//! something of a suite asks its facts. This reads the code and fails where a name stands elsewhere.

#[path = "algorithm_names/literals.rs"]
mod literals;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use literals::{Literal, Stands};

/// Names that are no comparison: the ciphers' own crate, which asks the processor for `aes`; what a cloud's own pages
/// say of its parameters; the names that the gateway, which shares no code with the library, has for its own list of
/// suites; and two files of tests, one of which lists texts as they stand in the library.
const ELSEWHERE: [&str; 5] = [
    "crates/kernels/src/",
    "crates/explorer/src/catalogue/",
    "crates/gateway/src/keys.rs",
    "src/envelope/known_sets.rs",
    "crates/cli/src/speech/library_tests.rs",
];

#[test]
fn nobody_compares_the_name_of_an_algorithm() {
    let mut files = Vec::new();
    for folder in source_folders() {
        rust_files(&folder, &mut files);
    }
    assert!(files.len() > 300, "{} files are few", files.len());
    let read: Vec<(String, Vec<Literal>)> = files
        .iter()
        .map(|file| {
            let text = std::fs::read_to_string(file).unwrap();
            let shown = file.strip_prefix(workspace()).unwrap().display();
            (shown.to_string(), literals::read(&text).unwrap())
        })
        .collect();
    let names = declared(read.iter().flat_map(|(_, literals)| literals));
    assert!(names.len() >= 2, "{names:?}");

    let mut wrong = Vec::new();
    for (file, literals) in &read {
        if ELSEWHERE.iter().any(|place| file.starts_with(place)) {
            continue;
        }
        let misplaced = misplaced(literals, &names);
        wrong.extend(misplaced.map(|text| format!("{file} has {text:?}; ask the suite's facts")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!(
        "REACHED {} files, {} suites, no name of one outside its own file",
        files.len(),
        names.len()
    );
}

/// The names that suites give themselves.
fn declared<'l>(literals: impl Iterator<Item = &'l Literal>) -> BTreeSet<String> {
    literals
        .filter(|literal| literal.stands == Stands::AmongFacts)
        .map(|literal| literal.text.clone())
        .collect()
}

/// Texts that are a name, or a part of one by which it could be told, and stand among no facts.
fn misplaced<'l>(
    literals: &'l [Literal],
    names: &BTreeSet<String>,
) -> impl Iterator<Item = &'l String> {
    let parts: BTreeSet<String> = names
        .iter()
        .flat_map(|name| name.split('-').map(str::to_owned).chain([name.clone()]))
        .filter(|part| !part.bytes().all(|byte| byte.is_ascii_digit()))
        .map(|part| part.to_lowercase())
        .collect();
    literals
        .iter()
        .filter(|literal| literal.stands == Stands::Anywhere)
        .map(|literal| &literal.text)
        .filter(move |text| parts.contains(text.trim_matches('-').to_lowercase().as_str()))
}

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// `src` of each crate in the workspace.
fn source_folders() -> Vec<PathBuf> {
    let crates = std::fs::read_dir(workspace().join("crates")).unwrap();
    let crates = crates.map(|entry| entry.unwrap().path().join("src"));
    crates.chain([workspace().join("src")]).collect()
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            files.push(path);
        }
    }
}

/// What is found in this text, where a suite is called `SM4-GCM`.
fn found(text: &str) -> Vec<String> {
    let names = BTreeSet::from(["SM4-GCM".to_owned()]);
    let literals = literals::read(text).unwrap();
    misplaced(&literals, &names).cloned().collect()
}

#[test]
fn a_comparison_is_found() {
    for text in [
        r#"fn f(name: &str) -> bool { name == "SM4-GCM" }"#,
        r#"fn f(name: &str) -> u8 { match name { "SM4-GCM" => 1, _ => 2 } }"#,
        r#"const SM4: &str = "SM4-GCM";"#,
        r##"fn f(name: &str) -> bool { name.eq(r#"sm4-gcm"#) }"##,
        r#"fn f(name: &[u8]) -> bool { name == b"SM4-GCM" }"#,
        r#"fn f(name: &str) -> bool { name.ends_with("-GCM") }"#,
        r#"fn f(name: &str) -> bool { name.starts_with("SM4") }"#,
        r#"#[cfg(test)] mod tests {} fn f(name: &str) -> bool { name == "SM4-GCM" }"#,
    ] {
        assert_eq!(found(text).len(), 1, "{text}");
    }
}

#[test]
fn facts_messages_comments_and_tests_are_none() {
    for text in [
        r#"static FACTS: Facts = Facts::gcm("SM4-GCM", 16);"#,
        r#"static CIPHER: Cipher = Cipher { algorithm: "SM4-GCM", key_len: 16 };"#,
        r#"fn f() -> String { format!("SM4-GCM was given {}", 1) }"#,
        "/// With SM4-GCM.\nfn f() {} // \"SM4-GCM\"",
        r#"#[cfg(test)] mod tests { fn f(name: &str) -> bool { name == "SM4-GCM" } }"#,
        r#"#[cfg(all(test, not(miri)))] fn f(name: &str) -> bool { name == "SM4-GCM" }"#,
    ] {
        assert_eq!(found(text), [""; 0], "{text}");
    }
    let facts = literals::read(r#"Facts::cbc("A", 1); X { algorithm: "B" }; f("C")"#).unwrap();
    assert_eq!(
        declared(facts.iter()),
        BTreeSet::from(["A", "B"].map(str::to_owned))
    );
}
