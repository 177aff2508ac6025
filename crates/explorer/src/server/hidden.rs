//! Credentials that a service gives back, kept from the page: wherever they stand in its text, and however JSON spells
//! them.

use http::HeaderMap;
use zeroize::Zeroizing;

use super::mask::{ID, WHOLE};

/// The fewest characters of what is looked for: fewer stand anywhere.
const SHORTEST: usize = 4;

/// What is shorter than this is hidden where it stands by itself only.
const LONG: usize = 8;

/// What is hidden, and what is shown for it.
pub(crate) struct Hidden(Vec<(Zeroizing<String>, &'static str)>);

impl Hidden {
    /// The id, the secret, and what of the credentials stands in the headers of a signed request.
    pub(crate) fn of(id: &str, secret: &str, sent: &HeaderMap) -> Self {
        let whole = WHOLE.iter().filter_map(|(name, shown)| {
            let value = sent.get(*name).and_then(|value| value.to_str().ok());
            value.map(|value| (value, *shown))
        });
        let all = whole.chain([(secret, "{SecretKey}"), (id, ID)]);
        let long = all.filter(|(value, _)| value.len() >= SHORTEST);
        Self(
            long.map(|(value, shown)| (Zeroizing::new(value.to_owned()), shown))
                .collect(),
        )
    }

    /// The text without them.
    pub(crate) fn hide(&self, mut text: String) -> String {
        for (value, shown) in &self.0 {
            if let Some(hidden) = replaced(&text, value, shown) {
                text = hidden;
            }
        }
        text
    }
}

/// The text with `shown` wherever `value` stands; `None` where it does not.
fn replaced(text: &str, value: &str, shown: &str) -> Option<String> {
    let first = value.chars().next()?;
    // One character at a time: a reply of megabytes is gone through several times, and no other search is as fast.
    let next = |from: usize, c: char| Some(from + text.get(from..)?.find(c)?);
    let (mut plain, mut escape) = (next(0, first), next(0, '\\'));
    let mut out = String::new();
    let mut kept = 0;
    while let Some(from) = plain.into_iter().chain(escape).min() {
        let found = spelled(text.get(from..)?, value)
            .filter(|length| value.len() >= LONG || is_alone(text, from, from + length));
        let at = match found {
            Some(length) => {
                out.push_str(text.get(kept..from)?);
                out.push_str(shown);
                kept = from + length;
                kept
            }
            None => from + text.get(from..)?.chars().next().map_or(1, char::len_utf8),
        };
        if plain.is_some_and(|place| place < at) {
            plain = next(at, first);
        }
        if escape.is_some_and(|place| place < at) {
            escape = next(at, '\\');
        }
    }
    if kept == 0 {
        return None;
    }
    out.push_str(text.get(kept..)?);
    Some(out)
}

/// How many bytes of the text spell the value: its characters as they are, after a backslash, or by number.
fn spelled(text: &str, value: &str) -> Option<usize> {
    let mut rest = text;
    for c in value.chars() {
        rest = match rest.strip_prefix(c) {
            Some(after) => after,
            None => {
                let escaped = rest.strip_prefix('\\')?;
                match escaped.strip_prefix(c).filter(|_| c == '/') {
                    Some(after) => after,
                    None => {
                        let digits = escaped.strip_prefix('u')?;
                        let number = u32::from_str_radix(digits.get(..4)?, 16).ok()?;
                        digits.get(4..).filter(|_| number == u32::from(c))?
                    }
                }
            }
        };
    }
    Some(text.len() - rest.len())
}

/// Whether neither a letter nor a digit stands beside it.
fn is_alone(text: &str, from: usize, to: usize) -> bool {
    let before = text.get(..from).and_then(|before| before.chars().last());
    let after = text.get(to..).and_then(|after| after.chars().next());
    [before, after]
        .into_iter()
        .flatten()
        .all(|c| !c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn credentials_are_hidden_however_they_are_spelt() {
        let mut sent = HeaderMap::new();
        sent.insert("x-tc-token", HeaderValue::from_static("a/token+of=many"));
        sent.insert("appkey", HeaderValue::from_static("app-key-1"));
        let hidden = Hidden::of("AKIDexample", "the-secret", &sent);
        for (said, shown) in [
            ("AKIDexample,AKIDexample", "{SecretId},{SecretId}"),
            (r#""\u0041KID\u0065xample""#, r#""{SecretId}""#),
            (r#""a\/token+of\u003dmany""#, r#""{Token}""#),
            ("a/token+of=many app-key-1", "{Token} {AppKey}"),
            ("the-secret", "{SecretKey}"),
            ("名AKIDexample名", "名{SecretId}名"),
            ("AKIDexampl", "AKIDexampl"),
            (
                "\\\\AKIDexample\\n\\u0041KIDexample",
                "\\\\{SecretId}\\n{SecretId}",
            ),
            ("AAKIDexample\\", "A{SecretId}\\"),
            ("AKID\\", "AKID\\"),
            ("A\\u00", "A\\u00"),
            ("", ""),
        ] {
            assert_eq!(hidden.hide(said.to_owned()), shown, "{said}");
        }
        // A short one stands in many a word.
        let short = Hidden::of("AKID", "x", &HeaderMap::new());
        assert_eq!(
            short.hide("AKIDS \"AKID\" x".to_owned()),
            "AKIDS \"{SecretId}\" x"
        );
    }
}
