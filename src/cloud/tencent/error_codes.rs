//! The service's error codes: whose fault each is, and one line of advice.
//!
//! Source: the service's page "Common error codes" and the error codes of `RecognizeEncryptedIDCardOCR`.
//! Spellings are the service's own. A code that is not listed is kept as it came.

use crate::error::{Error, ErrorKind, printable};
use crate::wire::Refusal;

/// Codes, whose fault they are, and what to do. The first row whose code is the service's, or its first part up to
/// a full stop, counts.
const TABLE: &[(&str, ErrorKind, &str)] = &[
    (
        "AuthFailure.SignatureExpire",
        ErrorKind::Signing,
        "set the host's clock: it is off by more than five minutes",
    ),
    (
        "AuthFailure.SignatureFailure",
        ErrorKind::Signing,
        "check the secret key, and that no proxy rewrites the request",
    ),
    (
        "AuthFailure.SecretIdNotFound",
        ErrorKind::Credential,
        "check the secret id, and that the key is enabled",
    ),
    (
        "AuthFailure.InvalidSecretId",
        ErrorKind::Credential,
        "use an API key's secret id, not an account's id",
    ),
    (
        "AuthFailure.TokenFailure",
        ErrorKind::Credential,
        "fetch new temporary credentials",
    ),
    (
        "AuthFailure.UnauthorizedOperation",
        ErrorKind::Credential,
        "grant this key the action in access management",
    ),
    (
        "AuthFailure.MFAFailure",
        ErrorKind::Credential,
        "this key needs multi-factor authentication",
    ),
    (
        "AuthFailure",
        ErrorKind::Credential,
        "check the credentials",
    ),
    (
        "UnauthorizedOperation",
        ErrorKind::Credential,
        "grant this key the action in access management",
    ),
    (
        "RequestLimitExceeded",
        ErrorKind::Throttled,
        "send fewer requests a second, or ask for a higher limit",
    ),
    (
        "FailedOperation.CardSideError",
        ErrorKind::Service,
        "the picture shows the other side of the card",
    ),
    (
        "FailedOperation.DownLoadError",
        ErrorKind::Service,
        "the service could not fetch the image's URL within 3 seconds",
    ),
    (
        "FailedOperation.EmptyImageError",
        ErrorKind::Service,
        "the image is empty; this call is billed",
    ),
    (
        "FailedOperation.IdCardInfoIllegal",
        ErrorKind::Service,
        "what the card says is not consistent; take a new picture",
    ),
    (
        "FailedOperation.IdCardTooSmall",
        ErrorKind::Service,
        "the card should fill two thirds of the picture",
    ),
    (
        "FailedOperation.ImageBlur",
        ErrorKind::Service,
        "the picture is blurred; take a new one",
    ),
    (
        "FailedOperation.ImageDecodeFailed",
        ErrorKind::Service,
        "send PNG, JPEG or BMP",
    ),
    (
        "FailedOperation.ImageNoIdCard",
        ErrorKind::Service,
        "there is no ID card in the picture",
    ),
    (
        "FailedOperation.ImageSizeTooLarge",
        ErrorKind::Service,
        "make the picture smaller",
    ),
    (
        "FailedOperation.MultiCardError",
        ErrorKind::Service,
        "there is more than one card in the picture",
    ),
    (
        "FailedOperation.OcrFailed",
        ErrorKind::Service,
        "recognition failed; try another picture",
    ),
    (
        "FailedOperation.UnKnowError",
        ErrorKind::Service,
        "the service could not open the envelope (is the public key its current one?), or failed inside",
    ),
    (
        "FailedOperation.UnOpenError",
        ErrorKind::Service,
        "activate the OCR service for this account",
    ),
    (
        "InvalidParameter.ConfigFormatError",
        ErrorKind::Service,
        "the Config switches were not understood",
    ),
    (
        "InvalidParameterValue.InvalidParameterValueLimit",
        ErrorKind::Service,
        "a parameter has a value the service does not take",
    ),
    (
        "LimitExceeded.TooLargeFileError",
        ErrorKind::Service,
        "make the picture smaller",
    ),
    (
        "ResourceUnavailable.InArrears",
        ErrorKind::Service,
        "the account is in arrears",
    ),
    (
        "ResourceUnavailable.ResourcePackageRunOut",
        ErrorKind::Service,
        "the account's resource package is used up",
    ),
    (
        "ResourcesSoldOut.ChargeStatusException",
        ErrorKind::Service,
        "check the account's billing status",
    ),
    (
        "RequestSizeLimitExceeded",
        ErrorKind::Service,
        "make the picture smaller: the whole request may have 10 MiB",
    ),
    (
        "InternalError",
        ErrorKind::Service,
        "the service failed inside; a new request may succeed",
    ),
    (
        "UnsupportedRegion",
        ErrorKind::Service,
        "this action is not served in that region",
    ),
    (
        "InvalidAction",
        ErrorKind::Service,
        "this endpoint does not know the action",
    ),
    (
        "NoSuchVersion",
        ErrorKind::Service,
        "this endpoint does not know the version",
    ),
    (
        "UnknownParameter",
        ErrorKind::Service,
        "the service does not know one of the parameters",
    ),
    (
        "MissingParameter",
        ErrorKind::Service,
        "a parameter is missing",
    ),
    (
        "IpInBlacklist",
        ErrorKind::Service,
        "this host's address is blocked",
    ),
    (
        "IpNotInWhitelist",
        ErrorKind::Service,
        "this host's address is not allowed by the key's policy",
    ),
];

