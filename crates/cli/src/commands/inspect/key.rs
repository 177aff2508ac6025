//! A public key: kind, size, suite, fingerprint; or why it is refused.

use cardseal::{KeyRejected, Recipient};

use super::report::Report;
use crate::caveats;
use crate::exit::Whose;

pub fn examine(bytes: &[u8]) -> Report {
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
        Err(KeyRejected::NotAKey) => {
            Report::unknown("it is neither JSON nor a key (PEM, base64 of PEM, or DER)")
        }
        Err(reason) => {
            let mut report = Report::new("key", Whose::Key);
            report.problem(format!("it is refused: {reason}"));
            report
        }
    }
}
