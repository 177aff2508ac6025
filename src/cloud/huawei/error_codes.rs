//! The error codes of OCR (`AIS.*`), of the platform beneath it (`ModelArts.*`), of the gateway before both (`APIG.*`,
//! `APIGW.*`) and of IAM: whose fault each is, and one line of advice.
//!
//! Source: the page "Error codes" of OCR (ocr_03_0028) and its FAQ (ocr_01_0041, 0063, 0064, 0065, 0089, 0103, 0137);
//! the page "Obtaining a user token" for IAM, whose codes are HTTP statuses. `ModelArts.4106`, `4107` and `6201`,
//! `APIG.0303`, `0305`, `0310` and `0602` are from other pages of the vendor or were observed.

use core::time::Duration;
use std::time::SystemTime;

use http::StatusCode;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::cloud::error_table::{self, Row, UNKNOWN, row, with};
use crate::cloud::http_status;
use crate::error::ErrorKind::{Credential, Service, Signing, Throttled};
use crate::error::{Error, Remedy};

const BROKEN: &str = "the platform failed inside; quote the request id to its support";

const TABLE: &[Row] = &[
    row(
        "AIS.0101",
        Service,
        "a parameter is missing, unknown or malformed",
    ),
    row(
        "AIS.0102",
        Service,
        "send PNG, JPEG or BMP, in standard base64",
    ),
    row(
        "AIS.0103",
        Service,
        "the image's sides must have 15 to 8192 pixels",
    ),
    row(
        "AIS.0104",
        Service,
        "the image is of another kind, or too poor; take a new picture",
    ),
    row(
        "AIS.0105",
        Service,
        "recognition failed; try another picture",
    ),
    row(
        "AIS.0117",
        Service,
        "there is no classifier or template of that id",
    ),
    row(
        "AIS.0118",
        Service,
        "the tax authority's service is down; try again in two hours",
    ),
    row("AIS.0119", Service, "the picture does not fit the template"),
    row(
        "AIS.0120",
        Service,
        "the picture fits none of the classifier's templates",
    ),
    row("AIS.0121", Service, "the template has no area to recognise"),
    row(
        "AIS.0122",
        Service,
        "the picture shows two cards of the same side; ask for one card, or both its sides",
    ),
    with(
        row(
            "ModelArts.0203",
            Credential,
            "the token is not valid here; log in again",
        ),
        Remedy::RenewCredentials,
    ),
    row(
        "ModelArts.0212",
        Credential,
        "the token has no project; log in with a project as the scope",
    ),
    row("ModelArts.4101", Credential, "the token is empty"),
    with(
        row(
            "ModelArts.4102",
            Credential,
            "the token is damaged; log in again",
        ),
        Remedy::RenewCredentials,
    ),
    with(
        row(
            "ModelArts.4103",
            Credential,
            "the token is not valid; log in again",
        ),
        Remedy::RenewCredentials,
    ),
    row(
        "ModelArts.4104",
        Service,
        "the body may have 10 MB of base64; make the picture smaller",
    ),
    row("ModelArts.4105", Service, "the body is not JSON"),
    row(
        "ModelArts.4106",
        Credential,
        "the account is restricted; look at the state of its resources",
    ),
    row("ModelArts.4107", Service, BROKEN),
    row(
        "ModelArts.4201",
        Service,
        "the path lacks a part; it is /v2/{project_id}/ocr/…",
    ),
    row(
        "ModelArts.4202",
        Service,
        "the path is malformed; it is /v2/{project_id}/ocr/…",
    ),
    row("ModelArts.4203", Credential, "grant this user OCR in IAM"),
    row(
        "ModelArts.4204",
        Service,
        "subscribe to this API in the OCR console of this region",
    ),
    row("ModelArts.4301", Service, BROKEN),
    row("ModelArts.4302", Service, BROKEN),
    row("ModelArts.4401", Throttled, "send fewer requests at a time"),
    row(
        "ModelArts.4402",
        Service,
        "the service took too long; this call may be billed",
    ),
    row(
        "ModelArts.4403",
        Service,
        "the service is not available; try again later",
    ),
    row("ModelArts.4502", Service, BROKEN),
    row("ModelArts.4503", Service, BROKEN),
    row("ModelArts.4504", Service, BROKEN),
    row("ModelArts.4505", Service, BROKEN),
    row("ModelArts.4506", Service, BROKEN),
    row("ModelArts.4508", Service, BROKEN),
    row("ModelArts.4601", Service, "the image's URL is malformed"),
    row(
        "ModelArts.4603",
        Service,
        "the service could not fetch the image's URL; it must be public and of an image's content type",
    ),
    row(
        "ModelArts.4702",
        Service,
        "grant OCR access to the bucket (OBS agency)",
    ),
    row("ModelArts.4703", Service, "the OBS address is malformed"),
    row(
        "ModelArts.4704",
        Service,
        "the service could not read the image in OBS; its bucket must be public and in the same region",
    ),
    row("ModelArts.4705", Service, "the image in OBS is too large"),
    row("ModelArts.4706", Service, "there is no such image in OBS"),
    row(
        "ModelArts.6201",
        Service,
        "the account is frozen; look at its balance",
    ),
    row(
        "APIG.0101",
        Service,
        "this endpoint has no such API; check path and region",
    ),
    row(
        "APIG.0106",
        Service,
        "a parameter is missing or of another type",
    ),
    row(
        "APIG.0201",
        Service,
        "the service took too long; this call may be billed; wait, or make the picture smaller",
    ),
    // One code for every wrong signature, including one that is too old, and for broken tokens.
    with(
        row(
            "APIG.0301",
            Signing,
            "check AK, SK and the host's clock, and that no proxy rewrites the request; a token must be whole and of this region",
        ),
        Remedy::SetClockOrRenewCredentials,
    ),
    row("APIG.0303", Signing, "this API wants an app's signature"),
    row(
        "APIG.0305",
        Credential,
        "this API's own authorizer refused the request",
    ),
    with(
        row(
            "APIG.0307",
            Credential,
            "the token has expired, or belongs to another region; log in again",
        ),
        Remedy::RenewCredentials,
    ),
    row(
        "APIG.0308",
        Throttled,
        "send fewer requests a minute, and wait 2 to 5 seconds",
    ),
    row(
        "APIG.0310",
        Credential,
        "the project is not this account's, or cannot be used",
    ),
    with(
        row(
            "APIG.0602",
            Credential,
            "the security token has expired; fetch new temporary credentials",
        ),
        Remedy::RenewCredentials,
    ),
];