/// What to do about a code that is not in the table.
const UNKNOWN: &str =
    "look the code up in the service's documentation, and quote the request id to its support";

/// The error for the service's no.
pub(crate) fn to_error(refusal: &Refusal, request_id: Option<&str>) -> Error {
    let found = TABLE
        .iter()
        .find(|(code, _, _)| *code == refusal.code)
        .or_else(|| {
            let class = refusal.code.split('.').next().unwrap_or_default();
            TABLE.iter().find(|(code, _, _)| *code == class)
        });
    let (kind, advice) = found.map_or((ErrorKind::Service, UNKNOWN), |(_, kind, advice)| {
        (*kind, *advice)
    });
    let mut message = format!("the service refused: {}", printable(&refusal.code));
    if !refusal.message.is_empty() {
        message.push_str(": ");
        message.push_str(&printable(&refusal.message));
    }
    message.push_str("; ");
    message.push_str(advice);
    Error::new(kind, message)
        .with_request_id(request_id)
        .with_service_code(&refusal.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(code: &str) -> Error {
        let refusal = Refusal {
            code: code.to_owned(),
            message: "words".to_owned(),
        };
        to_error(&refusal, Some("id"))
    }

    #[test]
    fn codes_say_whose_fault_it_is() {
        for (code, kind) in [
            ("AuthFailure.SignatureExpire", ErrorKind::Signing),
            ("AuthFailure.SecretIdNotFound", ErrorKind::Credential),
            ("AuthFailure.NewKindOfFailure", ErrorKind::Credential),
            ("RequestLimitExceeded", ErrorKind::Throttled),
            (
                "RequestLimitExceeded.UinLimitExceeded",
                ErrorKind::Throttled,
            ),
            ("FailedOperation.UnKnowError", ErrorKind::Service),
            ("FailedOperation.UnknowError", ErrorKind::Service),
            ("Never.Heard", ErrorKind::Service),
            ("", ErrorKind::Service),
        ] {
            assert_eq!(error(code).kind(), kind, "{code}");
            assert_eq!(error(code).service_code(), Some(code));
            assert_eq!(error(code).is_retryable(), kind == ErrorKind::Throttled);
        }
    }

    #[test]
    fn every_error_says_what_to_do_and_has_the_request_id() {
        for (code, _, advice) in TABLE {
            assert!(!advice.is_empty(), "{code}");
            assert!(error(code).to_string().contains(advice), "{code}");
        }
        let unknown = error("Never.Heard").to_string();
        assert!(
            unknown.contains("Never.Heard: words; look the code up")
                && unknown.ends_with("(request id id)")
        );
    }
}
