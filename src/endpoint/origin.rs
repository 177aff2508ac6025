//! The origin of a request: scheme, host and port, checked before anything is signed.

use core::fmt;
use core::net::{IpAddr, Ipv6Addr};

use http::Uri;
use http::uri::{Authority, Parts, PathAndQuery, Scheme};

use crate::error::{Error, ErrorKind, printable};

/// A checked origin: `https://host[:port]`, or `http` on this host only.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    scheme: Scheme,
    /// In lower case, without the scheme's own port.
    authority: Authority,
}

impl Origin {
    /// Parses `https://host[:port]`. Plain `http` and IP addresses are accepted only for loopback; elsewhere the
    /// credentials and the sealed request would cross a network without TLS, or without a name to verify.
    ///
    /// # Errors
    /// `Input`, with the reason.
    pub(crate) fn parse(url: &str) -> Result<Self, Error> {
        let refuse = |why: &str| {
            Error::input(format!(
                "the endpoint `{}` is refused: {why}; give https://host[:port]",
                printable(url)
            ))
        };
        if url.contains('@') {
            // Not quoted: user info may be a password.
            return Err(Error::input(
                "the endpoint is refused: it holds user info; give https://host[:port]",
            ));
        }
        if url.contains(['?', '#']) {
            return Err(refuse("it has a query or a fragment"));
        }
        let uri: Uri = url.parse().map_err(|_| refuse("it is not a URL"))?;
        let host = uri
            .host()
            .filter(|host| !host.is_empty())
            .ok_or_else(|| refuse("it has no host"))?;
        if !matches!(uri.path(), "" | "/") {
            return Err(refuse("it has a path"));
        }
        let loopback = is_loopback(host);
        let scheme = match uri.scheme_str() {
            Some("https") => Scheme::HTTPS,
            Some("http") if loopback => Scheme::HTTP,
            Some("http") => return Err(refuse("plain http is accepted only for loopback")),
            _ => return Err(refuse("its scheme is not https")),
        };
        if !loopback && is_address(host) {
            return Err(refuse(
                "it is an IP address, and no certificate of the service contains one",
            ));
        }
        let port = uri.port_u16();
        // The parser is lenient with ports, so check that it has read all of the text.
        let whole = match port {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        let spelt = uri.authority().map(http::uri::Authority::as_str);
        if spelt != Some(whole.as_str()) || port == Some(0) {
            return Err(refuse("its port is not 1 to 65535"));
        }
        let host = host.to_ascii_lowercase();
        let default = if scheme == Scheme::HTTPS { 443 } else { 80 };
        let authority = match port.filter(|port| *port != default) {
            Some(port) => format!("{host}:{port}"),
            None => host,
        };
        Ok(Self {
            scheme,
            authority: Authority::try_from(authority).map_err(|_| refuse("it is not a URL"))?,
        })
    }

    /// `https` to a host of the cloud, built from checked labels.
    pub(crate) fn of_labels(labels: &[&str]) -> Result<Self, Error> {
        let mut host = labels.join(".");
        host.make_ascii_lowercase();
        let refused =
            |_| Error::input("the service's name and the region's do not form a host name");
        Ok(Self {
            scheme: Scheme::HTTPS,
            authority: Authority::try_from(host).map_err(refused)?,
        })
    }

    /// The `Host` header: the host, and the port if it is not the scheme's default.
    pub(crate) fn authority(&self) -> &str {
        self.authority.as_str()
    }

    /// The URI with a path and a query at this origin.
    pub(crate) fn join(&self, path: &str, query: &str) -> Result<Uri, Error> {
        let target = match (path, query) {
            ("/", "") => Ok(PathAndQuery::from_static("/")),
            (path, "") => PathAndQuery::try_from(path),
            (path, query) => PathAndQuery::try_from([path, "?", query].concat()),
        };
        let mut parts = Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        let bug = || Error::new(ErrorKind::Bug, "the path and the query make no URI");
        parts.path_and_query = Some(target.map_err(|error| bug().caused_by(error))?);
        Uri::from_parts(parts).map_err(|error| bug().caused_by(error))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.authority)
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// A region is one label of a host name: letters, digits and `-`, without `-` at either end.
pub(crate) fn check_region(region: &str, example: &str) -> Result<(), Error> {
    let fine = !region.is_empty()
        && region.len() <= 63
        && region
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !region.starts_with('-')
        && !region.ends_with('-');
    if fine {
        return Ok(());
    }
    Err(Error::input(format!(
        "the region may hold only letters, digits and `-`, as in {example}"
    )))
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || parse_address(host).is_some_and(|address| match address {
            IpAddr::V4(address) => address.is_loopback(),
            IpAddr::V6(address) => address == Ipv6Addr::LOCALHOST,
        })
}

/// Anything that a resolver may read as an address: a dotted quad, a bracketed IPv6 address, and the old IPv4 forms of
/// one to four numbers (`127.1`, `2130706433`, `0x7f.1`).
fn is_address(host: &str) -> bool {
    let last = host
        .trim_end_matches('.')
        .rsplit('.')
        .next()
        .unwrap_or_default();
    let number = |text: &str| {
        let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
        match digits {
            Some(hex) => hex.bytes().all(|byte| byte.is_ascii_hexdigit()),
            None => !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()),
        }
    };
    host.starts_with('[') || parse_address(host).is_some() || number(last)
}

fn parse_address(host: &str) -> Option<IpAddr> {
    let bare = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    bare.unwrap_or(host).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_https_and_loopback() {
        for (url, authority) in [
            ("https://ocr.tencentcloudapi.com", "ocr.tencentcloudapi.com"),
            (
                "https://OCR.tencentcloudapi.com:443/",
                "ocr.tencentcloudapi.com",
            ),
            ("https://proxy.bank.example:8443", "proxy.bank.example:8443"),
            ("http://127.0.0.1:8080", "127.0.0.1:8080"),
            ("http://localhost:80", "localhost"),
            ("http://[::1]:9", "[::1]:9"),
            ("https://127.9.9.9", "127.9.9.9"),
        ] {
            assert_eq!(Origin::parse(url).unwrap().authority(), authority, "{url}");
        }
    }

    #[test]
    fn refuses_everything_else() {
        for url in [
            "",
            "ocr.tencentcloudapi.com",
            "http://ocr.tencentcloudapi.com",
            "ftp://a",
            "https://",
            "https://user@host",
            "https://user:pass@host",
            "https://host/path",
            "https://host?q",
            "https://host#f",
            "https://10.0.0.1",
            "https://[2001:db8::1]",
            "https://[no.address]",
            "https://[v1.x]",
            "http://0.0.0.0",
            "https://2130706433",
            "https://0x7f.1",
            "https://127.1",
            "http://127.1",
            "https://host:0",
            "https://host:99999",
            "https://ho st",
            "https://host\n",
            "http://localhost.evil.example",
            "http://[::ffff:127.0.0.1]",
        ] {
            assert!(Origin::parse(url).is_err(), "{url:?} was taken");
        }
    }

    #[test]
    fn a_password_in_a_url_is_not_repeated() {
        let error = Origin::parse("https://user:hunter2@host").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}
