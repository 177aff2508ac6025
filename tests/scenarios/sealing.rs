//! `seal/` and `seal-fields/`: with every random byte given, a sealed request is known to the byte.

use std::sync::{Arc, Mutex};

use cardseal::crypto::{ProviderError, ProviderErrorKind, SecureRandom};
use cardseal::{Error, ErrorKind, SharedNonce};
use libtest_mimic::Failed;

use crate::common::recipient_over;
use crate::scenario::{Scenario, alike};

/// Gives the scenario's bytes, then fails.
struct Given(Mutex<Vec<u8>>);

impl Given {
    fn left(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

impl SecureRandom for Given {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), ProviderError> {
        let mut left = self.0.lock().unwrap();
        if left.len() < buffer.len() {
            return Err(ProviderError::random());
        }
        let given: Vec<u8> = left.drain(..buffer.len()).collect();
        buffer.copy_from_slice(&given);
        Ok(())
    }
}

pub(crate) fn check(scenario: &Scenario) -> Result<(), Failed> {
    let given = Arc::new(Given(Mutex::new(scenario.bytes("entropy"))));
    let recipient = recipient_over(scenario.header("recipient")?, given.clone());
    let sealed = if scenario.folder == "seal" {
        recipient
            .seal(&scenario.payload)
            .map(|(sealed, _)| sealed.into_json())
    } else {
        let nonce = match scenario.header("shared-nonce")? {
            "refuse" => SharedNonce::Refuse,
            "accept" => SharedNonce::AcceptRepeatedGcmNonce,
            other => return Err(format!("no such choice: {other}").into()),
        };
        recipient
            .seal_fields(&scenario.payload, &scenario.words("members"), nonce)
            .map(|(sealed, _)| sealed.into_json())
    };
    match (sealed, scenario.expect.as_str()) {
        (Ok(json), "seals") => {
            alike(
                "sealed",
                std::str::from_utf8(&json)?,
                scenario.header("sealed")?,
            )?;
            Ok(alike("random bytes left", given.left(), 0)?)
        }
        (Err(error), "entropy") => entropy_failed(&error),
        (Err(error), "input" | "shared-nonce") => {
            Ok(alike("kind", error.kind(), ErrorKind::Input)?)
        }
        (Ok(_), _) => Err("it was sealed".into()),
        (Err(error), _) => Err(format!("it was not sealed: {error}").into()),
    }
}

/// A failed generator is nobody's bad input.
fn entropy_failed(error: &Error) -> Result<(), Failed> {
    alike("kind", error.kind(), ErrorKind::Bug)?;
    let cause = error
        .cause()
        .and_then(|cause| cause.downcast_ref::<ProviderError>());
    let from_generator = cause.is_some_and(|error| error.kind() == ProviderErrorKind::Random);
    Ok(alike("from the generator", from_generator, true)?)
}
