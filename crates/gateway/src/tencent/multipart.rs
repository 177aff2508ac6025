//! Forms in parts (RFC 7578): the parameters of a multipart request, which are texts.
//!
//! Read as strictly as written: CRLF line ends, nothing before the first boundary, the closing one at the end.

use super::errors::{self, ServiceError};
use super::parameters::{self, Parameters};

/// The longest boundary (RFC 2046 §5.1.1).
const LONGEST_BOUNDARY: usize = 70;

/// Takes a body apart by the boundary in its Content-Type.
pub(super) fn parse(content_type: &str, body: &[u8]) -> Result<Parameters, ServiceError> {
    let boundary = boundary(content_type).ok_or_else(errors::bad_multipart)?;
    let body = std::str::from_utf8(body).map_err(|_| errors::bad_multipart())?;
    let parts = parts(body, boundary).ok_or_else(errors::bad_multipart)?;
    parameters::collect(parts.into_iter().map(part)).map_err(|_| errors::bad_multipart())
}

fn boundary(content_type: &str) -> Option<&str> {
    let mut parameters = content_type.split(';').skip(1).map(str::trim);
    let boundary = parameters.find_map(|parameter| parameter.strip_prefix("boundary="))?;
    let boundary = boundary.trim_matches('"');
    let fits = !boundary.is_empty() && boundary.len() <= LONGEST_BOUNDARY;
    fits.then_some(boundary)
}

fn parts<'a>(body: &'a str, boundary: &str) -> Option<Vec<&'a str>> {
    let body = body.strip_prefix(&format!("--{boundary}"))?;
    let body = body.strip_suffix("\r\n").unwrap_or(body);
    let body = body.strip_suffix(&format!("\r\n--{boundary}--"))?;
    let between = format!("\r\n--{boundary}");
    body.split(&between)
        .map(|part| part.strip_prefix("\r\n"))
        .collect()
}

/// The name in Content-Disposition, and the content.
fn part(part: &str) -> Option<(String, String)> {
    let (head, content) = part.split_once("\r\n\r\n")?;
    let disposition = head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_disposition = name.eq_ignore_ascii_case("content-disposition");
        is_disposition.then(|| value.trim())
    })?;
    let mut parameters = disposition.strip_prefix("form-data")?.split(';');
    let name = parameters.find_map(|parameter| {
        let name = parameter.trim().strip_prefix("name=\"")?;
        name.strip_suffix('"')
    })?;
    Some((name.to_owned(), content.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: &str = "multipart/form-data; charset=utf-8; boundary=b1";
    const GOOD: &str = "--b1\r\nContent-Disposition: form-data; name=\"A\"\r\n\r\nx\r\ny\r\n\
        --b1\r\ncontent-disposition:form-data; name=\"B\"; filename=\"f\"\r\nContent-Type: text/plain\r\n\r\n\r\n--b1--\r\n";

    #[test]
    fn parts_become_parameters() {
        for kind in [KIND, "multipart/form-data;boundary=\"b1\""] {
            let parameters = parse(kind, GOOD.as_bytes()).unwrap();
            let pairs: Vec<_> = parameters.iter().collect();
            assert_eq!(pairs.len(), 2);
            assert_eq!(parameters["A"], "x\r\ny");
            assert_eq!(parameters["B"], "");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        let refused = |kind: &str, body: &str| {
            let error = parse(kind, body.as_bytes()).unwrap_err();
            assert_eq!(error.code(), "InvalidRequest", "{kind} {body}");
        };
        refused("multipart/form-data", GOOD);
        refused("multipart/form-data; boundary=", GOOD);
        refused("multipart/form-data; boundary=b2", GOOD);
        for (from, to) in [
            ("--b1--", "--b1"),
            ("--b1\r\n", "preamble\r\n--b1\r\n"),
            ("\"B\"", "\"A\""),
            ("name=\"A\"", "title=\"A\""),
            ("form-data; name=\"A\"", "attachment; name=\"A\""),
            ("\r\n\r\nx", "\r\nx"),
            ("--b1\r\n", "--b1x\r\n"),
        ] {
            let body = GOOD.replacen(from, to, 1);
            assert_ne!(body, GOOD);
            refused(KIND, &body);
        }
        refused(KIND, "");
    }
}
