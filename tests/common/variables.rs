//! An environment of a test's own.
#![allow(dead_code)] // each test file uses its part

use std::collections::BTreeMap;

use secrecy::SecretString;

/// Looks variables up among these.
pub(crate) fn variables(
    pairs: &[(&str, &str)],
) -> impl Fn(&str) -> Option<SecretString> + Send + Sync + 'static + use<> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let values: BTreeMap<String, String> = pairs.iter().map(owned).collect();
    move |name: &str| values.get(name).cloned().map(SecretString::from)
}
