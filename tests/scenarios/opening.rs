//! `open/` and `open-fields/`: answers, given to the opener of their request. The library says of most of them no more
//! than that they do not open, on purpose; a scenario's class says where.

use cardseal::{EncryptedReply, Error, ErrorKind, Expected, IvPolicy, Opened, Opener, tencent};
use libtest_mimic::Failed;
use serde_json::{Value, json};

use crate::common::{b64, unb64};
use crate::scenario::{Scenario, alike};

/// The classes of an answer that can be read, is no refusal, and does not open.
const CLOSED: [&str; 15] = [
    "form",
    "reflected",
    "algorithm",
    "clear-text",
    "list",
    "missing",
    "iv",
    "iv-policy",
    "tag",
    "base64",
    "size",
    "padding",
    "utf-8",
    "json",
    "duplicate-member",
];

pub(crate) fn check(scenario: &Scenario) -> Result<(), Failed> {
    let expect = scenario.expect.as_str();
    let reply = match EncryptedReply::parse(scenario.payload.as_slice()) {
        Ok(reply) => reply,
        Err(error) => return unread(&error, expect),
    };
    if expect == "protocol" {
        return Err("it was read as a reply".into());
    }
    if let Some(error) = tencent::refusal(&reply) {
        return refused(scenario, &error);
    }
    match open(scenario, &reply)? {
        Ok(opened) if expect == "opens" => compare(scenario, &opened),
        Ok(_) => Err("it opens".into()),
        Err(error) if CLOSED.contains(&expect) => Ok(alike("kind", error.kind(), ErrorKind::Open)?),
        Err(error) => Err(format!("it does not open: {error}").into()),
    }
}

/// What no key was needed for.
fn unread(error: &Error, expect: &str) -> Result<(), Failed> {
    let kind = match expect {
        "protocol" => ErrorKind::Protocol,
        "duplicate-member" => ErrorKind::Open,
        _ => return Err(format!("it was not read: {error}").into()),
    };
    Ok(alike("kind", error.kind(), kind)?)
}

fn refused(scenario: &Scenario, error: &Error) -> Result<(), Failed> {
    alike("class", "refused", scenario.expect.as_str())?;
    alike(
        "code",
        error.service_code(),
        scenario.optional("service-code"),
    )?;
    alike(
        "request id",
        error.request_id(),
        scenario.optional("request-id"),
    )?;
    if !matches!(
        error.kind(),
        ErrorKind::Service | ErrorKind::Signing | ErrorKind::Throttled
    ) {
        return Err(format!("the service's refusal is of kind {:?}", error.kind()).into());
    }
    let obeyed = |c: char| c.is_control();
    alike(
        "control characters",
        error.to_string().contains(obeyed),
        false,
    )?;
    Ok(())
}

fn open(scenario: &Scenario, reply: &EncryptedReply) -> Result<Result<Opened, Error>, Failed> {
    let mut stored = json!({
        "Algorithm": scenario.header("algorithm")?,
        "Key": b64(&scenario.bytes("key")),
        "Iv": b64(&scenario.bytes("iv")),
    });
    if let Some(asked) = scenario.optional("asked") {
        stored["Asked"] = match asked {
            "EncryptedBody" => json!(asked),
            members => json!(members.split(' ').collect::<Vec<_>>()),
        };
        stored["Sealed"] = json!(scenario.words("sealed"));
    }
    let opener = Opener::restore(stored.to_string().as_bytes())?;
    let policy = match scenario.header("iv-policy")? {
        "any" => IvPolicy::AcceptForgeableFirstBlock,
        "by-suite" => IvPolicy::BySuite,
        "same" => IvPolicy::Same,
        "fresh" => IvPolicy::Fresh,
        other => return Err(format!("no such policy: {other}").into()),
    };
    if scenario.folder == "open" {
        return Ok(opener.open(reply, policy));
    }
    let paths = scenario.words("expected");
    let expected = match scenario.optional("expected") {
        Some(_) => Expected::Exactly(&paths),
        None => Expected::NamedByReply,
    };
    Ok(opener.open_fields(reply, expected, policy))
}

fn compare(scenario: &Scenario, opened: &Opened) -> Result<(), Failed> {
    let plaintext = unb64(scenario.header("plaintext")?);
    alike(
        "plaintext",
        String::from_utf8_lossy(opened.expose_plaintext()),
        String::from_utf8_lossy(&plaintext),
    )?;
    let value: Value = opened.parse()?;
    alike("object", value.is_object(), true)?;
    alike(
        "iv reused",
        opened.iv_reused(),
        scenario.header("iv-reused")? == "yes",
    )?;
    alike(
        "authenticated",
        opened.authenticated(),
        scenario.header("authenticated")? == "yes",
    )?;
    Ok(())
}
