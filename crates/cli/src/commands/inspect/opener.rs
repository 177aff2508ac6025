//! An opener file: its algorithm and lengths. Its key is never shown.

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cardseal::{Opener, Personal};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::report::Report;
use super::suites;
use crate::exit::Whose;
use crate::input;
use crate::opener_file;

pub(super) const KIND: &str = "opener file";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Shape {
    #[serde(default)]
    algorithm: Option<String>,
    #[serde(default)]
    key: Personal,
    #[serde(default)]
    iv: Personal,
    #[serde(default)]
    asked: Option<Asked>,
}

/// What was asked of the answer, where the file says it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Asked {
    Whole(String),
    Members(Vec<String>),
}

pub(super) fn examine(text: &str) -> Report {
    let mut report = Report::new(KIND, Whose::Usage);
    if let Ok(shape) = serde_json::from_str::<Shape>(text) {
        report.fact("algorithm", shape.algorithm.unwrap_or_default());
        match shape.asked {
            Some(Asked::Whole(name)) => report.fact("asked", name),
            Some(Asked::Members(names)) => report.fact("asked", names),
            None => report.warning(
                "it does not say what was requested and sealed, because another program wrote it: it also opens the \
                 request itself",
            ),
        }
        for (name, value) in [("key_bytes", &shape.key), ("iv_bytes", &shape.iv)] {
            match STANDARD.decode(value.expose()).map(Zeroizing::new) {
                Ok(bytes) => report.fact(name, bytes.len()),
                Err(_) => report.problem(format!("{name} cannot be determined: not strict base64")),
            }
        }
    }
    if Opener::restore(text.as_bytes()).is_err() {
        let lengths = suites::each(|suite| {
            format!("{} {} and {}", suite.algorithm, suite.key_len, suite.iv_len)
        });
        report.problem(format!(
            "it is not {{\"Algorithm\",\"Key\",\"Iv\"}}, or those with {{\"Asked\",\"Sealed\"}}, with the lengths of \
             its algorithm ({lengths})"
        ));
    }
    report.warning("it holds a session key: delete it once the answer is opened");
    report
}

/// Only its owner should be able to read it.
pub(super) fn check_mode(path: &Path, report: &mut Report) {
    if input::is_stdin(path) {
        return;
    }
    let mode = fs::metadata(path)
        .ok()
        .and_then(|metadata| opener_file::readable_by_others(&metadata));
    if let Some(mode) = mode {
        report.warning(format!(
            "its mode is {mode:04o}: others can read the session key; it should be 0600"
        ));
    }
}
