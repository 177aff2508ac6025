//! The suites that a file may speak of: those of the built-in provider, by what is known of them.

use cardseal::crypto::{Facts, PublicKey, built_in};

/// Every suite; the first is the one that the service takes where none is stated.
pub(super) fn all() -> impl Iterator<Item = &'static Facts> {
    built_in().suites().iter().map(|suite| suite.facts())
}

/// The one that is meant where `Algorithm` is not stated.
pub(super) fn unstated() -> Option<&'static Facts> {
    all().next()
}

pub(super) fn named(algorithm: &str) -> Option<&'static Facts> {
    all().find(|facts| facts.algorithm == algorithm)
}

pub(super) fn with_iv_of(bytes: usize) -> Option<&'static Facts> {
    all().find(|facts| facts.iv_len == bytes)
}

/// The one whose keys are of this kind, whether or not this is a key.
pub(super) fn of_keys_like(key: &PublicKey<'_>) -> Option<&'static Facts> {
    let mut suites = built_in().suites().iter();
    suites
        .find(|suite| suite.load(key).is_some())
        .map(|suite| suite.facts())
}

/// Something about each, for a sentence: `AES-256-CBC takes 16, SM4-GCM takes 12`.
pub(super) fn each(about: impl Fn(&Facts) -> String) -> String {
    all().map(about).collect::<Vec<_>>().join(", ")
}
