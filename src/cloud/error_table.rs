//! Error codes as data: whose fault each is, what this library can do about it, and one line of advice.
//!
//! Each cloud has its own table in its `error_codes`. A code that is not listed is kept unchanged.

use crate::error::{Error, ErrorKind, Remedy, printable};

/// One code.
pub(crate) struct Row {
    pub(crate) code: &'static str,
    pub(crate) kind: ErrorKind,
    pub(crate) remedy: Remedy,
    pub(crate) advice: &'static str,
}

/// A code that this library can do nothing about.
pub(crate) const fn row(code: &'static str, kind: ErrorKind, advice: &'static str) -> Row {
    Row {
        code,
        kind,
        remedy: Remedy::None,
        advice,
    }
}

/// A code with a remedy.
pub(crate) const fn with(row: Row, remedy: Remedy) -> Row {
    Row { remedy, ..row }
}

/// What to do about a code that is not in the table.
pub(crate) const UNKNOWN: &str =
    "look the code up in the service's documentation, and quote the request id to its support";

/// The row of exactly this code, otherwise of its part before the first full stop.
pub(crate) fn find<'t>(table: &'t [Row], code: &str) -> Option<&'t Row> {
    table.iter().find(|row| row.code == code).or_else(|| {
        let class = code.split('.').next().unwrap_or_default();
        table.iter().find(|row| row.code == class)
    })
}

/// The error for a refusal by the service.
pub(crate) fn to_error(
    table: &[Row],
    code: &str,
    message: &str,
    request_id: Option<&str>,
) -> Error {
    match find(table, code) {
        Some(row) => {
            refused(row.kind, code, message, row.advice, request_id).with_remedy(row.remedy)
        }
        None => refused(ErrorKind::Service, code, message, UNKNOWN, request_id),
    }
}

/// The error for a refusal, of this kind and with this advice.
pub(crate) fn refused(
    kind: ErrorKind,
    code: &str,
    message: &str,
    advice: &str,
    request_id: Option<&str>,
) -> Error {
    let mut text = format!("the service refused: {}", printable(code));
    if !message.is_empty() {
        text.push_str(": ");
        // The sentence goes on.
        text.push_str(printable(message).trim_end_matches(['.', '。']));
    }
    text.push_str("; ");
    text.push_str(advice);
    Error::new(kind, text)
        .with_request_id(request_id)
        .with_service_code(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &[Row] = &[
        row("A.Exact", ErrorKind::Input, "exactly"),
        with(
            row("A", ErrorKind::Credential, "the class"),
            Remedy::RenewCredentials,
        ),
    ];

    #[test]
    fn the_very_code_counts_before_its_class() {
        for (code, kind, advice, remedy) in [
            ("A.Exact", ErrorKind::Input, "exactly", Remedy::None),
            (
                "A.Other",
                ErrorKind::Credential,
                "the class",
                Remedy::RenewCredentials,
            ),
            (
                "A",
                ErrorKind::Credential,
                "the class",
                Remedy::RenewCredentials,
            ),
            ("AB", ErrorKind::Service, UNKNOWN, Remedy::None),
            ("", ErrorKind::Service, UNKNOWN, Remedy::None),
        ] {
            let error = to_error(TABLE, code, "words", Some("id"));
            assert_eq!((error.kind(), error.remedy()), (kind, remedy), "{code}");
            assert_eq!(error.service_code(), Some(code));
            assert_eq!(error.request_id(), Some("id"));
            let message = format!("the service refused: {code}: words; {advice}");
            assert_eq!(error.message(), message);
        }
        for words in ["Unknown error.", "Unknown error"] {
            let error = to_error(TABLE, "A.Exact", words, None);
            let message = "the service refused: A.Exact: Unknown error; exactly";
            assert_eq!(error.message(), message);
        }
        let silent = to_error(TABLE, "A\n", "", None);
        assert_eq!(
            silent.message(),
            format!("the service refused: A\\n; {UNKNOWN}")
        );
    }
}
