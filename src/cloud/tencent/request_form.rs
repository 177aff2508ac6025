//! Shared by both signatures: the form of a request, from its content type, and the limit of a GET.
//!
//! Source: the service's page "Request structure".

use crate::sign::SignError;

/// The longest query, in bytes: 32 KB.
const MOST_GET: usize = 32 << 10;

/// The form of the parameters in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// `application/x-www-form-urlencoded`.
    UrlEncoded,
    /// `multipart/form-data` without a boundary.
    MultipartWithoutBoundary,
    /// Anything else: JSON, multipart with its boundary, an octet stream.
    Other,
}

impl Form {
    /// The form for a content type.
    pub(crate) fn of(content_type: &str) -> Self {
        let mut parts = content_type.split(';').map(str::trim);
        let essence = parts.next().unwrap_or_default();
        if essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Self::UrlEncoded;
        }
        let is_boundary = |part: &str| {
            part.split_once('=').is_some_and(|(name, value)| {
                name.eq_ignore_ascii_case("boundary") && !value.is_empty()
            })
        };
        if essence.eq_ignore_ascii_case("multipart/form-data") && !parts.any(is_boundary) {
            return Self::MultipartWithoutBoundary;
        }
        Self::Other
    }
}

/// Rejects a query that is longer than the service accepts.
pub(crate) fn check_get(bytes: usize, instead: &'static str) -> Result<(), SignError> {
    if bytes > MOST_GET {
        return Err(SignError::TooLong {
            bytes,
            most: MOST_GET,
            instead,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_type_says_the_form() {
        for (content_type, form) in [
            ("application/x-www-form-urlencoded", Form::UrlEncoded),
            (
                "Application/X-WWW-Form-UrlEncoded; charset=utf-8",
                Form::UrlEncoded,
            ),
            ("application/json; charset=utf-8", Form::Other),
            (
                "multipart/form-data; charset=utf-8; boundary=a1B2",
                Form::Other,
            ),
            ("multipart/form-data", Form::MultipartWithoutBoundary),
            (
                "multipart/form-data; boundary=",
                Form::MultipartWithoutBoundary,
            ),
        ] {
            assert_eq!(Form::of(content_type), form, "{content_type}");
        }
    }
}
