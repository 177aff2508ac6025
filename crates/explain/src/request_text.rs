//! An HTTP/1.1 request as text, as on the wire: parsed strictly, to be signed or explained.
//!
//! ```text
//! POST /path?query HTTP/1.1
//! Host: ocr.tencentcloudapi.com
//! Content-Type: application/json
//!
//! {"the body":"every byte after the blank line"}
//! ```
//!
//! All lines of the head end in LF, or all in CRLF; a leading byte-order mark is skipped. The body is taken byte for
//! byte, including a final line end. The grammar is that of RFC 9112, without what a sender must not write: folded
//! headers, spaces before a colon, a target that is a complete URL, a chunked body.

mod error;
mod lines;

use core::fmt;

use bytes::Bytes;
use cardseal::signing::{Payload, SigningInput};
use http::Method;
use http::header::{CONTENT_LENGTH, HOST, HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING};

pub use error::RequestTextError;
use lines::Lines;

/// A request from text.
#[derive(Clone)]
#[non_exhaustive]
pub struct RequestText {
    /// `POST`, `GET`.
    pub method: Method,
    /// The path as written.
    pub path: String,
    /// The query as written, without `?`; empty if there is none.
    pub query: String,
    /// The headers, repeated ones in the order written.
    pub headers: HeaderMap,
    /// Every byte after the blank line.
    pub body: Bytes,
}

impl RequestText {
    /// Parses a request.
    ///
    /// # Errors
    /// [`RequestTextError`], with the line if there is one.
    pub fn parse(text: &[u8]) -> Result<Self, RequestTextError> {
        let mut lines = Lines::of(text);
        let first = lines.next()?.unwrap_or_default();
        let (method, path, query) = request_line(first)?;
        let mut headers = HeaderMap::new();
        while let Some(line) = lines.next()? {
            let malformed = |why| RequestTextError::BadHeaderLine {
                line: lines.number,
                why,
            };
            let (name, value) = header_line(line).map_err(malformed)?;
            headers
                .try_append(name, value)
                .map_err(|_| malformed("there are too many headers"))?;
        }
        let request = Self {
            method,
            path,
            query,
            headers,
            body: Bytes::copy_from_slice(lines.rest),
        };
        request.check()?;
        Ok(request)
    }

    fn check(&self) -> Result<(), RequestTextError> {
        if self.headers.get_all(HOST).iter().count() != 1 {
            return Err(RequestTextError::NotOneHost);
        }
        if self.headers.contains_key(TRANSFER_ENCODING) {
            return Err(RequestTextError::TransferEncoding);
        }
        let actual = self.body.len();
        for stated in self.headers.get_all(CONTENT_LENGTH) {
            if stated.as_bytes() != actual.to_string().as_bytes() {
                return Err(RequestTextError::WrongLength {
                    actual,
                    stated: String::from_utf8_lossy(stated.as_bytes()).into_owned(),
                });
            }
        }
        Ok(())
    }

    /// The view of the request for a [`Signer`](cardseal::signing::Signer).
    pub fn signing_input<'a>(
        &'a self,
        service: &'a str,
        region: &'a str,
        signed_headers: Option<&'a [&'a str]>,
    ) -> SigningInput<'a> {
        SigningInput {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &self.headers,
            payload: Payload::Bytes(&self.body),
            service,
            region,
            signed_headers,
        }
    }
}

impl fmt::Debug for RequestText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Query, headers and body may hold personal data or a token.
        f.debug_struct("RequestText")
            .field("method", &self.method)
            .field("body_len", &self.body.len())
            .finish_non_exhaustive()
    }
}

fn request_line(line: &str) -> Result<(Method, String, String), RequestTextError> {
    let malformed = |why| RequestTextError::BadRequestLine { why };
    let parts: Vec<&str> = line.split(' ').collect();
    let [method, target, version] = parts.as_slice() else {
        return Err(malformed("it must be three words with one blank between"));
    };
    if *version != "HTTP/1.1" {
        return Err(malformed("the version must be HTTP/1.1"));
    }
    let method =
        Method::from_bytes(method.as_bytes()).map_err(|_| malformed("the method is not one"))?;
    if method
        .as_str()
        .bytes()
        .any(|byte| byte.is_ascii_lowercase())
    {
        return Err(malformed("methods are in upper case"));
    }
    if !target.starts_with('/') {
        return Err(malformed(
            "the target must start with `/`; the host stands in `Host`",
        ));
    }
    if !target
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'#')
    {
        return Err(malformed("the target must be percent-encoded, without `#`"));
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Ok((method, path.to_owned(), query.to_owned()))
}

