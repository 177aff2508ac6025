//! What of the credentials stands in a request, kept from the page: names take the place of the values on the way
//! there, and the values theirs on the way back.

use cardseal::Credentials;
use http::{HeaderMap, HeaderValue};

/// Headers whose whole value is a credential, and the name that is shown for it.
pub(crate) const WHOLE: [(&str, &str); 3] = [
    ("x-tc-token", "{Token}"),
    ("x-security-token", "{Token}"),
    ("appkey", "{AppKey}"),
];

/// Headers that name who signs, and what stands before that name.
const NAMING: [(&str, &str); 3] = [
    ("authorization", "Credential="),
    ("authorization", "Access="),
    ("eop-authorization", ""),
];

pub(crate) const ID: &str = "{SecretId}";

pub(crate) struct Mask {
    id: String,
}

impl Mask {
    pub(crate) fn of(credentials: &Credentials) -> Self {
        Self {
            id: credentials.id().to_owned(),
        }
    }

    /// A header as a line, without credentials.
    pub(crate) fn line(&self, name: &str, value: &HeaderValue) -> String {
        if let Some((_, shown)) = WHOLE.iter().find(|(whole, _)| *whole == name) {
            return format!("{name}: {shown}");
        }
        let value = value.to_str().unwrap_or_default();
        match self.swap(name, value, &self.id, ID) {
            Some(swapped) => format!("{name}: {swapped}"),
            None => format!("{name}: {value}"),
        }
    }

    /// A text that is signed, without the headers that are credentials.
    pub(crate) fn hide(&self, text: &str, sent: &HeaderMap) -> String {
        let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
        for line in &mut lines {
            for (name, shown) in WHOLE {
                let value = sent.get(name).and_then(|value| value.to_str().ok());
                if value.is_some_and(|value| *line == format!("{name}:{value}")) {
                    *line = format!("{name}:{shown}");
                }
            }
        }
        lines.join("\n")
    }

    /// The credentials in their places again, each in its own header only.
    pub(crate) fn restore(&self, headers: &mut HeaderMap, values: &HeaderMap) {
        for (name, shown) in WHOLE {
            let stands = headers.get(name).is_some_and(|value| value == shown);
            if let (true, Some(value)) = (stands, values.get(name)) {
                headers.insert(name, value.clone());
            }
        }
        for (name, _) in NAMING {
            let restored = headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .and_then(|value| self.swap(name, value, ID, &self.id))
                .and_then(|value| HeaderValue::try_from(value).ok());
            if let Some(value) = restored {
                headers.insert(name, value);
            }
        }
    }

    /// Puts `new` in the place of `old`, where that is the name of who signs.
    fn swap(&self, name: &str, value: &str, old: &str, new: &str) -> Option<String> {
        let places = NAMING.iter().filter(|(naming, _)| *naming == name);
        places.copied().find_map(|(_, before)| {
            let at = value.find(before)? + before.len();
            let rest = value.get(at..)?.strip_prefix(old)?;
            Some(format!("{}{new}{rest}", value.get(..at)?))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_leave_a_request_and_come_back() {
        let credentials = Credentials::new("C", "secret").unwrap();
        let mask = Mask::of(&credentials);
        let mut sent = HeaderMap::new();
        for (name, value) in [
            (
                "authorization",
                "TC3-HMAC-SHA256 Credential=C/2026-01-01/ocr/tc3_request, Signature=ab",
            ),
            ("x-tc-token", "token-value"),
            ("appkey", "app-value"),
            ("x-other", "Credential=C"),
        ] {
            sent.insert(name, HeaderValue::from_static(value));
        }
        let mut shown = HeaderMap::new();
        for (name, value) in &sent {
            let line = mask.line(name.as_str(), value);
            let (_, value) = line.split_once(": ").unwrap();
            assert!(!value.contains("token-value") && !value.contains("app-value"));
            shown.insert(name, HeaderValue::try_from(value).unwrap());
        }
        let authorization = shown["authorization"].to_str().unwrap();
        assert!(
            authorization.contains("Credential={SecretId}/2026"),
            "{authorization}"
        );
        mask.restore(&mut shown, &sent);
        assert_eq!(shown, sent);

        let text = "POST\nappkey:app-value\nx-other:app-value";
        assert_eq!(
            mask.hide(text, &sent),
            "POST\nappkey:{AppKey}\nx-other:app-value"
        );
    }
}
