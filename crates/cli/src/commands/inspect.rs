//! `inspect`: says what a file is and what is wrong with it. Prints no secret, and nothing that was read off a card.

mod suites;
mod blob;
mod report;
mod clear;
mod envelope;
mod key;
mod opener;
mod picture;
mod reply;
mod other_cloud;

use std::collections::BTreeMap;
use std::path::Path;

use cardseal::{EncryptedReply, ErrorKind};
use serde_json::value::RawValue;

use crate::args::Inspect;
use crate::exit::{Failure, Whose};
use crate::input;
use crate::output::Output;

use envelope::Place;
use report::Report;

/// Larger than any request, reply or key.
const MOST: usize = 16 * 1024 * 1024;

/// An object's members, each value as the text it was.
type Members<'a> = BTreeMap<String, &'a RawValue>;

pub(super) fn run(arguments: &Inspect, output: &Output) -> Result<(), Failure> {
    let bytes = input::read(&arguments.file, "the file", MOST, Whose::Usage)?;
    let request = arguments
        .request
        .as_deref()
        .map(|path| input::read(path, "the request", MOST, Whose::Usage))
        .transpose()?;
    let key = arguments.key.as_deref();
    if key.is_some_and(input::is_stdin) && input::is_stdin(&arguments.file) {
        return Err(Failure::usage(
            "both --key and FILE are `-`, and there is one stdin; name a file for one of them",
        ));
    }
    let key = key.map(input::read_key).transpose()?;
    let mut report = examine(&bytes, &arguments.file);
    if let Some(recipient) = key {
        key::compare(&bytes, &recipient, &mut report)?;
    }
    if report.kind() == opener::KIND {
        opener::check_mode(&arguments.file, &mut report);
    }
    if request.is_none() && report.kind() == reply::KIND && report.has_fact("iv_bytes") {
        report.unseen(
            "reflection_unseen",
            "only the request can tell whether this is the request itself, sent back: give it as --request",
        );
    }
    if let Some(request) = request {
        if report.kind() != reply::KIND {
            return Err(Failure::usage(
                "--request is only for a reply, and this is not one; leave it out",
            ));
        }
        reply::compare(&bytes, &request, &mut report)?;
    }
    report.print(output)?;
    report.verdict()
}

/// Finds out what it is by its first character, then by its members.
fn examine(bytes: &[u8], file: &Path) -> Report {
    let text = std::str::from_utf8(bytes).map(str::trim_start);
    match text {
        Ok(text) if text.starts_with('{') => examine_object(text, file),
        _ => picture::examine(bytes).unwrap_or_else(|| key::examine(bytes, file)),
    }
}

fn examine_object(text: &str, file: &Path) -> Report {
    let Ok(members) = serde_json::from_str::<Members<'_>>(text) else {
        return key::examine_or(
            text.as_bytes(),
            file,
            "it begins like a JSON object but is not valid JSON",
        );
    };
    let has = |name: &str| members.contains_key(name);
    let mut report = if has("Response") || has("Error") || has("RequestId") {
        reply::examine(text, &members)
    } else if has("Key") && has("Algorithm") {
        opener::examine(text)
    } else if has("Encryption") {
        let mut report = Report::new("sealed request", Whose::Usage);
        envelope::examine(&members, Place::Request, &mut report);
        report
    } else if has("CiphertextBlob") {
        let mut report = Report::new("Encryption object", Whose::Usage);
        envelope::examine_alone(&members, &mut report);
        report
    } else if has("ImageBase64") || has("ImageUrl") {
        clear::examine(&members)
    } else if has("string_to_sign") && has("signature") {
        signature(&members)
    } else if let Some(report) = other_cloud::examine(&members) {
        report
    } else if let Some(report) = reply::examine_old(text) {
        report
    } else {
        return key::examine_or(
            text.as_bytes(),
            file,
            "it is JSON, but not an Encryption object, a sealed request, a reply, an opener file, a request in clear or a \
             key",
        );
    };
    // The library's own reader looks for duplicates at every depth.
    if EncryptedReply::parse(text.as_bytes()).is_err_and(|error| error.kind() == ErrorKind::Open) {
        report.problem("a member is duplicated; parsers differ on which one counts");
    }
    report
}

/// What `sign --json` prints.
fn signature(members: &Members<'_>) -> Report {
    let mut report = Report::new("signature", Whose::Usage);
    match string(members, "string_to_sign") {
        Some(text) => report.fact("scheme", text.lines().next().unwrap_or_default()),
        None => report.problem("string_to_sign is not a string"),
    }
    match string(members, "signature") {
        Some(text) => report.fact("signature_characters", text.len()),
        None => report.problem("signature is not a string"),
    }
    report
}

/// A member that is a string; `None` if it is absent, null or something else.
fn string(members: &Members<'_>, name: &str) -> Option<String> {
    serde_json::from_str(members.get(name)?.get()).ok()
}

/// Whether a member is there and not null.
fn is_set(members: &Members<'_>, name: &str) -> bool {
    members.get(name).is_some_and(|value| value.get() != "null")
}
