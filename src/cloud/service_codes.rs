//! The clouds' error codes as a list.

use crate::cloud::error_table::{self, Row};
use crate::cloud::{ctyun, huawei, tencent};
use crate::error::ErrorKind;

/// An error code that this library knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServiceCode {
    /// `tencent`, `ctyun` or `huawei`.
    pub cloud: &'static str,
    /// As the service spells it.
    pub code: &'static str,
    /// Whose fault it is.
    pub kind: ErrorKind,
    /// What to do: the text at the end of an [`Error`](crate::Error) with this code.
    pub advice: &'static str,
    /// Whether a call that fails with it is billed; `None` if the cloud's pages do not say. Source for Tencent's OCR:
    /// its billing page (866/45470).
    pub billed: Option<bool>,
}

impl ServiceCode {
    /// True if sending the same request again later is safe and may succeed, as for an [`Error`](crate::Error) with
    /// this code.
    pub fn is_retryable(&self) -> bool {
        error_table::refused(self.kind, self.code, "", self.advice, None).is_retryable()
    }
}

/// Every code of every cloud, grouped by cloud.
pub fn table() -> impl Iterator<Item = ServiceCode> {
    let [common, ocr, faceid] = tencent::error_codes::TABLES;
    // Billing of failed calls is documented only for OCR, and thus for the codes that every action has.
    let ocr = common.iter().chain(ocr).map(|row| ServiceCode {
        billed: Some(tencent::error_codes::is_billed(row.code)),
        ..of("tencent", row)
    });
    let faceid = faceid.iter().map(|row| of("tencent", row));
    let ctyun = ctyun::error_codes::TABLE;
    let ctyun = ctyun.iter().map(|row| of("ctyun", row));
    let huawei = huawei::error_codes::TABLES.into_iter().flatten();
    let huawei = huawei.map(|row| of("huawei", row));
    ocr.chain(faceid).chain(ctyun).chain(huawei)
}

fn of(cloud: &'static str, row: &'static Row) -> ServiceCode {
    ServiceCode {
        cloud,
        code: row.code,
        kind: row.kind,
        advice: row.advice,
        billed: None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_of_every_cloud_stands_once() {
        let listed: BTreeSet<_> = table().map(|row| (row.cloud, row.code)).collect();
        assert_eq!(listed.len(), table().count());
        for (cloud, code) in [
            ("tencent", "FailedOperation.ImageBlur"),
            ("tencent", "AuthFailure.SignatureExpire"),
            ("tencent", "FailedOperation.DecryptSystemError"),
            ("ctyun", "CTAPI_10009"),
            ("huawei", "APIG.0308"),
            ("huawei", "401"),
        ] {
            assert!(listed.contains(&(cloud, code)), "{cloud} {code}");
        }
    }

    #[test]
    fn only_what_was_throttled_may_be_sent_again() {
        for row in table() {
            assert_eq!(
                row.is_retryable(),
                row.kind == ErrorKind::Throttled,
                "{}",
                row.code
            );
        }
    }

    #[test]
    fn four_of_tencents_codes_are_billed_and_of_other_clouds_it_is_not_known() {
        let billed: Vec<_> = table()
            .filter(|row| row.billed == Some(true))
            .map(|row| row.code)
            .collect();
        let expected = [
            "FailedOperation.EmptyImageError",
            "FailedOperation.ImageNoBusinessCard",
            "FailedOperation.InvoiceMismatch",
            "ResourceNotFound.NoInvoice",
        ];
        assert_eq!(billed, expected);
        let known = |row: &ServiceCode| row.billed.is_some();
        assert!(!table().any(|row| known(&row) && row.cloud != "tencent"));
        assert!(!table().any(|row| known(&row) && row.code.contains("cryptSystemError")));
    }
}
