//! A reply: a refusal by the service with advice, or an answer and whether any opener would take it.

use cardseal::crypto::Facts;
use cardseal::{EncryptedReply, Error, ErrorKind, tencent};

use super::envelope::{self, Place, WHOLE_BODY, decoded_quietly};
use super::report::Report;
use super::suites;
use super::{Members, is_set, string};
use crate::exit::{Failure, Whose};
use crate::printable;

pub(super) const KIND: &str = super::report::REPLY;

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
    let whole: Members<'_> = serde_json::from_slice(request).map_err(|_| not_sealed())?;
    let sent = encryption(&whole).ok_or_else(not_sealed)?;
    let outer: Option<Members<'_>> = serde_json::from_slice(reply).ok();
    let inner = outer.as_ref().and_then(inner);
    let Some(came) = inner.as_ref().and_then(encryption) else {
        return Ok(());
    };
    if let Some(came) = inner.as_ref()
        && let Some(name) = repeated(&whole, came)
    {
        report.problem(format!(
            "its `{}` is the request's own: the request was sent back, and no opener takes it for an answer",
            printable::name(&name)
        ));
    }
    let reused = decoded_quietly(&sent, "Iv") == decoded_quietly(&came, "Iv");
    report.fact("iv_reused", reused);
    let suite = string(&came, "Algorithm").and_then(|name| suites::named(&name));
    if let Some(suite) = suite.filter(|suite| reused && suite.nonce_reuse_is_fatal) {
        report.warning(format!(
            "it repeats the request's {} nonce: anyone who saw both learns the XOR of the two plaintexts",
            suite.algorithm
        ));
    }
    // What is absent or null is read as the request's.
    if is_set(&came, "Algorithm") && string(&sent, "Algorithm") != string(&came, "Algorithm") {
        report.problem("its Algorithm is not the request's");
    }
    if is_set(&came, "EncryptList") && names(&sent) != names(&came) {
        report.problem(
            "its EncryptList is not the request's: no opener takes another form than was asked for",
        );
    }
    let by_tag = string(&sent, "Algorithm")
        .and_then(|name| suites::named(&name))
        .is_none_or(Facts::authenticates);
    if !reused && !by_tag {
        report.problem(
            "its Iv is not the request's: without a tag anybody can make such a reply, and no opener takes it unless told to",
        );
    }
    if string(&sent, "CiphertextBlob") != string(&came, "CiphertextBlob") {
        report.warning(
            "it does not repeat the request's CiphertextBlob; it may belong to another request",
        );
    }
    Ok(())
}

/// The member whose ciphertext is one of the request's.
fn repeated(sent: &Members<'_>, came: &Members<'_>) -> Option<String> {
    let sent: Vec<Vec<u8>> = sealed(sent).map(|(_, bytes)| bytes).collect();
    sealed(came)
        .find(|(_, bytes)| sent.contains(bytes))
        .map(|(name, _)| name)
}

/// The ciphertexts of a request or a reply. One of less than a block may be another's by chance.
fn sealed(members: &Members<'_>) -> impl Iterator<Item = (String, Vec<u8>)> {
    const BLOCK: usize = 16;
    let listed = encryption(members).map(|encryption| names(&encryption));
    let listed = listed.filter(|names| !names.is_empty());
    let names = listed.unwrap_or_else(|| vec![WHOLE_BODY.to_owned()]);
    names.into_iter().filter_map(|name| {
        let bytes = decoded_quietly(members, &name)?;
        (bytes.len() >= BLOCK).then_some((name, bytes))
    })
}

/// What `EncryptList` names.
fn names(encryption: &Members<'_>) -> Vec<String> {
    let list = encryption.get("EncryptList");
    list.and_then(|list| serde_json::from_str(list.get()).ok())
        .unwrap_or_default()
}

fn refusal(error: &Error) -> Report {
    let mut report = Report::new("refusal", Whose::Service);
    report.fact("code", error.service_code().unwrap_or_default());
    report.fact("request_id", error.request_id().unwrap_or("none"));
    report.fact("retryable", error.is_retryable());
    report.problem(error.to_string());
    report
}

/// The error of a request that failed before it reached API 3.0: a number, or a name in `codeDesc`.
pub(super) fn examine_old(text: &str) -> Option<Report> {
    let reply = EncryptedReply::parse(text.as_bytes()).ok()?;
    tencent::refusal(&reply).map(|error| refusal(&error))
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
