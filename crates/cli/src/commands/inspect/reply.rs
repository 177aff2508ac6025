//! A reply: a refusal by the service with advice, or an answer and whether any opener would take it.

use cardseal::{EncryptedReply, Error, ErrorKind, tencent};

use super::envelope::{self, Place, decoded_quietly};
use super::report::Report;
use super::suites;
use super::{Members, is_set, string};
use crate::exit::{Failure, Whose};

pub(super) const KIND: &str = "reply";

pub(super) fn examine(text: &str, members: &Members<'_>) -> Report {
    let parsed = EncryptedReply::parse(text.as_bytes());
    if let Some(error) = parsed.as_ref().ok().and_then(tencent::refusal) {
        return refusal(&error);
    }
    let mut report = Report::new(KIND, Whose::Answer);
    let Some(inner) = inner(members) else {
        report.problem("Response is not an object");
        return report;
    };
    report.fact(
        "request_id",
        string(&inner, "RequestId").unwrap_or_else(|| "none".to_owned()),
    );
    if !is_set(&inner, "Encryption") {
        report.problem("nothing in it is sealed; the answer to a sealed request always is");
    } else {
        envelope::examine(&inner, Place::Reply, &mut report);
    }
    if let Ok(reply) = &parsed
        && !reply.names_fields()
        && !reply.clear_text_fields().is_empty()
    {
        report.problem(format!(
            "these members are in clear and were not sealed: {}",
            reply.clear_text_fields().join(", ")
        ));
    }
    if let Err(error) = parsed
        && error.kind() != ErrorKind::Open
        && report.is_sound()
    {
        report.problem(error.to_string());
    }
    report
}

/// Holds a reply against the request it answers.
pub(super) fn compare(reply: &[u8], request: &[u8], report: &mut Report) -> Result<(), Failure> {
    let not_sealed =
        || Failure::usage("--request is not a sealed request; name the one this reply answers");
    let sent: Members<'_> = serde_json::from_slice(request).map_err(|_| not_sealed())?;
    let sent = encryption(&sent).ok_or_else(not_sealed)?;
    let outer: Option<Members<'_>> = serde_json::from_slice(reply).ok();
    let inner = outer.as_ref().and_then(inner);
    let Some(came) = inner.as_ref().and_then(encryption) else {
        return Ok(());
    };
    let reused = decoded_quietly(&sent, "Iv") == decoded_quietly(&came, "Iv");
    report.fact("iv_reused", reused);
    let suite = string(&came, "Algorithm").and_then(|name| suites::named(&name));
    if let Some(suite) = suite.filter(|suite| reused && suite.nonce_reuse_is_fatal) {
        report.warning(format!(
            "it repeats the request's {} nonce: anyone who saw both learns the XOR of the two plaintexts",
            suite.algorithm
        ));
    }
    if string(&sent, "Algorithm") != string(&came, "Algorithm") {
        report.problem("its Algorithm is not the request's");
    }
    if string(&sent, "CiphertextBlob") != string(&came, "CiphertextBlob") {
        report.warning(
            "it does not repeat the request's CiphertextBlob; it may belong to another request",
        );
    }
    Ok(())
}

fn refusal(error: &Error) -> Report {
    let mut report = Report::new("refusal", Whose::Service);
    report.fact("code", error.service_code().unwrap_or_default());
    report.fact("request_id", error.request_id().unwrap_or("none"));
    report.fact("retryable", error.is_retryable());
    report.problem(error.to_string());
    report
}

fn inner<'a>(members: &Members<'a>) -> Option<Members<'a>> {
    match members.get("Response") {
        Some(response) => serde_json::from_str(response.get()).ok(),
        None => Some(members.clone()),
    }
}

fn encryption<'a>(members: &Members<'a>) -> Option<Members<'a>> {
    serde_json::from_str(members.get("Encryption")?.get()).ok()
}
