//! How often the body is copied between the picture and the socket: valgrind counts the bytes that `memcpy` and its like
//! move, in a process that makes some calls, and in one that makes more.

use std::process::Command;

use cardseal_gateway::Suite;
use serde_json::Value;

use crate::contender::Driver;

const FEW: usize = 2;
const MORE: usize = 4;

/// Bytes that one call copies, in parts of its body; the reason where valgrind cannot tell.
pub fn of_body(driver: Driver, suite: Suite, bytes: usize, body: usize) -> Result<f64, String> {
    let few = copied(driver, suite, bytes, FEW)?;
    let more = copied(driver, suite, bytes, MORE)?;
    Ok((more - few) / (MORE - FEW) as f64 / body as f64)
}

fn copied(driver: Driver, suite: Suite, bytes: usize, calls: usize) -> Result<f64, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let out = folder.path().join("copies");
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new("valgrind")
        .args(["--tool=dhat", "--mode=copy"])
        .arg(format!("--dhat-out-file={}", out.display()))
        .arg(program)
        .args(["once", driver.word(), suite.name()])
        .args([bytes.to_string(), calls.to_string()])
        .output()
        .map_err(|_| "valgrind is not installed".to_owned())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let text = std::fs::read_to_string(&out).map_err(|error| error.to_string())?;
    let told: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let places = told["pps"].as_array().ok_or("dhat told of no place")?;
    Ok(places.iter().filter_map(|place| place["tb"].as_f64()).sum())
}
