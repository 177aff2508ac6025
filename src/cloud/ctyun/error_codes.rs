//! The service's error codes: whose fault each is, and one line of advice.
//!
//! Source: observed refusals. The list of the OCR product's own codes is not public, so most codes are missing here and
//! are reported unchanged. In the vendor's SDKs, `900` is a general failure; then `error` has the details, in three
//! parts (`Openapi.RegionInfo.AccessFailed`).

use http::StatusCode;

use crate::cloud::error_table::{self, Row, UNKNOWN, row, with};
use crate::cloud::http_status;
use crate::error::{Error, ErrorKind, Remedy};

pub(crate) const TABLE: &[Row] = &[
    with(
        row(
            "CTAPI_10002",
            ErrorKind::Credential,
            "check access key and secret key, and that the key is enabled",
        ),
        Remedy::RenewCredentials,
    ),
    // The service has one code for every wrong signature, including one that is too old.
    with(
        row(
            "CTAPI_10009",
            ErrorKind::Signing,
            "check the secret key and the host's clock, and that no proxy rewrites the request",
        ),
        Remedy::SetClockOrRenewCredentials,
    ),
    row(
        "900",
        ErrorKind::Service,
        "the service does not say why it failed; see its message, and quote the request id to its support",
    ),
];

/// The error for a refusal by the service. `codes` are its codes, the most specific first.
pub(super) fn to_error(
    status: StatusCode,
    codes: &[String],
    message: &str,
    request_id: Option<&str>,
) -> Error {
    let known = codes
        .iter()
        .find_map(|code| Some((code, find(code).filter(|row| row.code != "900")?)));
    if let Some((code, row)) = known {
        return error_table::refused(row.kind, code, message, row.advice, request_id)
            .with_remedy(row.remedy);
    }
    // A code with words is more specific than a number.
    let has_words = |code: &&String| code.bytes().any(|byte| !byte.is_ascii_digit());
    let code = codes.iter().find(has_words).or_else(|| codes.first());
    let code = code.map_or("", String::as_str);
    let advice = find(code).map_or(UNKNOWN, |row| row.advice);
    error_table::refused(
        http_status::kind_of(status),
        code,
        message,
        advice,
        request_id,
    )
}

/// `10009` in some members means `CTAPI_10009`.
fn find(code: &str) -> Option<&'static Row> {
    let is_bare = code.len() == 5 && code.bytes().all(|byte| byte.is_ascii_digit());
    if is_bare {
        error_table::find(TABLE, &format!("CTAPI_{code}"))
    } else {
        error_table::find(TABLE, code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(status: u16, codes: &[&str]) -> Error {
        let codes: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
        to_error(
            StatusCode::from_u16(status).unwrap(),
            &codes,
            "words",
            Some("id"),
        )
    }

    #[test]
    fn codes_say_whose_fault_it_is() {
        for (status, codes, code, kind, remedy) in [
            (
                200,
                vec!["CTAPI_10002"],
                "CTAPI_10002",
                ErrorKind::Credential,
                Remedy::RenewCredentials,
            ),
            (
                200,
                vec!["CTAPI_10009", "10009"],
                "CTAPI_10009",
                ErrorKind::Signing,
                Remedy::SetClockOrRenewCredentials,
            ),
            (
                200,
                vec!["10009"],
                "10009",
                ErrorKind::Signing,
                Remedy::SetClockOrRenewCredentials,
            ),
            (
                200,
                vec!["900", "10009"],
                "10009",
                ErrorKind::Signing,
                Remedy::SetClockOrRenewCredentials,
            ),
            (200, vec!["900"], "900", ErrorKind::Service, Remedy::None),
            (
                200,
                vec!["900", "A.B.C"],
                "A.B.C",
                ErrorKind::Service,
                Remedy::None,
            ),
            (
                429,
                vec!["CTAPI_X"],
                "CTAPI_X",
                ErrorKind::Throttled,
                Remedy::None,
            ),
            (401, vec!["777"], "777", ErrorKind::Credential, Remedy::None),
            (500, vec!["5"], "5", ErrorKind::Service, Remedy::None),
        ] {
            let error = error(status, &codes);
            assert_eq!(error.service_code(), Some(code));
            assert_eq!((error.kind(), error.remedy()), (kind, remedy), "{code}");
            assert_eq!(error.request_id(), Some("id"));
        }
    }

    #[test]
    fn every_error_says_what_to_do() {
        for row in TABLE {
            assert!(!row.advice.is_empty());
            let error = error(200, &[row.code]);
            assert!(error.message().ends_with(row.advice), "{error}");
        }
        assert!(error(200, &["CTAPI_99999"]).message().ends_with(UNKNOWN));
    }
}
