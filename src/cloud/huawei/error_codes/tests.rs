//! Whose fault each code is, and what its words add.

use super::*;

fn error(status: u16, code: &str) -> Error {
    to_error(
        StatusCode::from_u16(status).unwrap(),
        code,
        "words",
        Some("id"),
    )
}

#[test]
fn codes_say_whose_fault_it_is() {
    for (status, code, kind, remedy) in [
        (400, "AIS.0102", Service, Remedy::None),
        (
            401,
            "APIG.0301",
            Signing,
            Remedy::SetClockOrRenewCredentials,
        ),
        (
            401,
            "APIGW.0301",
            Signing,
            Remedy::SetClockOrRenewCredentials,
        ),
        (401, "APIG.0307", Credential, Remedy::RenewCredentials),
        (429, "APIGW.0308", Throttled, Remedy::None),
        // Even where the status is not what it should be.
        (403, "APIG.0308", Throttled, Remedy::None),
        (403, "ModelArts.4203", Credential, Remedy::None),
        (418, "Never.Heard", Service, Remedy::None),
        (401, "Never.Heard", Credential, Remedy::None),
        (429, "Never.Heard", Throttled, Remedy::None),
        (400, "", Service, Remedy::None),
    ] {
        let error = error(status, code);
        assert_eq!((error.kind(), error.remedy()), (kind, remedy), "{code}");
        assert_eq!(error.service_code(), Some(code));
    }
}

#[test]
fn every_code_stands_once_and_says_what_to_do() {
    for (at, row) in TABLE.iter().enumerate() {
        assert!(!row.advice.is_empty(), "{}", row.code);
        assert!(
            error(400, row.code).message().ends_with(row.advice),
            "{}",
            row.code
        );
        assert!(
            TABLE[at + 1..].iter().all(|other| other.code != row.code),
            "{}",
            row.code
        );
    }
    for row in IAM {
        let status = StatusCode::from_bytes(row.code.as_bytes()).unwrap();
        for code in [row.code, "IAM.0001"] {
            let error = login_error(status, code, "", None);
            assert_eq!(error.kind(), row.kind);
            assert_eq!(error.service_code(), Some(code));
            assert!(error.message().ends_with(row.advice), "{}", row.code);
        }
    }
    assert!(error(400, "AIS.9999").message().ends_with(UNKNOWN));
}

#[test]
fn a_bad_signature_and_a_token_that_has_ended_share_a_code() {
    let words = "Incorrect IAM authentication information: token expires";
    for code in ["APIG.0301", "APIGW.0301"] {
        let error = to_error(StatusCode::UNAUTHORIZED, code, words, None);
        assert_eq!(
            (error.kind(), error.remedy()),
            (Credential, Remedy::RenewCredentials)
        );
        assert_eq!(error.service_code(), Some(code));
    }
}

#[test]
fn a2_a_key_that_is_locked_is_left_alone_for_as_long_as_it_is() {
    let words =
        "Incorrect IAM authentication information: AK access failed to reach the limit,forbidden.";
    let error = to_error(StatusCode::UNAUTHORIZED, "APIG.0301", words, None);
    assert_eq!((error.kind(), error.remedy()), (Credential, Remedy::None));
    assert_eq!(error.retry_after(), Some(KEY_LOCKED_FOR));
    assert!(error.message().contains("five minutes"), "{error}");
    assert!(!error.is_retryable());
    for code in ["401", "IAM.0001"] {
        let words = "The account is locked.";
        let error = login_error(StatusCode::UNAUTHORIZED, code, words, None);
        assert_eq!(error.retry_after(), Some(USER_LOCKED_FOR));
        assert!(error.message().contains("quarter of an hour"), "{error}");
    }
}

#[test]
fn a2_the_servers_time_is_read_from_its_words() {
    let words = "Incorrect IAM authentication information: calc aksk signature fail:signature \
                 expired, signature time:20211217T064303Z,server time:20211217T065804Z";
    let error = to_error(StatusCode::UNAUTHORIZED, "APIGW.0301", words, None);
    let time: jiff::Timestamp = "2021-12-17T06:58:04Z".parse().unwrap();
    assert_eq!(error.service_time(), Some(time.into()));
    for other in [
        "",
        "server time:",
        "server time:soon, or later",
        "server time:２０２１",
    ] {
        assert_eq!(server_time(other), None, "{other}");
    }
}

#[test]
fn a_large_request_and_a_slow_one_share_a_code() {
    assert!(error(413, "APIGW.0201").message().contains("12 MB"));
    assert!(error(504, "APIG.0201").message().contains("too long"));
}
