//! What is built into an artefact: the packages behind it, with exactly its features and for exactly its target, as
//! `cargo tree` tells them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use duct::cmd;
use serde_json::Value;

use crate::shell::{Done, Shell};

/// Name and version.
pub(crate) type Key = (String, String);

/// The packages behind an artefact.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tree {
    /// The artefact's own package.
    pub(crate) subject: Key,
    pub(crate) packages: BTreeMap<Key, Package>,
}

/// One of them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Package {
    /// An SPDX expression.
    pub(crate) licence: String,
    /// Of its archive in the registry, in hexadecimal; none for our own.
    pub(crate) checksum: Option<String>,
    pub(crate) needs: BTreeSet<Key>,
    pub(crate) role: Role,
}

/// Whether a package's code is in the artefact.
#[derive(Debug, Default, PartialEq, Eq, Clone, Copy)]
pub(crate) enum Role {
    /// It runs while the artefact is built: a build script, a procedural macro, and what they take.
    #[default]
    BuildTime,
    Contained,
}

/// What an artefact is built from.
pub(crate) struct Source<'a> {
    /// The folder of the workspace or package, which has a `Cargo.lock`.
    pub(crate) folder: &'a Path,
    pub(crate) package: &'a str,
    pub(crate) features: &'a [&'a str],
    pub(crate) triple: &'a str,
}

impl Tree {
    /// Asks cargo.
    pub(crate) fn of(shell: &Shell, source: &Source) -> Done<Self> {
        let all = shell.read(ask(source, "normal,build", "depth", "\t{p}\t{l}"))?;
        let contained = shell.read(ask(source, "normal,no-proc-macro", "none", "\t{p}\t{l}"))?;
        let lock = std::fs::read_to_string(source.folder.join("Cargo.lock"))?;
        Self::read(&all, &contained, &lock)
    }

    /// `all` is one line a package: how deep it stands, itself, its licence. `contained` is the same without the depth.
    fn read(all: &str, contained: &str, lock: &str) -> Done<Self> {
        let mut tree = Self::default();
        let mut above: Vec<Key> = Vec::new();
        for line in all.lines().filter(|line| !line.is_empty()) {
            let (depth, key, licence) = read_line(line)?;
            let depth: usize = depth
                .parse()
                .map_err(|_| format!("the tree of packages says `{line}`"))?;
            above.truncate(depth);
            match above.last() {
                Some(parent) => {
                    let parent = tree.packages.entry(parent.clone()).or_default();
                    parent.needs.insert(key.clone());
                }
                None => tree.subject = key.clone(),
            }
            tree.packages.entry(key.clone()).or_default().licence = licence;
            above.push(key);
        }
        for line in contained.lines().filter(|line| !line.is_empty()) {
            let (_, key, _) = read_line(line)?;
            let package = tree.packages.get_mut(&key);
            package
                .ok_or_else(|| format!("the tree of packages says `{line}` at one time only"))?
                .role = Role::Contained;
        }
        for (key, checksum) in checksums(lock)? {
            if let Some(package) = tree.packages.get_mut(&key) {
                package.checksum = checksum;
            }
        }
        Ok(tree)
    }

    /// Where each package's sources are.
    pub(crate) fn folders(&self, shell: &Shell, folder: &Path) -> Done<BTreeMap<Key, PathBuf>> {
        let told = shell.read(
            cmd!(
                "cargo",
                "metadata",
                "--locked",
                "--all-features",
                "--format-version",
                "1"
            )
            .dir(folder),
        )?;
        let told: Value = serde_json::from_str(&told)?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Ok(told["packages"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|package| {
                let manifest = PathBuf::from(text(&package["manifest_path"]));
                let key = (text(&package["name"]), text(&package["version"]));
                (
                    key,
                    manifest.parent().map(Path::to_owned).unwrap_or_default(),
                )
            })
            .filter(|(key, _)| self.packages.contains_key(key))
            .collect())
    }

    /// What was compiled and is not in the tree, or the other way round.
    pub(crate) fn same_as_compiled(&self, compiled: &BTreeSet<Key>) -> Done {
        let told: BTreeSet<_> = self.packages.keys().cloned().collect();
        let differing: Vec<_> = told
            .symmetric_difference(compiled)
            .map(|(name, version)| format!("{name} {version}"))
            .collect();
        match differing.is_empty() {
            true => Ok(()),
            false => Err(format!(
                "either in the bill of materials or compiled, and not both: {}",
                differing.join(", ")
            )
            .into()),
        }
    }
}

fn ask(source: &Source, edges: &str, prefix: &str, format: &str) -> duct::Expression {
    let mut words = vec!["tree", "--locked", "-p", source.package];
    words.extend(source.features);
    words.extend([
        "--target",
        source.triple,
        "-e",
        edges,
        "--prefix",
        prefix,
        "--format",
        format,
    ]);
    cmd("cargo", words).dir(source.folder)
}

/// `DEPTH\tNAME vVERSION (…)\tLICENCE (*)`.
fn read_line(line: &str) -> Done<(&str, Key, String)> {
    let wrong = || format!("the tree of packages says `{line}`");
    let mut parts = line.split('\t');
    let (depth, package) = (
        parts.next().ok_or_else(wrong)?,
        parts.next().ok_or_else(wrong)?,
    );
    let licence = parts.next().ok_or_else(wrong)?.trim_end_matches(" (*)");
    let mut words = package.split(' ');
    let name = words.next().ok_or_else(wrong)?;
    let version = words
        .next()
        .and_then(|word| word.strip_prefix('v'))
        .ok_or_else(wrong)?;
    Ok((
        depth,
        (name.to_owned(), version.to_owned()),
        licence.replace('/', " OR "),
    ))
}

