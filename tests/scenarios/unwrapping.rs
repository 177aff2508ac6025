//! `unwrap/`: wrapped keys, as the service side of the tests unwraps them.

use std::fs;

use cardseal_gateway::KeyPair;
use libtest_mimic::Failed;

use crate::common::vectors;
use crate::scenario::Scenario;

pub(crate) fn check(scenario: &Scenario) -> Result<(), Failed> {
    let path = vectors("keys").join(scenario.header("private-key")?);
    let pair = KeyPair::from_private_pem(&fs::read_to_string(path)?)?;
    let key = scenario.bytes("key");
    // A wrong blob for RSA may give other bytes instead of an error: implicit rejection.
    let unwrapped = pair.unwrap_key(&scenario.bytes("blob"));
    let gives_the_key = unwrapped.is_ok_and(|unwrapped| **unwrapped == key);
    match (gives_the_key, scenario.expect.as_str()) {
        (true, "unwraps") | (false, "wrap") => Ok(()),
        (true, _) => Err("it gives the key".into()),
        (false, _) => Err("it does not give the key".into()),
    }
}
