//! The public types, by name, from the one place that makes them public: `src/lib.rs`. A type that is new there fails
//! the test until somebody shows it.

use std::collections::BTreeSet;
use std::path::Path;

/// What has no value of its own to print.
const TRAITS: &[&str] = &[
    "Watch",
    "ctyun::InterfaceEncryption",
    "ctyun::OpenAnswer",
    "crypto::Plaintext",
    "crypto::SecureRandom",
    "crypto::Session",
    "crypto::Suite",
    "crypto::Wrap",
    "signing::Signer",
];

/// What has no value to show here: other names of what the standard library shows, what a profile file's text says, which
/// has no `Debug`, what only a watch is shown (tests/watching.rs prints it), and what a feature alone brings
/// (crates/pkcs11 prints its own).
const WITHOUT_VALUES: &[&str] = &[
    "Attempt",
    "crypto::Rest",
    "crypto::Tag",
    "pkcs11::Module",
    "pkcs11::SmMechanisms",
    "testing::Profile",
    "testing::ProfileText",
];

pub(crate) fn all_are_there(shown: &[&str]) {
    let shown: BTreeSet<&str> = shown.iter().copied().collect();
    let all = everything();
    assert!(all.len() > 100, "{} names are few: {all:?}", all.len());
    for name in TRAITS {
        let bare = name.rsplit("::").next().unwrap();
        assert!(all.contains(*name), "{name} is public no more");
        assert!(is_a_trait(bare), "{name} is no trait");
    }
    let missing: Vec<&String> = all
        .iter()
        .filter(|name| !shown.contains(name.as_str()))
        .filter(|name| ![TRAITS, WITHOUT_VALUES].concat().contains(&name.as_str()))
        .collect();
    assert!(
        missing.is_empty(),
        "public types that nobody looks at: {missing:?}"
    );
    let gone: Vec<&&str> = shown.iter().filter(|name| !all.contains(**name)).collect();
    assert!(gone.is_empty(), "not public: {gone:?}");
}

/// Every public type and trait.
pub(crate) fn everything() -> BTreeSet<String> {
    let mut all = exported(include_str!("../../src/lib.rs"), "");
    all.append(&mut exported(include_str!("../../src/crypto.rs"), "crypto"));
    all.append(&mut exported(
        include_str!("../../src/signing.rs"),
        "signing",
    ));
    all
}

/// The names of types and traits that `pub use` exports, with their module.
pub(crate) fn exported<'a>(text: &'a str, base: &'a str) -> BTreeSet<String> {
    let mut module = base;
    let mut names = BTreeSet::new();
    let mut statement = String::new();
    for line in text.lines().map(str::trim) {
        match line
            .strip_prefix("pub mod ")
            .and_then(|rest| rest.strip_suffix(" {"))
        {
            Some(name) => module = name,
            None if line == "}" => module = base,
            None => {}
        }
        if line.starts_with("pub use ") || !statement.is_empty() {
            statement.push_str(line);
        }
        if statement.ends_with(';') {
            for name in statement.split(|c: char| !c.is_alphanumeric() && c != '_') {
                // Types are in CamelCase; functions and constants are not, and modules are not either.
                let is_type = name.starts_with(char::is_uppercase)
                    && (name.len() < 3 || name.contains(char::is_lowercase));
                if is_type {
                    let path = if module.is_empty() {
                        name.to_owned()
                    } else {
                        format!("{module}::{name}")
                    };
                    names.insert(path);
                }
            }
            statement.clear();
        }
    }
    names
}

fn is_a_trait(name: &str) -> bool {
    fn any(folder: &Path, needle: &str) -> bool {
        std::fs::read_dir(folder).unwrap().any(|entry| {
            let path = entry.unwrap().path();
            if path.is_dir() {
                return any(&path, needle);
            }
            std::fs::read_to_string(path).unwrap().contains(needle)
        })
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sources = [root.join("src"), root.join("crates/crypto/src")];
    [" ", ":", "<"]
        .iter()
        .map(|end| format!("pub trait {name}{end}"))
        .any(|needle| sources.iter().any(|source| any(source, &needle)))
}
