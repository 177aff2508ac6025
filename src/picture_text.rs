//! The picture in a request's text: what no service takes for one, by name, at every door the same.

use std::borrow::Cow;

use cardseal_sniff::{Kind, NotTaken};
use serde::Deserialize;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use crate::recipient::Recipient;
use crate::wire;

/// What is wrong with the picture in a request: with `ImageBase64`, or with `ImageUrl`. The text quotes nothing of either.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PictureFault {
    /// `ImageBase64` is a number, an object or the like.
    #[error("ImageBase64 is not a string")]
    Base64NotText,
    /// `ImageBase64` is empty.
    #[error("ImageBase64 is empty; put the picture's base64 there")]
    Empty,
    /// A browser's prefix.
    #[error("ImageBase64 begins with `data:`; leave out everything up to the comma")]
    DataUrl,
    /// Base64 as programs for mail and PEM write it.
    #[error("ImageBase64 has line breaks or blanks; the service takes base64 in one line")]
    Blanks,
    /// What Python's `str(bytes)` gives.
    #[error("ImageBase64 is a Python bytes literal (b'…'); decode it first, as with .decode()")]
    PythonBytes,
    /// Base64 with `-` and `_`.
    #[error(
        "ImageBase64 is in the alphabet for URLs; the service takes + and / in place of - and _"
    )]
    UrlAlphabet,
    /// Not base64 at all.
    #[error("ImageBase64 is not strict base64 (standard alphabet, padded, in one line)")]
    NotBase64,
    /// A private key, in whatever form.
    #[error(
        "ImageBase64 holds a private key and no picture; put the picture's base64 there, and rotate that key (make a new \
         pair) if it went anywhere"
    )]
    PrivateKey,
    /// Another file, or a picture that ends too early.
    #[error("ImageBase64: {0}")]
    NotTaken(NotTaken),
    /// `ImageUrl` is a number, an object or the like.
    #[error("ImageUrl is not a string")]
    UrlNotText,
    /// `ImageUrl` is no URL that can be fetched.
    #[error(
        "ImageUrl: the image's URL is not an absolute http or https URL; percent-encode what is not ASCII"
    )]
    NotUrl,
    /// `ImageUrl` names a host that only this network has.
    #[error(
        "ImageUrl names a host on this machine or in a private network, which the service cannot reach; put the picture \
         where the service can fetch it, or send its base64"
    )]
    PrivateHost,
}

#[derive(Deserialize)]
struct Members<'a> {
    #[serde(rename = "ImageBase64", borrow)]
    base64: Option<&'a RawValue>,
    #[serde(rename = "ImageUrl", borrow)]
    url: Option<&'a RawValue>,
}

impl PictureFault {
    /// What is wrong with the picture that a request in clear brings or names. Of what is no JSON object, nothing is said.
    pub fn in_request(json: &[u8]) -> Vec<Self> {
        let Ok(members) = serde_json::from_slice::<Members<'_>>(json) else {
            return Vec::new();
        };
        let base64 = members.base64.and_then(|value| match text(value) {
            Some(text) => Self::of_base64(&text),
            None => Some(Self::Base64NotText),
        });
        let url = members.url.and_then(|value| match text(value) {
            Some(text) => Self::of_url(&text),
            None => Some(Self::UrlNotText),
        });
        base64.into_iter().chain(url).collect()
    }

    /// What is wrong with a picture's base64; `None` for strict base64 of a complete PNG, JPEG or BMP.
    pub fn of_base64(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::Empty);
        }
        if let Ok(bytes) = wire::decode(text) {
            return match cardseal_sniff::check(&bytes) {
                Ok(_) => None,
                Err(_) if is_private_key(&bytes) => Some(Self::PrivateKey),
                Err(why) => Some(Self::NotTaken(why)),
            };
        }
        let bare = bare(text);
        let decoded = wire::decode(&bare);
        if is_private_key(text.as_bytes())
            || decoded.as_ref().is_ok_and(|bytes| is_private_key(bytes))
        {
            return Some(Self::PrivateKey);
        }
        let python = |quote: char| {
            text.strip_prefix('b')
                .is_some_and(|rest| rest.starts_with(quote) && rest.ends_with(quote))
        };
        Some(if starts_with_data(text) {
            Self::DataUrl
        } else if text.contains(['\n', '\r', ' ', '\t']) && decoded.is_ok() {
            Self::Blanks
        } else if python('\'') || python('"') {
            Self::PythonBytes
        } else if text.contains(['-', '_']) {
            Self::UrlAlphabet
        } else {
            Self::NotBase64
        })
    }

    /// What is wrong with a picture's URL.
    pub fn of_url(url: &str) -> Option<Self> {
        match parsed(url) {
            None => Some(Self::NotUrl),
            Some(uri) => uri
                .host()
                .is_some_and(is_private_host)
                .then_some(Self::PrivateHost),
        }
    }

    /// Whether what was given as a picture is a key: it is to go nowhere, sealed or not.
    pub fn is_key(&self) -> bool {
        matches!(
            self,
            Self::PrivateKey | Self::NotTaken(NotTaken::Other(Kind::Key))
        )
    }
}

/// An absolute http or https URL of printable ASCII.
pub(crate) fn parsed(url: &str) -> Option<http::Uri> {
    let fine = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\');
    let uri: http::Uri = url.parse().ok()?;
    let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
    (url.bytes().all(fine) && is_web && uri.host().is_some()).then_some(uri)
}

