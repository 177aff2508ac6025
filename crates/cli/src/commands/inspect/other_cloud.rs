//! Replies of Ctyun and Huawei: a refusal and what to do about it, or an answer, which comes in clear there.

use cardseal_explorer::{Cloud, find_error_codes};
use serde_json::Value;

use super::report::Report;
use super::{Members, reply};
use crate::exit::Whose;

/// What Ctyun's `statusCode` says where all is well, by product.
const CTYUN_SUCCESS: [&str; 5] = ["800", "200", "10000", "100000", "CTAPI_10000"];

/// Where Ctyun says what is wrong.
const CTYUN_CODES: [&str; 5] = ["statusCode", "errorCode", "error", "eopErrCode", "code"];

/// `None` where it is no reply of theirs.
pub(super) fn examine(members: &Members<'_>) -> Option<Report> {
    let code = text(members, "error_code").or_else(|| within(members, "error", "code"));
    if let Some(code) = code {
        let message = text(members, "error_msg").or_else(|| within(members, "error", "message"));
        let id = text(members, "request_id");
        return Some(refusal(Cloud::Huawei, &[code], message, id));
    }
    if let Some(status) = text(members, "statusCode") {
        let id = text(members, "requestId");
        if CTYUN_SUCCESS.contains(&status.as_str()) {
            return Some(answer("ctyun", id));
        }
        let codes: Vec<String> = CTYUN_CODES
            .iter()
            .filter_map(|name| text(members, name))
            .collect();
        let message = ["message", "msg", "description"]
            .iter()
            .find_map(|name| text(members, name));
        return Some(refusal(Cloud::Ctyun, &codes, message, id));
    }
    let is_huaweis = members
        .get("result")
        .is_some_and(|result| result.get().starts_with('{'));
    is_huaweis.then(|| answer("huawei", None))
}

fn answer(cloud: &'static str, request_id: Option<String>) -> Report {
    let mut report = Report::new(reply::KIND, Whose::Answer);
    report.fact("cloud", cloud);
    report.fact(
        "request_id",
        request_id.unwrap_or_else(|| "none".to_owned()),
    );
    report.warning(format!(
        "it is in clear, as all of {cloud}'s answers are: only TLS hid it on the way"
    ));
    report
}

fn refusal(
    cloud: Cloud,
    codes: &[String],
    message: Option<String>,
    request_id: Option<String>,
) -> Report {
    let mut report = Report::new("refusal", Whose::Service);
    report.fact("cloud", cloud.name());
    report.fact("code", codes.first().cloned().unwrap_or_default());
    report.fact(
        "request_id",
        request_id.unwrap_or_else(|| "none".to_owned()),
    );
    let locked = message.as_deref().and_then(locked);
    if let Some(message) = message {
        report.fact("message", message);
    }
    let known = codes
        .iter()
        .find_map(|code| find_error_codes(code, Some(cloud)).into_iter().next());
    match known {
        Some(row) => {
            report.fact("retryable", row.retryable);
            report.problem(row.meaning);
            report.warning(locked.unwrap_or(row.advice));
        }
        None => report.problem(format!(
            "the service refused, with a code that is not known here; see {}'s own page, or `cardseal errors --cloud {}`",
            cloud.name(),
            cloud.name()
        )),
    }
    report
}

/// What a lock-out asks for, which has the code of any wrong key or password: its message tells. The library says the same
/// of a call.
fn locked(message: &str) -> Option<&'static str> {
    if message.contains("reach the limit") {
        return Some(
            "the access key is locked for five minutes, after more than five wrong signatures in a row: send nothing with it until then, and correct the secret key or the clock first",
        );
    }
    message.contains("locked").then_some(
        "too many wrong passwords: do not log in for a quarter of an hour, and correct the password first; an administrator can unlock the user in IAM",
    )
}

/// A member that is a text or a number.
fn text(members: &Members<'_>, name: &str) -> Option<String> {
    as_text(&serde_json::from_str(members.get(name)?.get()).ok()?)
}

fn within(members: &Members<'_>, object: &str, name: &str) -> Option<String> {
    let object: Value = serde_json::from_str(members.get(object)?.get()).ok()?;
    as_text(object.get(name)?)
}

fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
