//! The CONNECT request to a proxy and its answer, without I/O: RFC 9110, section 9.3.6.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::own_headers::NAME;
use super::{Proxy, TransportFailure};
use crate::error::printable;

/// Maximum size of a proxy's answer, in bytes.
const MOST_HEAD: usize = 16 * 1024;

/// Maximum number of fields in it.
const MOST_FIELDS: usize = 64;

/// The request for a tunnel to this host and port. It may contain the login.
pub(super) fn request(proxy: &Proxy, host: &str, port: u16) -> Zeroizing<Vec<u8>> {
    let mut head =
        format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\nUser-Agent: {NAME}\r\n")
            .into_bytes();
    if let Some(credentials) = proxy.credentials() {
        let encoded = Zeroizing::new(STANDARD.encode(credentials.as_bytes()));
        // Allocated in full, because a growing buffer would leave copies behind.
        head.reserve_exact(encoded.len().saturating_add(64));
        head.extend_from_slice(b"Proxy-Authorization: Basic ");
        head.extend_from_slice(encoded.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    Zeroizing::new(head)
}

/// The proxy's answer so far.
#[derive(Default)]
pub(super) struct Answer {
    read: Vec<u8>,
}

impl Answer {
    /// Takes the next bytes, or none at the end of the connection; true if the tunnel is open.
    pub(super) fn take(&mut self, proxy: &Proxy, bytes: &[u8]) -> Result<bool, TransportFailure> {
        let refuse = |why: String| {
            TransportFailure::not_connected(format!(
                "the proxy {}:{} {why}",
                printable(proxy.host()),
                proxy.port()
            ))
        };
        if bytes.is_empty() {
            return Err(refuse("closed the connection without an answer".to_owned()));
        }
        self.read.extend_from_slice(bytes);
        if self.read.len() > MOST_HEAD {
            return Err(refuse("answered CONNECT with more than 16 KiB".to_owned()));
        }
        let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
        let mut head = httparse::Response::new(&mut fields);
        let no_http = || refuse("does not answer in HTTP/1.1; is it a proxy?".to_owned());
        let httparse::Status::Complete(length) = head.parse(&self.read).map_err(|_| no_http())?
        else {
            return Ok(false);
        };
        let other_schemes = other_schemes(head.headers);
        match head.code.unwrap_or_default() {
            // Further bytes are not from the service.
            200..=299 if self.read.len() > length => Err(no_http()),
            200..=299 => Ok(true),
            407 if !other_schemes.is_empty() => Err(refuse(format!(
                "asks for a login by {other_schemes} (407), and only Basic is spoken here; have it take Basic, or put a \
                 proxy before it that logs in"
            ))),
            407 if proxy.user().is_none() => Err(refuse(
                "asks for a login (407); give it a user name and a password".to_owned(),
            )),
            407 => Err(refuse(
                "refuses the login (407); check the user name and the password".to_owned(),
            )),
            code => {
                let said = printable(head.reason.unwrap_or_default());
                Err(refuse(format!("refuses the tunnel ({code} {said})")))
            }
        }
    }
}

/// The schemes that a proxy offers, where Basic (RFC 7617) is none of them.
fn other_schemes(fields: &[httparse::Header<'_>]) -> String {
    const KNOWN: [&str; 5] = ["NTLM", "Negotiate", "Kerberos", "Digest", "Bearer"];
    let offers = fields
        .iter()
        .filter(|field| field.name.eq_ignore_ascii_case("Proxy-Authenticate"));
    let text: Vec<String> = offers
        .map(|field| String::from_utf8_lossy(field.value).into_owned())
        .collect();
    // Several may stand in one field, with parameters between them.
    let words = || {
        let words = text.iter().flat_map(|text| text.split([',', ' ']));
        words.map(str::trim)
    };
    let is_offered = |name: &&str| words().any(|word| word.eq_ignore_ascii_case(name));
    if is_offered(&"Basic") {
        return String::new();
    }
    let known: Vec<&str> = KNOWN.into_iter().filter(is_offered).collect();
    known.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(proxy: &Proxy, pieces: &[&[u8]]) -> Result<bool, TransportFailure> {
        let mut answer = Answer::default();
        for piece in pieces {
            if answer.take(proxy, piece)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    #[test]
    fn the_login_is_basic_as_rfc_7617_has_it() {
        // The example of RFC 7617, section 2.
        let proxy = Proxy::parse("http://Aladdin:open%20sesame@proxy:8080").unwrap();
        let head = request(&proxy, "ocr.example", 443);
        let head = core::str::from_utf8(&head).unwrap();
        assert!(head.starts_with("CONNECT ocr.example:443 HTTP/1.1\r\nHost: ocr.example:443\r\n"));
        assert!(head.contains("\r\nProxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"));
        assert!(head.ends_with("\r\n\r\n"));
        let without = request(&Proxy::parse("proxy:8080").unwrap(), "ocr.example", 443);
        assert!(!String::from_utf8_lossy(&without).contains("Authorization"));
    }

    #[test]
    fn an_answer_is_a_tunnel_or_says_why_not() {
        let (plain, login) = (
            Proxy::parse("proxy").unwrap(),
            Proxy::parse("u:p@proxy").unwrap(),
        );
        assert_eq!(
            answer(&plain, &[b"HTTP/1.0 200 Connection established\r\n\r\n"]),
            Ok(true)
        );
        assert_eq!(
            answer(&plain, &[b"HTTP/1.1 20", b"0 OK\r\nVia: x\r\n", b"\r\n"]),
            Ok(true)
        );
        assert_eq!(answer(&plain, &[b"HTTP/1.1 200 OK\r\n"]), Ok(false));
        // However it comes in pieces.
        let whole = b"HTTP/1.1 200 OK\r\nVia: x\r\n\r\n";
        for at in 1..whole.len() {
            assert_eq!(answer(&plain, &[&whole[..at]]), Ok(false), "{at}");
            assert_eq!(
                answer(&plain, &[&whole[..at], &whole[at..]]),
                Ok(true),
                "{at}"
            );
        }
        let long = [b"HTTP/1.1 200 OK\r\nX: ".as_slice(), &[b'x'; MOST_HEAD]].concat();
        for (proxy, pieces, says) in [
            (
                &plain,
                [b"HTTP/1.1 407 Login\r\n\r\n".as_slice()].as_slice(),
                "asks for a login",
            ),
            (
                &login,
                &[b"HTTP/1.1 407 Login\r\n\r\n"],
                "refuses the login",
            ),
            (
                &login,
                &[b"HTTP/1.1 407 Login\r\nProxy-Authenticate: NTLM\r\nproxy-authenticate: Negotiate\r\n\r\n"],
                "asks for a login by NTLM, Negotiate (407), and only Basic",
            ),
            (
                &plain,
                &[b"HTTP/1.1 407 Login\r\nProxy-Authenticate: Digest realm=\"a\", qop=\"auth\"\r\n\r\n"],
                "asks for a login by Digest (407)",
            ),
            (
                &login,
                &[b"HTTP/1.1 407 Login\r\nProxy-Authenticate: NTLM, Basic realm=\"a\"\r\n\r\n"],
                "check the user name and the password",
            ),
            (&plain, &[b"HTTP/1.1 403 Filtered\r\n\r\n"], "403 Filtered"),
            (&plain, &[b"HTTP/1.1 200 OK\r\n\r\nmore"], "does not answer"),
            (&plain, &[b"SSH-2.0-x\r\n"], "does not answer"),
            (&plain, &[b"HTTP/1.1 200", b""], "closed the connection"),
            (&plain, &[&long], "16 KiB"),
        ] {
            let refused = answer(proxy, pieces).unwrap_err().to_string();
            assert!(refused.contains(says), "{refused}");
        }
    }
}
