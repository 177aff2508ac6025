//! The service's error codes: whose fault each is, and one line of advice.
//!
//! Source: the service's page "Common error codes" for the codes of every action, and the error codes of each product.
//! Spellings are the service's own. A code that is not listed is classified by its part before the first full stop, and
//! kept unchanged.

mod common;
mod faceid;
mod ocr;

use crate::cloud::error_table::{self, Row};
use crate::error::{Error, ErrorKind};
use crate::wire::Refusal;

/// The error for a refusal by the service.
pub(crate) fn to_error(refusal: &Refusal, request_id: Option<&str>) -> Error {
    if refusal.message.contains(TOO_LARGE_TO_SIGN) {
        let (code, message) = (&refusal.code, &refusal.message);
        return error_table::refused(
            ErrorKind::Signing,
            code,
            message,
            SMALLER_OR_TC3,
            request_id,
        );
    }
    let table = table_of(&refusal.code);
    error_table::to_error(table, &refusal.code, &refusal.message, request_id)
        .with_may_pass(refusal.code.starts_with("InternalError"))
}

/// The service's message, under the code for a wrong signature, if a request is too large for its signature scheme.
/// From the guide: version 1 signs up to 1 MiB.
const TOO_LARGE_TO_SIGN: &str = "exceeding request size limit";

const SMALLER_OR_TC3: &str = "the request is larger than this signature may be put on: sign with TC3-HMAC-SHA256, or make the \
                              image smaller; the secret key is not what is wrong";

/// Every row: of all products, of OCR, of faceid.
pub(crate) const TABLES: [&[Row]; 3] = [common::TABLE, ocr::TABLE, faceid::TABLE];

/// Whether an OCR call that failed with this code is billed. Source: the service's billing page (866/45470).
pub(crate) fn is_billed(code: &str) -> bool {
    matches!(
        code,
        "FailedOperation.EmptyImageError"
            | "FailedOperation.ImageNoBusinessCard"
            | "FailedOperation.InvoiceMismatch"
            | "ResourceNotFound.NoInvoice"
    )
}

/// The product's table that has exactly this code; otherwise the common table, which also has the classes.
fn table_of(code: &str) -> &'static [Row] {
    [ocr::TABLE, faceid::TABLE]
        .into_iter()
        .find(|table| table.iter().any(|row| row.code == code))
        .unwrap_or(common::TABLE)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::error::Remedy;

    fn error(code: &str) -> Error {
        let refusal = Refusal {
            code: code.to_owned(),
            message: "words".to_owned(),
        };
        to_error(&refusal, Some("id"))
    }

    #[test]
    fn a_request_too_large_for_its_signature_is_not_blamed_on_the_key() {
        let refusal = Refusal {
            code: "AuthFailure.SignatureFailure".to_owned(),
            message: "The request is exceeding request size limit, please use new signature method TC3-HMAC-SHA256"
                .to_owned(),
        };
        let error = to_error(&refusal, Some("id"));
        assert_eq!(
            (error.kind(), error.remedy()),
            (ErrorKind::Signing, Remedy::None)
        );
        let told = error.to_string();
        assert!(told.contains("sign with TC3-HMAC-SHA256"), "{told}");
        assert!(!told.contains("check the secret key"), "{told}");
    }

    fn all_rows() -> impl Iterator<Item = &'static Row> {
        TABLES.into_iter().flatten()
    }

    fn listed(vector: &'static str) -> BTreeSet<&'static str> {
        let codes: Vec<_> = vector
            .lines()
            .filter(|line| !line.starts_with('#'))
            .collect();
        let once: BTreeSet<_> = codes.iter().copied().collect();
        assert_eq!(codes.len(), once.len(), "a code is listed twice");
        once
    }

    fn held(table: &[Row]) -> BTreeSet<&str> {
        let once: BTreeSet<_> = table.iter().map(|row| row.code).collect();
        assert_eq!(table.len(), once.len(), "a code has two rows");
        once
    }

    #[test]
    fn every_published_code_has_its_row_and_no_other_has() {
        let vector = include_str!("../../../vectors/errors/tencent-ocr-codes.txt");
        assert_eq!(listed(vector).len(), 59);
        // These two are among the common ones.
        let shared = BTreeSet::from(["InternalError", "RequestLimitExceeded"]);
        let own: BTreeSet<_> = listed(vector).difference(&shared).copied().collect();
        assert_eq!(held(ocr::TABLE), own);

        let vector = include_str!("../../../vectors/errors/tencent-common-codes.txt");
        let mut common = listed(vector);
        assert!(common.is_superset(&shared));
        // A class that is no code of its own.
        common.insert("AuthFailure");
        assert_eq!(held(common::TABLE), common);

        let vector = include_str!("../../../vectors/errors/tencent-faceid-envelope-codes.txt");
        assert_eq!(held(faceid::TABLE), listed(vector));
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
    fn what_new_credentials_or_another_clock_would_mend_has_a_remedy() {
        for row in all_rows() {
            let remedy = match row.code {
                "AuthFailure.SignatureExpire" => Remedy::SetClock,
                "AuthFailure.TokenFailure"
                | "AuthFailure.InvalidSecretId"
                | "AuthFailure.SecretIdNotFound"
                | "AuthFailure.SignatureFailure" => Remedy::RenewCredentials,
                _ => Remedy::None,
            };
            assert_eq!(error(row.code).remedy(), remedy, "{}", row.code);
        }
    }

    #[test]
    fn every_row_says_what_to_do_in_words_of_its_own() {
        let mut seen = BTreeSet::new();
        for row in all_rows() {
            let said = error(row.code);
            assert!(said.to_string().contains(row.advice), "{}", row.code);
            assert_eq!((said.kind(), said.request_id()), (row.kind, Some("id")));
            // A line of advice starts small and has no full stop: it stands at the end of a longer line.
            let fine = row.advice.len() >= 12 && !row.advice.ends_with('.');
            assert!(fine, "{}: {}", row.code, row.advice);
            assert!(seen.insert(row.advice), "{}: said of another too", row.code);
        }
        let unknown = error("Never.Heard").to_string();
        assert!(
            unknown.contains("Never.Heard: words; look the code up")
                && unknown.ends_with("(request id id)")
        );
    }

    /// The service's billing page: failed calls are free, but for these.
    #[test]
    fn what_is_billed_although_it_failed_says_so() {
        for row in all_rows() {
            let billed = is_billed(row.code);
            assert_eq!(row.advice.contains("is billed"), billed, "{}", row.code);
        }
    }
}
