//! Texts that were edited on the page, read back: what they say is signed again by the library, and what the library
//! would not write is refused.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cardseal::signing::{Payload, SigningInput};
use http::header::HOST;
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::told::{Check, Refused};

/// A canonical request of TC3.
pub(crate) struct Canonical {
    method: Method,
    query: String,
    headers: HeaderMap,
    names: Vec<String>,
    payload: [u8; 32],
}

impl Canonical {
    pub(crate) fn parse(text: &str) -> Result<Self, Refused> {
        Self::read(text).ok_or_else(|| {
            refused(
                "the canonical request has not the form METHOD, /, query, headers, a blank line, their names, SHA-256 of the \
                 body; nothing was signed",
                "规范请求不符合「方法、/、查询串、请求头、空行、请求头列表、请求体 SHA-256」的格式，未签名",
            )
        })
    }

    fn read(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.split('\n').collect();
        let [method, "/", query, headers @ .., "", names, hash] = lines.as_slice() else {
            return None;
        };
        let mut map = HeaderMap::new();
        for line in headers {
            let (name, value) = line.split_once(':')?;
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            // It takes so many headers and no more.
            map.try_append(name, HeaderValue::from_str(value).ok()?)
                .ok()?;
        }
        Some(Self {
            method: Method::from_bytes(method.as_bytes()).ok()?,
            query: (*query).to_owned(),
            headers: map,
            names: names.split(';').map(str::to_owned).collect(),
            payload: sha256_of(hash)?,
        })
    }

    /// Whether it is for the host of this request.
    pub(crate) fn is_for(&self, request: &HeaderMap) -> bool {
        let mut hosts = self.headers.get_all(HOST).iter();
        hosts.next() == request.get(HOST) && hosts.next().is_none()
    }

    /// What the library signs.
    pub(crate) fn input<'a>(&'a self, service: &'a str) -> SigningInput<'a> {
        SigningInput {
            method: &self.method,
            path: "/",
            query: &self.query,
            headers: &self.headers,
            payload: Payload::Sha256(&self.payload),
            service,
            region: "",
            // The names that it signs are those of the headers that stand there.
            signed_headers: match self.names.iter().any(|name| name == "x-tc-action") {
                true => Some(&["content-type", "host", "x-tc-action"]),
                false => None,
            },
        }
    }
}

/// 64 lower-case hexadecimal digits.
fn sha256_of(text: &str) -> Option<[u8; 32]> {
    let mut out = [0; 32];
    let digits = text.as_bytes();
    if digits.len() != 64 || digits.iter().any(u8::is_ascii_uppercase) {
        return None;
    }
    for (byte, pair) in out.iter_mut().zip(digits.chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(out)
}

/// The lines of a string to sign of TC3.
fn lines(text: &str) -> Option<(&str, &str)> {
    let lines: Vec<&str> = text.split('\n').collect();
    match lines.as_slice() {
        ["TC3-HMAC-SHA256", timestamp, scope, _] => Some((timestamp, scope)),
        _ => None,
    }
}

/// The time that an edited string to sign names.
pub(crate) fn time_of(text: Option<&str>) -> Result<Option<SystemTime>, Refused> {
    let Some(text) = text else { return Ok(None) };
    let timestamp = lines(text).and_then(|(timestamp, _)| timestamp.parse().ok());
    timestamp.map(at).map(Some).ok_or_else(malformed)
}

/// Unix seconds as a time.
fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds.min(u64::from(u32::MAX)))
}

/// The service that an edited string to sign names.
pub(crate) fn service_of(text: Option<&str>) -> Result<Option<&str>, Refused> {
    let Some(text) = text else { return Ok(None) };
    let scope = lines(text).map(|(_, scope)| scope.split('/').collect::<Vec<_>>());
    match scope.as_deref() {
        Some([_, service, "tc3_request"]) => Ok(Some(service)),
        _ => Err(malformed()),
    }
}

