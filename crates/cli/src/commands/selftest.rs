//! `cardseal selftest`: every built-in crypto provider against the published vectors, and against each other.

use cardseal::crypto::{SelfTest, self_test};
use serde_json::{Value, json};

use crate::exit::{Failure, Whose};
use crate::output::{Form, Output};

pub(super) fn run(output: &Output) -> Result<(), Failure> {
    let outcomes = self_test();
    match output.form() {
        Form::Json => {
            let list: Vec<Value> = outcomes.iter().map(as_json).collect();
            output.print_json(&list, 4096)?;
        }
        Form::Text => output.print(outcomes.iter().map(as_text).collect::<String>().as_bytes())?,
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
            "the self-test of {} failed; seal nothing on this machine, and report it",
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

fn as_text(outcome: &SelfTest) -> String {
    let mut text = format!(
        "{} {}: {} checks, {} failed\n",
        outcome.provider,
        outcome.version,
        outcome.checks,
        outcome.failed.len()
    );
    for what in &outcome.failed {
        text.push_str(&format!("  {what}\n"));
    }
    text
}
