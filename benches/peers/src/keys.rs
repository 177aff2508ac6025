//! What reading a key costs, with every check of it, by each provider.

use std::fmt::Write;
use std::hint::black_box;

use cardseal::Recipient;
use cardseal::crypto::providers;

use crate::fixture::Fixture;
use crate::measure::{Effort, median_of};
use crate::report::time;
use crate::work::Suite;

/// The table, in processor time.
///
/// # Errors
/// Where a provider does not take a key.
pub fn costs(fixture: &Fixture, effort: Effort) -> Result<String, String> {
    let mut text = "| key | provider | time |\n|---|---|--:|\n".to_owned();
    for (suite, key) in [(Suite::Sm, "SM2"), (Suite::Intl, "RSA-1024")] {
        let der = fixture.public_key(suite);
        for provider in providers() {
            let parse = || Recipient::parse_with(&der, &provider);
            // The generator's table is made with a process's first key.
            parse().map_err(|error| format!("{key}, {}: {error}", provider.name()))?;
            let median = median_of(effort, || {
                let _ = black_box(parse());
            });
            let _ = writeln!(text, "| {key} | {} | {} |", provider.name(), time(median));
        }
    }
    Ok(text)
}
