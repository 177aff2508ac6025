//! What stands in an archive beside the binary: licences, pages and what shells need.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::archive::Entry;
use super::running::Starter;
use super::tree::{Key, Role, Tree};
use crate::shell::{Done, Shell};

/// Files of the repository that every archive has.
pub(crate) const OURS: [&str; 8] = [
    "README.md",
    "README.zh-CN.md",
    "CHANGELOG.md",
    "SECURITY.md",
    "SECURITY.zh-CN.md",
    "LICENSE",
    "LICENSE-APACHE",
    "LICENSE-MIT",
];

/// A shell, and what its script has to be called.
const SHELLS: [(&str, &str); 5] = [
    ("bash", "cardseal.bash"),
    ("zsh", "_cardseal"),
    ("fish", "cardseal.fish"),
    ("powershell", "_cardseal.ps1"),
    ("elvish", "cardseal.elv"),
];

/// A language, and where man looks for its pages.
const MANUALS: [(&str, &str); 2] = [("en", "man/man1"), ("zh-CN", "man/zh_CN/man1")];

/// The repository's own files.
pub(crate) fn ours(root: &Path) -> Done<Vec<Entry>> {
    OURS.iter()
        .map(|name| {
            let path = root.join(name);
            let bytes =
                std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            Ok(Entry::file(*name, bytes))
        })
        .collect()
}

/// Man pages in both languages and the shells' scripts, as a binary that runs here prints them.
pub(crate) fn printed(shell: &Shell, starter: &Starter, binary: &Path) -> Done<Vec<Entry>> {
    let mut entries = Vec::new();
    for (language, place) in MANUALS {
        let folder = tempfile::tempdir()?;
        let name = folder.path().to_string_lossy();
        let command = starter.command(binary, &["man", &name]);
        shell.read(command.env("CARDSEAL_LANG", language))?;
        for page in std::fs::read_dir(folder.path())? {
            let page = page?;
            let name = page.file_name().to_string_lossy().into_owned();
            entries.push(Entry::file(
                format!("{place}/{name}"),
                std::fs::read(page.path())?,
            ));
        }
    }
    for (name, file) in SHELLS {
        let command = starter.command(binary, &["completions", name]);
        let script = shell.read(command.env("CARDSEAL_LANG", "en"))?;
        entries.push(Entry::file(format!("completions/{file}"), script + "\n"));
    }
    Ok(entries)
}

/// The licences and notices of what is contained, as the packages have them. Texts that are the same stand there once.
pub(crate) fn notices(tree: &Tree, folders: &BTreeMap<Key, PathBuf>) -> Done<String> {
    let mut holders: BTreeMap<String, BTreeSet<&Key>> = BTreeMap::new();
    let mut list = String::new();
    let contained = tree.packages.iter().filter(|(key, package)| {
        package.role == Role::Contained && package.checksum.is_some() && **key != tree.subject
    });
    for (key, package) in contained {
        list.push_str(&format!("{} {}: {}\n", key.0, key.1, package.licence));
        let folder = folders
            .get(key)
            .ok_or_else(|| format!("no sources of {} {}", key.0, key.1))?;
        for text in texts(folder)? {
            holders.entry(text).or_default().insert(key);
        }
    }
    let mut notices = format!("The code of these packages is in this binary:\n\n{list}");
    for (text, keys) in holders {
        let names: Vec<_> = keys
            .iter()
            .map(|(name, version)| format!("{name} {version}"))
            .collect();
        notices.push_str(&format!(
            "\n{}\n{}:\n\n{text}\n",
            "-".repeat(100),
            names.join(", ")
        ));
    }
    Ok(notices)
}

/// What a package's folder has of licences, copyrights and notices.
fn texts(folder: &Path) -> Done<Vec<String>> {
    let mut texts = Vec::new();
    for file in std::fs::read_dir(folder)? {
        let path = file?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .to_ascii_uppercase();
        let is_one = ["LICEN", "COPY", "NOTICE", "UNLICENSE"]
            .iter()
            .any(|start| name.starts_with(start));
        if is_one && path.is_file() {
            let text = String::from_utf8_lossy(&std::fs::read(&path)?).replace("\r\n", "\n");
            texts.push(text.trim_matches('\n').to_owned());
        }
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::super::tree::Package;
    use super::*;

    #[test]
    fn a_text_that_two_packages_share_stands_there_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut tree = Tree::default();
        let mut folders = BTreeMap::new();
        for (name, licence, role) in [
            ("one", "Permission is granted\r\n", Role::Contained),
            ("two", "Permission is granted", Role::Contained),
            ("macro", "of build time", Role::BuildTime),
        ] {
            let (key, place) = (
                (name.to_owned(), "1.0.0".to_owned()),
                folder.path().join(name),
            );
            std::fs::create_dir(&place).unwrap();
            std::fs::write(place.join("LICENSE-MIT"), licence).unwrap();
            std::fs::write(place.join("README.md"), "no licence").unwrap();
            let package = Package {
                licence: "MIT".into(),
                checksum: Some("ab".into()),
                role,
                ..Package::default()
            };
            tree.packages.insert(key.clone(), package);
            folders.insert(key, place);
        }
        let text = notices(&tree, &folders).unwrap();
        assert_eq!(text.matches("Permission is granted").count(), 1, "{text}");
        assert!(text.contains("one 1.0.0, two 1.0.0:"), "{text}");
        assert!(
            !text.contains("build time") && !text.contains("no licence"),
            "{text}"
        );
        folders.clear();
        assert!(notices(&tree, &folders).is_err());
    }
}