/// `APIG.0301` is also the code for an expired token; its message tells.
const TOKEN_EXPIRES: &str = "token expires";
const TOKEN_ENDED: Row = with(
    row(
        "APIG.0301",
        Credential,
        "the token has expired; log in again",
    ),
    Remedy::RenewCredentials,
);

/// `APIG.0301` is also the code for an access key that is locked after more than five wrong signatures in a row
/// (ocr_01_0063). While it is locked, every request is refused, even with a correct signature.
const KEY_LOCKED: &str = "reach the limit";
const KEY_LOCKED_FOR: Duration = Duration::from_secs(5 * 60);
const KEY_LOCKED_ADVICE: &str = "the access key is locked for five minutes, after more than five wrong signatures in a row: send nothing with it until then, and correct the secret key or the clock first";

/// IAM locks a user out after five wrong passwords within a quarter of an hour, for as long.
const USER_LOCKED: &str = "locked";
const USER_LOCKED_FOR: Duration = Duration::from_secs(15 * 60);
const USER_LOCKED_ADVICE: &str = "too many wrong passwords: do not log in for a quarter of an hour, and correct the password first; an administrator can unlock the user in IAM";

/// `APIG.0201` is also the code for a request that is too large; its status tells.
const TOO_LARGE: &str =
    "the signed request may have 12 MB; make the picture smaller, or use a token";

/// The codes of a refused login.
const IAM: &[Row] = &[
    row(
        "400",
        Service,
        "the login is malformed; check account, user and project",
    ),
    row(
        "401",
        Credential,
        "check account (domain), user and password; a HUAWEI ID has no token, an IAM user has",
    ),
    row(
        "403",
        Credential,
        "the user may not log in this way; grant programmatic access in IAM",
    ),
    row(
        "404",
        Credential,
        "there is no such project; it is a region's name, such as cn-north-4",
    ),
    row(
        "409",
        Service,
        "the login conflicts with another one; try again",
    ),
    row(
        "429",
        Throttled,
        "log in less often: one token serves every call for a day",
    ),
    row("500", Service, "IAM failed inside; try again"),
    row("503", Throttled, "IAM is busy; try again"),
];

/// Every row: of calls, of logins.
pub(crate) const TABLES: [&[Row]; 2] = [TABLE, IAM];

/// The error for a refusal by the service.
pub(super) fn to_error(
    status: StatusCode,
    code: &str,
    message: &str,
    request_id: Option<&str>,
) -> Error {
    // The old and the present gateway use the same numbers.
    let usual = match code.strip_prefix("APIGW.") {
        Some(number) => format!("APIG.{number}"),
        None => code.to_owned(),
    };
    let refused = |kind, advice| error_table::refused(kind, code, message, advice, request_id);
    if usual == "APIG.0201" && status == StatusCode::PAYLOAD_TOO_LARGE {
        return refused(Service, TOO_LARGE);
    }
    if usual == "APIG.0301" && message.contains(KEY_LOCKED) {
        return refused(Credential, KEY_LOCKED_ADVICE).with_retry_after(Some(KEY_LOCKED_FOR));
    }
    let row = match usual.as_str() {
        "APIG.0301" if message.contains(TOKEN_EXPIRES) => Some(&TOKEN_ENDED),
        usual => error_table::find(TABLE, usual),
    };
    match row {
        Some(row) => refused(row.kind, row.advice)
            .with_remedy(row.remedy)
            .with_service_time(server_time(message)),
        None => refused(http_status::kind_of(status), UNKNOWN),
    }
}

/// The server's time in the message for a signature that is too old:
/// `…signature time:20211217T064303Z,server time:20211217T065804Z` (observed).
fn server_time(message: &str) -> Option<SystemTime> {
    let (_, after) = message.split_once("server time:")?;
    let stamp = after.trim_start().get(..16)?;
    let parsed = DateTime::strptime("%Y%m%dT%H%M%SZ", stamp).ok()?;
    let time = parsed.to_zoned(TimeZone::UTC).ok()?.timestamp();
    Some(time.into())
}

/// The error for IAM's refusal. A code that is not a status is classified by the reply's status.
pub(super) fn login_error(
    status: StatusCode,
    code: &str,
    message: &str,
    request_id: Option<&str>,
) -> Error {
    if message.contains(USER_LOCKED) {
        return error_table::refused(Credential, code, message, USER_LOCKED_ADVICE, request_id)
            .with_retry_after(Some(USER_LOCKED_FOR));
    }
    if error_table::find(IAM, code).is_some() {
        return error_table::to_error(IAM, code, message, request_id)
            .with_may_pass(status.is_server_error());
    }
    let by_status = error_table::find(IAM, status.as_str());
    let (kind, advice) = by_status.map_or((http_status::kind_of(status), UNKNOWN), |row| {
        (row.kind, row.advice)
    });
    error_table::refused(kind, code, message, advice, request_id)
        .with_may_pass(status.is_server_error())
}

#[cfg(test)]
mod tests;
