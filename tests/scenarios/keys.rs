//! `key/`: what is taken as the service's public key, and why the rest is not.

use cardseal::{Error, ErrorKind, KeyRejected, Recipient};
use libtest_mimic::Failed;

use crate::scenario::{Scenario, alike};

/// Variants of [`KeyRejected`] that a key can be refused with, whatever the provider.
pub(crate) const REASONS: usize = 25;

pub(crate) fn check(scenario: &Scenario) -> Result<(), Failed> {
    match (
        Recipient::parse(&scenario.payload),
        scenario.expect.as_str(),
    ) {
        (Ok(recipient), "key-accepted") => accepted(scenario, &recipient),
        (Err(reason), "key-rejected") => rejected(scenario, reason),
        (Ok(recipient), _) => Err(format!("it was taken as {recipient:?}").into()),
        (Err(reason), _) => Err(format!("it was rejected: {reason}").into()),
    }
}

fn accepted(scenario: &Scenario, recipient: &Recipient) -> Result<(), Failed> {
    alike(
        "suite",
        recipient.algorithm(),
        scenario.header("algorithm")?,
    )?;
    alike("key", recipient.key_name(), scenario.header("key-name")?)?;
    alike(
        "fingerprint",
        recipient.fingerprint(),
        scenario.header("fingerprint")?,
    )?;
    recipient
        .seal(b"{}")
        .map_err(|error| format!("it cannot seal: {error}"))?;
    Ok(())
}

fn rejected(scenario: &Scenario, reason: KeyRejected) -> Result<(), Failed> {
    alike(
        "reason",
        kebab(&format!("{reason:?}")).as_str(),
        scenario.header("reason")?,
    )?;
    let format = match &reason {
        KeyRejected::OtherFormat { format, .. } => Some(kebab(&format!("{format:?}"))),
        _ => None,
    };
    alike("format", format.as_deref(), scenario.optional("format"))?;
    let error = Error::from(reason.clone());
    alike("kind", error.kind(), ErrorKind::Key)?;
    alike("typed reason", error.key_rejected(), Some(&reason))?;
    Ok(())
}

/// `TooLong { bytes: 3, most: 2 }` as `too-long`.
fn kebab(variant: &str) -> String {
    let name = variant.split(' ').next().unwrap_or_default();
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push('-');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}
