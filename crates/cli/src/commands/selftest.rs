//! `cardseal selftest`: every built-in crypto provider against the published vectors, and against each other.

use std::time::{Duration, Instant};

use cardseal::crypto::{SelfTest, self_test};
use serde_json::{Value, json};

use crate::exit::{Failure, Whose};
use crate::output::{Form, Output};

pub(super) fn run(output: &Output) -> Result<(), Failure> {
    let started = Instant::now();
    let outcomes = self_test();
    let took = started.elapsed();
    match output.form() {
        Form::Json => {
            let list: Vec<Value> = outcomes.iter().map(as_json).collect();
            output.print_json(&list, 4096)?;
        }
        Form::Text => output.print(as_text(&outcomes, took).as_bytes())?,
    }
    let failed: Vec<&str> = outcomes
        .iter()
        .filter(|outcome| !outcome.failed.is_empty())
        .map(|outcome| outcome.provider)
        .collect();
    if failed.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        Whose::Bug,
        format!(
            "the self-test of {} failed; do not seal anything on this machine, and report this",
            failed.join(" and ")
        ),
    ))
}

/// `failed` counts; what failed stands beside it.
fn as_json(outcome: &SelfTest) -> Value {
    json!({
        "provider": outcome.provider,
        "version": outcome.version,
        "checks": outcome.checks,
        "failed": outcome.failed.len(),
        "failures": outcome.failed,
    })
}

/// What a power-on test costs, a caller may read off the last line.
fn as_text(outcomes: &[SelfTest], took: Duration) -> String {
    let mut text = String::new();
    for outcome in outcomes {
        text.push_str(&format!(
            "{} {}: {} checks, {} failed\n",
            outcome.provider,
            outcome.version,
            outcome.checks,
            outcome.failed.len()
        ));
        for what in &outcome.failed {
            text.push_str(&format!("  {what}\n"));
        }
    }
    let took = took.as_secs_f64() * 1e3;
    text.push_str(&format!("all of it took {took:.2} ms\n"));
    text
}
