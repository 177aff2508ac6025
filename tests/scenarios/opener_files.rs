//! `opener/`: the text that keeps a request's opener until its answer comes.

use cardseal::{ErrorKind, Opener};
use libtest_mimic::Failed;
use serde_json::{Value, json};

use crate::common::b64;
use crate::scenario::{Scenario, alike};

pub(crate) fn check(scenario: &Scenario) -> Result<(), Failed> {
    match (Opener::restore(&scenario.payload), scenario.expect.as_str()) {
        (Ok(opener), "restores") => {
            let written: Value = serde_json::from_str(&opener.expose_for_storage().unwrap())?;
            let mut expected = json!({
                "Algorithm": scenario.header("algorithm")?,
                "Key": b64(&scenario.bytes("key")),
                "Iv": b64(&scenario.bytes("iv")),
            });
            if let Some(asked) = scenario.optional("asked") {
                expected["Asked"] = serde_json::from_str(asked).unwrap_or_else(|_| json!(asked));
                expected["Sealed"] = json!(scenario.words("sealed"));
            }
            Ok(alike("written again", written, expected)?)
        }
        (Err(error), "opener") => Ok(alike("kind", error.kind(), ErrorKind::Input)?),
        (Ok(_), _) => Err("it was taken".into()),
        (Err(error), _) => Err(format!("it was refused: {error}").into()),
    }
}
