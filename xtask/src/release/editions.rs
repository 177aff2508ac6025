//! Which commands a binary has: its features, and what its archive is called.

/// A choice of the command line's features.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Edition {
    pub(crate) name: &'static str,
    /// What cargo is told beside the package.
    pub(crate) features: &'static [&'static str],
    /// Whether the commands that hold private keys are in it: `demo`, `gateway` and `keygen`.
    pub(crate) has_gateway: bool,
}

/// Every command; and the one for machines that must hold no private key, as the README describes it.
pub(crate) const EDITIONS: [Edition; 2] = [
    Edition {
        name: "cardseal",
        features: &[],
        has_gateway: true,
    },
    Edition {
        name: "cardseal-keyless",
        features: &["--no-default-features", "--features", "http"],
        has_gateway: false,
    },
];

/// What every change is tried with: what a release can go wrong in, without what takes longest to compile. It has the
/// demo, and SQLite's C code.
pub(crate) const QUICK: Edition = Edition {
    name: "cardseal-quick",
    features: &["--no-default-features", "--features", "gateway,ledger"],
    has_gateway: true,
};

impl Edition {
    /// The archive's name without its extension, which is also the folder in it.
    pub(crate) fn stem(&self, version: &str, triple: &str) -> String {
        format!("{}-{version}-{triple}", self.name)
    }

    /// The edition and target of an archive, by its name.
    pub(crate) fn of_stem<'a>(stem: &'a str, version: &str) -> Option<(&'static Self, &'a str)> {
        EDITIONS.iter().find_map(|edition| {
            let rest = stem.strip_prefix(edition.name)?;
            Some((edition, rest.strip_prefix(&format!("-{version}-"))?))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_tells_its_edition_and_target_by_its_name() {
        for edition in &EDITIONS {
            let stem = edition.stem("1.2.3", "x86_64-pc-windows-gnu");
            assert_eq!(
                Edition::of_stem(&stem, "1.2.3"),
                Some((edition, "x86_64-pc-windows-gnu"))
            );
            assert_eq!(Edition::of_stem(&stem, "1.2.4"), None);
        }
        assert_eq!(EDITIONS[0].stem("1.2.3", "t"), "cardseal-1.2.3-t");
    }

    /// The features are those that the README names for it, so that what `.ci/run features` proves holds for the archive.
    #[test]
    fn the_edition_without_private_keys_is_the_readmes() {
        let readme = include_str!("../../../README.md");
        let keyless = EDITIONS
            .iter()
            .find(|edition| !edition.has_gateway)
            .unwrap();
        let command = format!(
            "cargo build --locked --release -p cardseal-cli {}",
            keyless.features.join(" ")
        );
        assert!(readme.contains(&command), "{command}");
    }
}
