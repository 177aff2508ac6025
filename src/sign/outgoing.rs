//! The headers to send: the request's own and those that the signature adds. Requests that no scheme may sign are
//! rejected here, before a scheme reads them.

use std::borrow::Cow;

use http::header::HeaderName;
use http::{HeaderMap, HeaderValue};

use crate::sign::{SignError, SigningInput, canon};

/// A request's headers with those that the signature adds.
pub(crate) struct Outgoing<'a> {
    sent: &'a HeaderMap,
    /// The header of an old signature, which is removed.
    authorization: &'a HeaderName,
    added: Vec<(HeaderName, HeaderValue)>,
}

/// Which header values are signed in lower case, by the header's name in lower case.
pub(crate) type LowerCased = fn(&str) -> bool;

impl<'a> Outgoing<'a> {
    /// Takes a request's headers without an old signature in the header `authorization`.
    pub(crate) fn of(
        input: &SigningInput<'a>,
        authorization: &'a HeaderName,
    ) -> Result<Self, SignError> {
        check_target(input)?;
        for (name, value) in input.headers {
            if value.as_bytes().iter().any(u8::is_ascii_control) {
                return Err(bad_header(name.as_str()));
            }
        }
        Ok(Self {
            sent: input.headers,
            authorization,
            added: Vec::with_capacity(MOST_ADDED),
        })
    }

    /// Adds a header. If the request has it already, the value must be the same.
    pub(crate) fn set(&mut self, name: &'static str, value: &str) -> Result<(), SignError> {
        self.insert(name, header_value(name, value)?)
    }

    /// Adds a header and marks its value as sensitive, so that it is not logged.
    pub(crate) fn set_sensitive(
        &mut self,
        name: &'static str,
        value: &str,
    ) -> Result<(), SignError> {
        self.set_signature(name, value.to_owned())
    }

    /// Adds the header with the signature, also marked as sensitive.
    pub(crate) fn set_signature(
        &mut self,
        name: &'static str,
        value: String,
    ) -> Result<(), SignError> {
        let mut value = HeaderValue::try_from(value).map_err(|_| bad_header(name))?;
        value.set_sensitive(true);
        self.insert(name, value)
    }

    fn insert(&mut self, name: &'static str, value: HeaderValue) -> Result<(), SignError> {
        if self.values(name).any(|there| *there != value) {
            return Err(SignError::Conflict {
                name: name.to_owned(),
            });
        }
        self.added.push((HeaderName::from_static(name), value));
        Ok(())
    }

    /// The values of a header: the one that the signature adds, otherwise those of the request.
    fn values(&self, name: &str) -> impl Iterator<Item = &HeaderValue> {
        let added = self.added.iter().find(|(added, _)| *added == name);
        let sent = match added {
            None if *self.authorization != name => Some(self.sent.get_all(name)),
            _ => None,
        };
        let added = added.map(|(_, value)| value);
        added.into_iter().chain(sent.into_iter().flatten())
    }

    /// True if the header will be sent.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.values(name).next().is_some()
    }

    /// The names of all headers, lower case.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let is_added = |name: &HeaderName| self.added.iter().any(|(added, _)| added == name);
        let sent = self.sent.keys();
        let sent = sent.filter(move |name| *name != self.authorization && !is_added(name));
        let added = self.added.iter().map(|(name, _)| name);
        sent.chain(added).map(HeaderName::as_str)
    }

    /// The single value of a header, trimmed. Printable ASCII only, because the service must receive what was signed.
    pub(crate) fn single(&self, name: &str) -> Result<&str, SignError> {
        let mut values = self.values(name);
        let value = values.next().ok_or_else(|| SignError::MissingHeader {
            name: name.to_owned(),
        })?;
        if values.next().is_some() {
            return Err(bad_header(name));
        }
        value.to_str().map(str::trim).map_err(|_| bad_header(name))
    }

    /// Checks a header that may be absent but otherwise must be a token. `part` names it in the error.
    pub(crate) fn check_token(&self, name: &str, part: &'static str) -> Result<(), SignError> {
        if self.has(name) && !canon::is_token(self.single(name)?) {
            return Err(SignError::BadScope { part });
        }
        Ok(())
    }

    /// The canonical headers (`name:value` and a line feed for each, sorted by name) and the list of their names, in
    /// lower case, each once, `;` between them.
    pub(crate) fn canonical(
        &self,
        names: &[&str],
        lower_cased: LowerCased,
    ) -> Result<(String, String), SignError> {
        let mut names: Vec<Cow<'_, str>> = names.iter().copied().map(in_lower_case).collect();
        names.sort_unstable();
        names.dedup();
        let mut headers = String::with_capacity(USUAL_CANONICAL);
        for name in &names {
            let mut value = Cow::Borrowed(self.single(name)?);
            if lower_cased(name) {
                value.to_mut().make_ascii_lowercase();
            }
            headers.extend([name, ":", &value, "\n"]);
        }
        Ok((headers, names.join(";")))
    }

    /// The headers that the signature adds.
    pub(crate) fn into_added(self) -> Vec<(HeaderName, HeaderValue)> {
        self.added
    }
}

/// Time, token, content hash and signature; no scheme adds more.
pub(crate) const MOST_ADDED: usize = 4;

/// Bytes that the canonical headers of nearly every request fit in.
const USUAL_CANONICAL: usize = 256;

