//! A public key: kind, size, suite, fingerprint; or why it is refused, and the command that converts it.

use std::path::Path;

use cardseal::{KeyRejected, Recipient};

use super::report::Report;
use crate::caveats;
use crate::exit::{Failure, Whose};
use crate::input;

/// What a key is, read from `file`.
pub(super) fn examine(bytes: &[u8], file: &Path) -> Report {
    examine_or(
        bytes,
        file,
        "it is neither JSON nor a key in any form known here (PEM, base64 of PEM, DER, a point in hex, …)",
    )
}

/// The same; `otherwise` is said of what is no key.
pub(super) fn examine_or(bytes: &[u8], file: &Path, otherwise: &str) -> Report {
    match Recipient::parse(bytes) {
        Ok(recipient) => {
            let mut report = Report::new("public key", Whose::Key);
            report.fact("key", recipient.key_name());
            report.fact("suite", recipient.algorithm());
            report.fact("sha256_of_der", recipient.fingerprint());
            if let Some(caveat) = caveats::of_key(&recipient) {
                report.warning(caveat);
            }
            report
        }
        Err(KeyRejected::NotAKey) => Report::unknown(otherwise),
        Err(reason) => {
            let mut report = Report::new("key", Whose::Key);
            let mut told = reason.to_string();
            if let Some(command) = reason.command() {
                let here = for_file(&command, file);
                told = told.replace(&command, &here);
                report.fact("converted_by", here);
            }
            report.problem(format!("it is refused: {told}"));
            report
        }
    }
}

/// The command with the file's own name as a shell takes it; with `FILE` where that name is not shown as it is.
fn for_file(command: &str, file: &Path) -> String {
    let name = input::show(file);
    if input::is_stdin(file) || file.to_str() != Some(&name) {
        return command.to_owned();
    }
    // A name that begins with a hyphen would be an option.
    let name = match name.starts_with('-') {
        true => format!("./{name}"),
        false => name,
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-');
    match name.chars().all(plain) {
        true => command.replace("FILE", &name),
        false => command.replace("FILE", &format!("'{}'", name.replace('\'', r"'\''"))),
    }
}

/// Holds what was found against the key that it should be of.
pub(super) fn compare(bytes: &[u8], key: &Recipient, report: &mut Report) -> Result<(), Failure> {
    if let Ok(found) = Recipient::parse(bytes) {
        let is_same = found.fingerprint() == key.fingerprint();
        report.fact("same_as_key", is_same);
        if !is_same {
            report.problem(format!(
                "it is not the key of --key, whose sha256_of_der is {}",
                key.fingerprint()
            ));
        }
        return Ok(());
    }
    if !["sealed request", "Encryption object"].contains(&report.kind()) {
        return Err(Failure::usage(
            "--key goes with a sealed request or a public key, and this is neither; leave it out",
        ));
    }
    report.fact("key", key.key_name());
    match report.key_it_needs() {
        Some(needed) if needed != key.key_name() => {
            let needed = needed.to_owned();
            report.problem(format!(
                "the CiphertextBlob is as {needed} makes it, and the key is {}",
                key.key_name()
            ));
        }
        // As many bytes as the modulus has, so the first that differs decides.
        Some(_) if key.modulus().is_some_and(|modulus| report.wrapped() >= modulus) => {
            report.problem(
                "as a number the CiphertextBlob is not below the key's modulus: it was not sealed for this key, or is \
                 damaged",
            );
        }
        _ => report.warning(
            "whether it was sealed for this very key shows to the private key only; another of its kind looks alike",
        ),
    }
    Ok(())
}
