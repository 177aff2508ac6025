//! Headers of the program's own, beside those of a request: none of them is signed, and none takes the place of one.

use core::fmt;

use http::header::{HeaderMap, HeaderName, HeaderValue};

use crate::error::{Error, printable};

/// What a driver calls itself. No version of anything else is given away.
pub(super) const NAME: &str = concat!("cardseal/", env!("CARGO_PKG_VERSION"));

/// Headers that say what the message is, where it goes and by whom it is signed.
const TAKEN: [&str; 18] = [
    "accept",
    "accept-encoding",
    "appkey",
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "eop-authorization",
    "expect",
    "host",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-auth-token",
];

/// How the services' own headers begin.
const OF_THE_SERVICES: [&str; 7] = [
    "x-tc-",
    "x-sdk-",
    "x-domain-",
    "x-project-",
    "x-security-",
    "ctyun-eop-",
    "proxy-",
];

/// The name that a client goes by, and headers that it adds.
#[derive(Clone)]
pub(crate) struct OwnHeaders {
    name: HeaderValue,
    more: HeaderMap,
}

impl Default for OwnHeaders {
    fn default() -> Self {
        Self {
            name: HeaderValue::from_static(NAME),
            more: HeaderMap::new(),
        }
    }
}

impl OwnHeaders {
    pub(super) fn call_itself(&mut self, text: &str) -> Result<(), Error> {
        let is_text = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
        self.name = Some(text)
            .filter(|text| !text.trim().is_empty() && text.bytes().all(is_text))
            .and_then(|text| HeaderValue::from_str(text).ok())
            .ok_or_else(|| {
                Error::input("the user agent is empty, or holds more than visible ASCII and blanks")
            })?;
        Ok(())
    }

    pub(super) fn add(&mut self, name: &str, value: &str) -> Result<(), Error> {
        let refuse = |why: &str| {
            Error::input(format!(
                "the header `{}` cannot be added: {why}",
                printable(name)
            ))
        };
        let lower = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| refuse("it is no header's name"))?;
        let is_taken = TAKEN.contains(&lower.as_str())
            || OF_THE_SERVICES
                .iter()
                .any(|start| lower.as_str().starts_with(start));
        if is_taken {
            return Err(refuse(
                "it is the signature's, the service's or the connection's",
            ));
        }
        let mut value =
            HeaderValue::from_str(value).map_err(|_| refuse("its value is no header's value"))?;
        value.set_sensitive(true);
        self.more.insert(lower, value);
        Ok(())
    }

    /// Adds them to what a request has.
    #[cfg(any(feature = "async", feature = "blocking", test))]
    pub(super) fn add_to(&self, headers: &mut HeaderMap) {
        headers.insert(http::header::USER_AGENT, self.name.clone());
        for (name, value) in &self.more {
            headers.entry(name).or_insert_with(|| value.clone());
        }
    }
}

impl fmt::Debug for OwnHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnHeaders")
            .field("user_agent", &self.name)
            .field("names", &self.more.keys().collect::<Vec<_>>())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a21_a_header_that_means_something_to_the_service_is_not_added() {
        let mut own = OwnHeaders::default();
        for name in TAKEN {
            assert!(own.add(&name.to_uppercase(), "x").is_err(), "{name}");
        }
        for start in OF_THE_SERVICES {
            assert!(own.add(&format!("{start}Token"), "x").is_err(), "{start}");
        }
        for (name, value) in [("", "x"), ("a b", "x"), ("X-A", "a\r\nb"), ("X-A\n", "x")] {
            assert!(own.add(name, value).is_err(), "{name:?} {value:?}");
        }
        for name in ["", " ", "a\nb", "\u{e9}"] {
            assert!(own.call_itself(name).is_err(), "{name:?}");
        }
        own.add("X-Gateway-Key", "hunter2").unwrap();
        own.add("traceparent", "00-1-2-01").unwrap();
        own.call_itself("bank/1").unwrap();
        assert!(!format!("{own:?}").contains("hunter2"));
        // What the request has already stays.
        let mut headers = HeaderMap::new();
        headers.insert("traceparent", HeaderValue::from_static("signed"));
        own.add_to(&mut headers);
        assert_eq!(headers["traceparent"], "signed");
        assert_eq!(headers["x-gateway-key"], "hunter2");
        assert_eq!(headers["user-agent"], "bank/1");
    }
}