fn header_line(line: &str) -> Result<(HeaderName, HeaderValue), &'static str> {
    if line.starts_with([' ', '\t']) {
        return Err("it is folded; write each header on one line");
    }
    let (name, value) = line.split_once(':').ok_or("it has no colon")?;
    let name = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| "the name is empty or holds a blank or another character no name holds")?;
    let value = HeaderValue::from_str(value.trim_matches([' ', '\t']))
        .map_err(|_| "the value holds a control character")?;
    Ok((name, value))
}

#[cfg(test)]
mod tests {
    use super::lines::MOST_HEAD;
    use super::*;

    fn refused(text: &str) -> RequestTextError {
        RequestText::parse(text.as_bytes()).unwrap_err()
    }

    #[test]
    fn reads_both_line_ends_and_every_byte_of_the_body() {
        let lf = b"POST /a%20b?x=1&y HTTP/1.1\nHost: h\nX-A:\t v w \n\n{}\r\n\x00\xff\n".as_slice();
        let head_end = lf.windows(2).position(|two| two == b"\n\n").unwrap() + 2;
        let mut crlf = String::from_utf8(lf[..head_end].to_vec())
            .unwrap()
            .replace('\n', "\r\n")
            .into_bytes();
        crlf.extend_from_slice(&lf[head_end..]);
        let marked = [b"\xef\xbb\xbf", lf].concat();
        for text in [lf, &crlf, &marked] {
            let request = RequestText::parse(text).unwrap();
            assert_eq!(request.method, Method::POST);
            assert_eq!((&*request.path, &*request.query), ("/a%20b", "x=1&y"));
            assert_eq!(request.headers["x-a"], "v w");
            assert_eq!(&*request.body, b"{}\r\n\x00\xff\n");
        }
    }

    #[test]
    fn the_blank_line_may_be_left_out_where_there_is_no_body() {
        for text in ["GET / HTTP/1.1\nHost: h", "GET / HTTP/1.1\nHost: h\n"] {
            assert!(RequestText::parse(text.as_bytes()).unwrap().body.is_empty());
        }
    }

    #[test]
    fn a_first_line_that_is_none_is_refused() {
        for line in [
            "",
            "GET /",
            "GET  / HTTP/1.1",
            "GET / HTTP/1.0",
            "GET / HTTP/2",
            "get / HTTP/1.1",
            "G@T / HTTP/1.1",
            "GET https://h/ HTTP/1.1",
            "GET * HTTP/1.1",
            "GET /a#b HTTP/1.1",
            "GET /身 HTTP/1.1",
            "GET /a\tb HTTP/1.1",
        ] {
            let error = refused(&format!("{line}\nHost: h\n\n"));
            assert!(
                matches!(error, RequestTextError::BadRequestLine { .. }),
                "{line}"
            );
        }
    }

    #[test]
    fn a_header_line_that_is_none_is_refused_by_its_number() {
        for line in [
            "no colon",
            ": v",
            "a b: v",
            "a : v",
            " folded: v",
            "a: b\x07c",
            "a: b\rc",
        ] {
            let error = refused(&format!("GET / HTTP/1.1\nHost: h\n{line}\n\n"));
            assert!(
                matches!(error, RequestTextError::BadHeaderLine { line: 3, .. }),
                "{line}: {error}"
            );
        }
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        assert_eq!(
            refused("GET / HTTP/1.1\r\nHost: h\n\n"),
            RequestTextError::MixedLineEnds { line: 2 }
        );
        for hosts in ["", "Host: a\nHost: a\n"] {
            assert_eq!(
                refused(&format!("GET / HTTP/1.1\n{hosts}A: b\n\n")),
                RequestTextError::NotOneHost
            );
        }
        let chunked = "POST / HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n";
        assert_eq!(refused(chunked), RequestTextError::TransferEncoding);
        assert!(matches!(
            refused("POST / HTTP/1.1\nHost: h\nContent-Length: 2\n\n{}\n"),
            RequestTextError::WrongLength { actual: 3, .. }
        ));
        let not_text = RequestText::parse(b"GET / HTTP/1.1\nHost: \xff\n\n").unwrap_err();
        assert_eq!(not_text, RequestTextError::NotText { line: 2 });
        let long = format!("GET / HTTP/1.1\nHost: h\nA: {}", "a".repeat(MOST_HEAD));
        assert_eq!(refused(&long), RequestTextError::HeadTooLong);
    }
}