/// Of each package in a lock file.
fn checksums(lock: &str) -> Done<Vec<(Key, Option<String>)>> {
    let lock: toml::Table = lock.parse()?;
    let text = |package: &toml::Value, name: &str| {
        package
            .get(name)
            .and_then(toml::Value::as_str)
            .map(str::to_owned)
    };
    let packages = lock
        .get("package")
        .and_then(toml::Value::as_array)
        .ok_or("the lock file names no package")?;
    packages
        .iter()
        .map(|package| {
            let name = text(package, "name").ok_or("a package without a name")?;
            let version = text(package, "version").ok_or("a package without a version")?;
            Ok(((name, version), text(package, "checksum")))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &str = "0\tours v0.1.0 (/a/ours)\tApache-2.0 OR MIT\n\
        1\tring v0.17.14\tApache-2.0 AND ISC\n\
        2\tcc v1.2.0\tMIT/Apache-2.0\n\
        1\tderive v2.0.0 (proc-macro)\tMIT\n\
        2\tquote v1.0.0\tMIT\n\
        1\tlog v0.4.0\tMIT\n\
        2\tring v0.17.14\tApache-2.0 AND ISC (*)\n";
    const CONTAINED: &str = "\tours v0.1.0 (/a/ours)\tApache-2.0 OR MIT\n\tring v0.17.14\tApache-2.0 AND ISC\n\tlog v0.4.0\tMIT\n";
    const LOCK: &str = "[[package]]\nname = \"ours\"\nversion = \"0.1.0\"\n\
        [[package]]\nname = \"ring\"\nversion = \"0.17.14\"\nchecksum = \"a4\"\n\
        [[package]]\nname = \"elsewhere\"\nversion = \"9.0.0\"\nchecksum = \"ff\"\n";

    pub(crate) fn tree() -> Tree {
        Tree::read(ALL, CONTAINED, LOCK).unwrap()
    }

    fn key(name: &str, version: &str) -> Key {
        (name.to_owned(), version.to_owned())
    }

    #[test]
    fn every_package_has_its_place_role_and_checksum() {
        let tree = tree();
        assert_eq!(tree.subject, key("ours", "0.1.0"));
        assert_eq!(tree.packages.len(), 6);
        let ours = &tree.packages[&tree.subject];
        assert_eq!(
            ours.needs
                .iter()
                .map(|(name, _)| name.as_str())
                .collect::<Vec<_>>(),
            ["derive", "log", "ring"]
        );
        let ring = &tree.packages[&key("ring", "0.17.14")];
        assert_eq!(
            (ring.checksum.as_deref(), ring.role),
            (Some("a4"), Role::Contained)
        );
        assert!(ring.needs.contains(&key("cc", "1.2.0")));
        for (name, version) in [("cc", "1.2.0"), ("derive", "2.0.0"), ("quote", "1.0.0")] {
            assert_eq!(
                tree.packages[&key(name, version)].role,
                Role::BuildTime,
                "{name}"
            );
        }
        assert_eq!(
            tree.packages[&key("cc", "1.2.0")].licence,
            "MIT OR Apache-2.0"
        );
    }

    /// What cargo says of this repository: of one platform and of these features only.
    #[test]
    fn a_tree_has_its_own_target_and_features() {
        let shell = Shell::at_root().unwrap();
        let names = |triple, features: &[&str]| -> BTreeSet<String> {
            let source = Source {
                folder: shell.root(),
                package: "cardseal-cli",
                features,
                triple,
            };
            let tree = Tree::of(&shell, &source).unwrap();
            assert_eq!(tree.subject.0, "cardseal-cli");
            for (key, package) in &tree.packages {
                let ours = key.0.starts_with("cardseal");
                assert_eq!(package.checksum.is_none(), ours, "{key:?}");
                assert!(!package.licence.is_empty(), "{key:?}");
                for need in &package.needs {
                    assert!(tree.packages.contains_key(need), "{need:?}");
                }
            }
            tree.packages.into_keys().map(|(name, _)| name).collect()
        };
        let keyless = ["--no-default-features", "--features", "http"];
        let musl = names("x86_64-unknown-linux-musl", &keyless);
        let windows = names("x86_64-pc-windows-gnu", &keyless);
        let whole = names("x86_64-unknown-linux-musl", &[]);
        assert!(musl.contains("ring") && windows.contains("ring"));
        assert!(musl.contains("signal-hook") && !windows.contains("signal-hook"));
        assert!(windows.contains("windows-sys") && !musl.contains("windows-sys"));
        for name in ["cardseal-gateway", "rsa", "libsqlite3-sys"] {
            assert!(whole.contains(name) && !musl.contains(name), "{name}");
        }
    }

    #[test]
    fn what_was_compiled_must_be_the_tree() {
        let tree = tree();
        let mut compiled: BTreeSet<_> = tree.packages.keys().cloned().collect();
        tree.same_as_compiled(&compiled).unwrap();
        compiled.remove(&key("cc", "1.2.0"));
        compiled.insert(key("stranger", "1.0.0"));
        let said = tree.same_as_compiled(&compiled).unwrap_err().to_string();
        assert!(said.ends_with(": cc 1.2.0, stranger 1.0.0"), "{said}");
    }

    #[test]
    fn a_line_that_is_no_package_is_an_error() {
        for line in ["0\tours", "0\tours 0.1.0\tMIT", "x\tours v1.0.0\tMIT"] {
            assert!(Tree::read(line, "", LOCK).is_err(), "{line}");
        }
    }
}