/// A host that a service on the Internet cannot reach: a name of one machine, or an address of this one, of a link or of
/// a private network (RFC 1918, RFC 4193, RFC 6598).
fn is_private_host(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches([']', '.']);
    if let Ok(address) = host.parse::<std::net::IpAddr>() {
        return match address.to_canonical() {
            std::net::IpAddr::V4(v4) => {
                let shared = matches!(v4.octets(), [100, 64..=127, ..]);
                v4.is_loopback()
                    || v4.is_private()
                    || v4.is_link_local()
                    || v4.is_unspecified()
                    || shared
            }
            std::net::IpAddr::V6(v6) => {
                v6.is_loopback()
                    || v6.is_unspecified()
                    || v6.is_unique_local()
                    || v6.is_unicast_link_local()
            }
        };
    }
    let host = host.to_ascii_lowercase();
    let ends = [".localhost", ".local", ".internal", ".lan", ".home.arpa"];
    host == "localhost" || ends.iter().any(|end| host.ends_with(end))
}

/// A value's text; `None` if it is null or no string.
fn text(value: &RawValue) -> Option<Zeroizing<String>> {
    let text: Cow<'_, str> = serde_json::from_str(value.get()).ok()?;
    Some(Zeroizing::new(text.into_owned()))
}

fn starts_with_data(text: &str) -> bool {
    text.get(..5)
        .is_some_and(|start| start.eq_ignore_ascii_case("data:"))
}

/// The base64 within a `data:` URL, line breaks, quotes and another alphabet.
fn bare(text: &str) -> Zeroizing<String> {
    let body = match starts_with_data(text) {
        true => text.split_once(',').map_or(text, |(_, body)| body),
        false => text,
    };
    let body = body.trim_start_matches("b'").trim_end_matches('\'');
    let mut bare = Zeroizing::new(String::with_capacity(body.len()));
    bare.extend(body.chars().filter_map(|c| match c {
        '-' => Some('+'),
        '_' => Some('/'),
        c if c.is_whitespace() => None,
        c => Some(c),
    }));
    bare
}

/// PEM anywhere in a text, or a private key in any form that is known here.
fn is_private_key(bytes: &[u8]) -> bool {
    const LABEL: &[u8] = b"PRIVATE KEY-----";
    bytes.windows(LABEL.len()).any(|window| window == LABEL) || Recipient::is_private_key(bytes)
}

#[cfg(test)]
mod tests {
    use cardseal_crypto::base64;

    use super::*;

    /// One pixel.
    const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    /// No key of anybody's: the label is enough.
    const PEM: &str = "-----BEGIN PRIVATE KEY-----\nMIGHAgEA\n-----END PRIVATE KEY-----\n";

    #[test]
    fn s12_a_private_key_is_none_in_whatever_it_is_wrapped() {
        let base64 = base64::encode(PEM.as_bytes());
        let lines = format!("{}\r\n{}", &base64[..40], &base64[40..]);
        for text in [
            PEM.to_owned(),
            base64.clone(),
            lines,
            format!("data:image/png;base64,{base64}"),
            format!("b'{base64}'"),
        ] {
            let fault = PictureFault::of_base64(&text).unwrap();
            assert_eq!(fault, PictureFault::PrivateKey, "{text}");
            assert!(fault.is_key());
            let request = format!(
                "{{\"ImageBase64\":{}}}",
                serde_json::to_string(&text).unwrap()
            );
            assert_eq!(PictureFault::in_request(request.as_bytes()), [fault]);
        }
    }

    #[test]
    fn s12_what_is_no_picture_is_named() {
        assert_eq!(PictureFault::of_base64(PNG), None);
        let text = base64::encode(b"a letter to somebody who reads");
        let other = PictureFault::NotTaken(NotTaken::Other(Kind::Text));
        let in_lines = format!("{}\n{}", &PNG[..20], &PNG[20..]);
        let for_urls = PNG.replace('+', "-");
        for (given, fault) in [
            ("", PictureFault::Empty),
            (&text, other),
            (
                &format!("data:image/png;base64,{PNG}"),
                PictureFault::DataUrl,
            ),
            (&in_lines, PictureFault::Blanks),
            (&format!("b'{PNG}'"), PictureFault::PythonBytes),
            (&for_urls, PictureFault::UrlAlphabet),
            ("%", PictureFault::NotBase64),
        ] {
            assert_eq!(PictureFault::of_base64(given), Some(fault), "{given}");
        }
        for (json, faults) in [
            ("{}", vec![]),
            ("[", vec![]),
            (r#"{"ImageBase64":null,"ImageUrl":null}"#, vec![]),
            (
                r#"{"ImageBase64":1,"ImageUrl":[]}"#,
                vec![PictureFault::Base64NotText, PictureFault::UrlNotText],
            ),
        ] {
            assert_eq!(PictureFault::in_request(json.as_bytes()), faults, "{json}");
        }
    }

    #[test]
    fn s12_a_url_that_the_service_cannot_fetch_is_named() {
        for url in [
            "file:///etc/passwd",
            "//h/a.png",
            "https://h/a b",
            "card.png",
            "",
        ] {
            assert_eq!(
                PictureFault::of_url(url),
                Some(PictureFault::NotUrl),
                "{url}"
            );
        }
        for host in [
            "localhost",
            "127.0.0.1:8000",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "[::1]",
            "[fd00::1]",
            "[fe80::1]",
            "100.64.0.1",
            "0.0.0.0",
            "nas.local",
            "[::ffff:10.0.0.1]",
            "LOCALHOST.",
        ] {
            let fault = PictureFault::of_url(&format!("http://{host}/card.jpg"));
            assert_eq!(fault, Some(PictureFault::PrivateHost), "{host}");
        }
        for host in [
            "h.example",
            "172.32.0.1",
            "8.8.8.8",
            "[2001:db8::1]",
            "localhost.example",
        ] {
            assert_eq!(
                PictureFault::of_url(&format!("https://{host}/card.jpg")),
                None,
                "{host}"
            );
        }
    }
}