/// A signature is good for whatever it was made for, so at a real endpoint the page gets none but its own call's.
pub(crate) fn of_another_call() -> Refused {
    refused(
        "it names another service, host or time than the chosen call, and for a real endpoint nothing else is signed; choose the \
         embedded gateway to try it",
        "其中的服务、主机或时间与所选调用不符，而对真实接入点只签名所选调用；如需尝试，请选择内置网关",
    )
}

fn malformed() -> Refused {
    refused(
        "the string to sign has not the form of its scheme (for Tencent: TC3-HMAC-SHA256, Unix time, \
         day/service/tc3_request, SHA-256 of the canonical request); nothing was signed",
        "待签名字符串不符合签名方法的格式（腾讯云：TC3-HMAC-SHA256、Unix 时间、日期/服务/tc3_request、规范请求的 SHA-256），未签名",
    )
}

/// Whether the library would write the canonical request so.
pub(crate) fn check_is_written_so(edited: Option<&str>, written: &str) -> Result<(), Refused> {
    match edited {
        Some(text) if text != written => Err(refused(
            "the canonical request is not one: the library writes it in another way of the same request (names in lower \
             case, sorted, each signed), and so does the service; nothing was signed",
            "这不是规范请求：对同一请求，签名方与服务方都会写成另一种形式（请求头小写、排序、逐一签名），未签名",
        )),
        _ => Ok(()),
    }
}

/// Whether the string to sign is that of the canonical request, the time and the service it names.
pub(crate) fn check_names(edited: Option<&str>, written: &str) -> Result<(), Refused> {
    let Some(text) = edited else { return Ok(()) };
    let differs = text
        .split('\n')
        .zip(written.split('\n'))
        .position(|(one, other)| one != other);
    match differs {
        None if text == written => Ok(()),
        Some(3) => Err(refused(
            "line 4 of the string to sign is not the SHA-256 of the canonical request; whoever verifies computes it from \
             the request, so nothing was signed",
            "待签名字符串第 4 行不是规范请求的 SHA-256；验证方会由请求重新计算，因此未签名",
        )),
        Some(2) => Err(refused(
            "line 3 of the string to sign does not name the UTC day of the time in line 2; nothing was signed",
            "待签名字符串第 3 行的日期不是第 2 行时间对应的 UTC 日期，未签名",
        )),
        _ => Err(malformed()),
    }
}

fn refused(en: &str, zh: &str) -> Refused {
    Refused::new(Check::Canonical, en, zh)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANONICAL: &str = "POST\n/\n\ncontent-type:application/json\nhost:ocr.tencentcloudapi.com\n\ncontent-type;host\n\
                             44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

    #[test]
    fn a_canonical_request_is_read_whole_or_not_at_all() {
        let read = Canonical::parse(CANONICAL).unwrap();
        assert_eq!(read.payload[..2], [0x44, 0x13]);
        assert_eq!(read.headers.len(), 2);
        for broken in [
            CANONICAL.replace("POST\n/", "POST\n/x"),
            CANONICAL.replace("host:", "host"),
            CANONICAL.replace("44136f", "44136F"),
            CANONICAL.replace("44136f", "4413"),
            CANONICAL.replace("44136f", "zz136f"),
            String::new(),
        ] {
            assert!(Canonical::parse(&broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn a_string_to_sign_names_its_time_and_service() {
        let text = "TC3-HMAC-SHA256\n1700000000\n2023-11-14/faceid/tc3_request\nab";
        assert_eq!(time_of(Some(text)).unwrap(), Some(at(1_700_000_000)));
        assert_eq!(service_of(Some(text)).unwrap(), Some("faceid"));
        assert!(time_of(Some(&text.replace("17", "x7"))).is_err());
        assert!(service_of(Some(&text.replace("tc3_", "tc4_"))).is_err());
        let wrong = |from: &str, to: &str| check_names(Some(&text.replace(from, to)), text);
        assert!(wrong("", "").is_ok());
        assert!(
            wrong("\nab", "\nac")
                .unwrap_err()
                .message
                .en
                .contains("line 4")
        );
        assert!(
            wrong("11-14", "11-15")
                .unwrap_err()
                .message
                .en
                .contains("line 3")
        );
        assert!(wrong("\nab", "\nab\n").is_err());
    }
}
