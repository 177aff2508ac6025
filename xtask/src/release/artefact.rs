//! One archive: built, with its bill of materials, and packed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use duct::cmd;
use sha2::{Digest, Sha256};

use super::archive::{self, Entry, Mode};
use super::bill::{self, Bundled, Kind, Subject};
use super::building::{self, Order, Place};
use super::contents;
use super::running::{Here, Starter};
use super::targets::{PRINTS_PAGES, Target};
use super::tree::{Key, Role, Source, Tree};
use super::zig::Tools;
use crate::shell::{Done, Shell};

/// What is made, and what it is made with.
pub(crate) struct Maker<'a> {
    pub(crate) shell: &'a Shell,
    pub(crate) tools: &'a Tools,
    pub(crate) place: Place,
    pub(crate) version: String,
    /// Man pages and completions, by edition.
    pub(crate) pages: BTreeMap<&'static str, Vec<Entry>>,
}

/// An archive with its bill.
pub(crate) struct Artefact {
    /// Its name without the extension.
    pub(crate) stem: String,
    pub(crate) packed: Vec<u8>,
    pub(crate) bill: String,
    /// Of the binary in it.
    pub(crate) binary_sha256: String,
}

impl Maker<'_> {
    /// Builds and packs one.
    pub(crate) fn make(&mut self, order: Order) -> Done<Artefact> {
        let pages = self.pages(order)?;
        let built = building::build(self.shell, self.tools, &self.place, order)?;
        let bytes = std::fs::read(&built.binary)?;
        let binary_sha256 = sha256(&bytes);

        let source = Source {
            folder: &self.place.root,
            package: "cardseal-cli",
            features: order.edition.features,
            triple: order.target.triple,
        };
        let tree = Tree::of(self.shell, &source)?;
        tree.same_as_compiled(&built.packages)?;
        let folders = tree.folders(self.shell, &self.place.root)?;
        let bill = bill::bill(
            &tree,
            &bundled(&tree, &folders)?,
            &Subject {
                file: order.target.binary(),
                sha256: &binary_sha256,
                kind: Kind::Application,
                time: order.time,
                properties: &self.properties(order)?,
            },
        )?;

        let mut entries = contents::ours(&self.place.root)?;
        entries.extend(pages);
        entries.push(Entry::file(
            "THIRD-PARTY.txt",
            contents::notices(&tree, &folders)?,
        ));
        entries.push(Entry::file("cardseal.cdx.json", bill.as_bytes()));
        entries.push(Entry {
            path: order.target.binary().to_owned(),
            mode: Mode::Program,
            bytes,
        });
        let stem = order.edition.stem(&self.version, order.target.triple);
        Ok(Artefact {
            packed: archive::pack(order.target.form, &stem, entries, order.time)?,
            stem,
            bill,
            binary_sha256,
        })
    }

    /// Pages that the binary itself prints, or where it does not run by itself, the one of its edition that does.
    fn pages(&mut self, order: Order) -> Done<Vec<Entry>> {
        if let Some(pages) = self.pages.get(order.edition.name) {
            return Ok(pages.clone());
        }
        let target = match order.target.is_this_system() && !order.target.is_cross_built() {
            true => order.target,
            false => Target::named(PRINTS_PAGES)?,
        };
        let Here::Runs(starter) = Starter::of(self.shell, target) else {
            return Err(format!(
                "the pages cannot be printed: {} does not run here",
                target.triple
            )
            .into());
        };
        let printing = building::build(
            self.shell,
            self.tools,
            &self.place,
            Order { target, ..order },
        )?;
        let pages = contents::printed(self.shell, &starter, &printing.binary)?;
        self.pages.insert(order.edition.name, pages.clone());
        Ok(pages)
    }

    /// What decides the bytes beside the sources.
    fn properties(&self, order: Order) -> Done<Vec<(&'static str, String)>> {
        let commit = self
            .shell
            .read(cmd!("git", "rev-parse", "HEAD").dir(&self.place.root))?;
        let mut properties = vec![
            ("target", order.target.triple.to_owned()),
            (
                "features",
                match order.edition.features {
                    [] => "the default ones".to_owned(),
                    features => features.join(" "),
                },
            ),
            ("commit", commit),
        ];
        properties.extend(self.tools.versions(self.shell, order.target)?);
        Ok(properties)
    }
}

/// C code in what is contained.
pub(crate) fn bundled(tree: &Tree, folders: &BTreeMap<Key, PathBuf>) -> Done<Vec<Bundled>> {
    let sqlite = tree
        .packages
        .iter()
        .find(|((name, _), package)| name == "libsqlite3-sys" && package.role == Role::Contained);
    let Some((key, _)) = sqlite else {
        return Ok(Vec::new());
    };
    let folder = folders.get(key).ok_or("no sources of libsqlite3-sys")?;
    let header = std::fs::read_to_string(folder.join("sqlite3/sqlite3.h"))?;
    Ok(vec![bill::sqlite(key, &header)?])
}

/// In hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes `SHA256SUMS` of everything else in a folder, as `sha256sum --check` reads it.
pub(crate) fn sums(folder: &Path) -> Done<String> {
    let mut lines = BTreeMap::new();
    for file in std::fs::read_dir(folder)? {
        let path = file?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_file() && name != "SHA256SUMS" {
            let line = format!("{}  {name}\n", sha256(&std::fs::read(&path)?));
            lines.insert(name, line);
        }
    }
    let text: String = lines.into_values().collect();
    std::fs::write(folder.join("SHA256SUMS"), &text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_the_files_and_in_their_order() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("b"), "abc").unwrap();
        std::fs::write(folder.path().join("a"), "").unwrap();
        for _ in 0..2 {
            // FIPS 180-4's examples.
            assert_eq!(
                sums(folder.path()).unwrap(),
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a\n\
                 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  b\n"
            );
        }
    }
}
