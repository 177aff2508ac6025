//! What a self-test costs: the power-on test of each provider, and of all of them with what one seals and another opens.

use std::fmt::Write;
use std::hint::black_box;

use cardseal::crypto::{SelfTest, providers, self_test, self_test_of};

use crate::measure::{Effort, median_of};
use crate::report::time;

/// The table, in processor time.
///
/// # Errors
/// Where a check fails: what a failing test takes says nothing.
pub fn costs(effort: Effort) -> Result<String, String> {
    let mut text = "| self-test of | checks | time |\n|---|--:|--:|\n".to_owned();
    for provider in providers() {
        let name = format!("{} alone", provider.name());
        row(&mut text, &name, effort, || vec![self_test_of(&provider)])?;
    }
    let all = "all of them, and what one seals each other opens";
    row(&mut text, all, effort, self_test)?;
    Ok(text)
}

fn row(
    text: &mut String,
    name: &str,
    effort: Effort,
    test: impl Fn() -> Vec<SelfTest>,
) -> Result<(), String> {
    let outcomes = test();
    if let Some(failed) = outcomes.iter().find(|outcome| !outcome.failed.is_empty()) {
        return Err(format!("{}: {:?}", failed.provider, failed.failed));
    }
    let checks: usize = outcomes.iter().map(|outcome| outcome.checks).sum();
    let median = median_of(effort, || {
        black_box(test());
    });
    let _ = writeln!(text, "| {name} | {checks} | {} |", time(median));
    Ok(())
}