fn in_lower_case(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        name.to_ascii_lowercase().into()
    } else {
        name.into()
    }
}

/// Rejects a list of signed headers that lacks one of `required`.
pub(crate) fn check_named(names: &[&str], required: &[&str]) -> Result<(), SignError> {
    let named = |wanted: &str| names.iter().any(|name| name.eq_ignore_ascii_case(wanted));
    match required.iter().find(|wanted| !named(wanted)) {
        Some(missing) => Err(SignError::UnsignedHeader {
            name: (*missing).to_owned(),
        }),
        None => Ok(()),
    }
}

/// Checks path, query and region: a line break in one of them would change the meaning of the signed text.
fn check_target(input: &SigningInput<'_>) -> Result<(), SignError> {
    let visible = |text: &str, reserved: &[char]| {
        text.bytes().all(|byte| byte.is_ascii_graphic()) && !text.contains(reserved)
    };
    if !input.path.starts_with('/') || !visible(input.path, &['?', '#']) {
        return Err(SignError::BadPath {
            wanted: "start with `/` and be percent-encoded, visible ASCII",
        });
    }
    if !visible(input.query, &['#']) {
        return Err(SignError::BadQuery);
    }
    if !input.region.is_empty() && !canon::is_token(input.region) {
        return Err(SignError::BadScope { part: "region" });
    }
    Ok(())
}

fn header_value(name: &str, value: &str) -> Result<HeaderValue, SignError> {
    HeaderValue::from_str(value).map_err(|_| bad_header(name))
}

fn bad_header(name: &str) -> SignError {
    SignError::BadHeader {
        name: name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use http::Method;
    use http::header::AUTHORIZATION;

    use super::*;
    use crate::sign::Payload;

    fn input(headers: &HeaderMap) -> SigningInput<'_> {
        SigningInput {
            method: &Method::GET,
            path: "/",
            query: "",
            headers,
            payload: Payload::Bytes(b""),
            service: "ocr",
            region: "",
            signed_headers: None,
        }
    }

    #[test]
    fn a_header_that_stands_twice_is_not_signed() {
        let mut headers = HeaderMap::new();
        headers.append("host", HeaderValue::from_static("a"));
        headers.append("host", HeaderValue::from_static("b"));
        let outgoing = Outgoing::of(&input(&headers), &AUTHORIZATION).unwrap();
        let no_lower_case: LowerCased = |_| false;
        assert!(outgoing.canonical(&["host"], no_lower_case).is_err());
        assert!(outgoing.canonical(&["absent"], no_lower_case).is_err());
    }

    #[test]
    fn names_are_signed_sorted_in_lower_case_and_once() {
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static("Example.COM"));
        headers.insert("x-a", HeaderValue::from_static(" Padded "));
        let outgoing = Outgoing::of(&input(&headers), &AUTHORIZATION).unwrap();
        let names = ["X-A", "host", "x-a", "Host", "HOST"];
        let as_sent = outgoing.canonical(&names, |_| false).unwrap();
        let list = "host;x-a".to_owned();
        assert_eq!(
            as_sent,
            ("host:Example.COM\nx-a:Padded\n".to_owned(), list.clone())
        );
        let lower_case = outgoing.canonical(&names, |_| true).unwrap();
        assert_eq!(
            lower_case,
            ("host:example.com\nx-a:padded\n".to_owned(), list)
        );
        let none = outgoing.canonical(&[], |_| false).unwrap();
        assert_eq!(none, (String::new(), String::new()));
    }

    #[test]
    fn a_control_character_in_any_header_is_refused() {
        let mut headers = HeaderMap::new();
        headers.insert("x-note", HeaderValue::from_static("a\tb"));
        let refused = Outgoing::of(&input(&headers), &AUTHORIZATION).err();
        assert_eq!(refused, Some(bad_header("x-note")));
    }

    #[test]
    fn a_target_that_would_shift_what_is_signed_is_refused() {
        let headers = HeaderMap::new();
        let of = |input| Outgoing::of(&input, &AUTHORIZATION).err();
        for query in ["a=b\nx", "a b", "a#b", "a=身"] {
            let input = SigningInput {
                query,
                ..input(&headers)
            };
            assert_eq!(of(input), Some(SignError::BadQuery), "{query}");
        }
        for path in ["", "a", "/a\n", "/a b", "/a?b", "/a#b", "/身"] {
            let input = SigningInput {
                path,
                ..input(&headers)
            };
            let refused = of(input);
            assert!(matches!(refused, Some(SignError::BadPath { .. })), "{path}");
        }
        for region in ["a\nb", "a b", "a/b", "広州"] {
            let input = SigningInput {
                region,
                ..input(&headers)
            };
            let part = "region";
            assert_eq!(of(input), Some(SignError::BadScope { part }), "{region}");
        }
    }

    #[test]
    fn an_old_signature_is_left_out_and_a_conflict_told() {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", HeaderValue::from_static("old"));
        headers.insert("x-date", HeaderValue::from_static("1"));
        let mut outgoing = Outgoing::of(&input(&headers), &AUTHORIZATION).unwrap();
        assert!(!outgoing.has("authorization"));
        let name = "x-date".to_owned();
        assert_eq!(
            outgoing.set("x-date", "2"),
            Err(SignError::Conflict { name })
        );
        assert_eq!(outgoing.set("x-date", "1"), Ok(()));
        assert_eq!(outgoing.into_added().len(), 1);
    }
}
