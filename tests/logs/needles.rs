//! What must not show, in every form in which it might: as it is, in hex, in base64, as the list of numbers that `{:?}`
//! makes of bytes, and escaped.

use std::collections::{BTreeSet, HashMap};

use super::common::b64;

/// Bytes of a secret that are enough to be one.
const WINDOW: usize = 8;
/// The same in a list of numbers, where each takes up to four.
const LISTED: usize = 16;

#[derive(Default)]
pub(crate) struct Needles {
    windows: HashMap<Vec<u8>, &'static str>,
    listed: HashMap<Vec<u8>, &'static str>,
}

impl Needles {
    pub(crate) fn look_for(&mut self, what: &'static str, secret: &[u8]) {
        assert!(secret.len() >= WINDOW, "{what} is too short to look for");
        let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut forms = vec![
            secret.to_vec(),
            hex.to_uppercase().into_bytes(),
            hex.into_bytes(),
        ];
        // Wherever it may stand in what is encoded; the first and last characters hold bits of neighbours.
        for before in 0..3 {
            let text = b64(&[&vec![0; before][..], secret].concat());
            let text = text.trim_end_matches('=');
            let clean = text[4 * before.min(1)..text.len() - 1].to_owned();
            forms.push(clean.replace('+', "-").replace('/', "_").into_bytes());
            forms.push(clean.into_bytes());
        }
        if let Ok(text) = std::str::from_utf8(secret) {
            let utf16: String = text
                .encode_utf16()
                .map(|unit| format!("\\u{unit:04x}"))
                .collect();
            forms.push(utf16.into_bytes());
            forms.push(text.escape_unicode().to_string().into_bytes());
        }
        for form in forms {
            for window in form.windows(WINDOW) {
                self.windows.insert(window.to_vec(), what);
            }
        }
        let numbers: Vec<String> = secret.iter().map(u8::to_string).collect();
        for window in numbers.join(",").as_bytes().windows(LISTED) {
            self.listed.insert(window.to_vec(), what);
        }
    }

    /// What is found in a text.
    pub(crate) fn found_in(&self, text: &str) -> BTreeSet<&'static str> {
        let in_one_line: Vec<u8> = text
            .bytes()
            .filter(|byte| !byte.is_ascii_whitespace())
            .collect();
        let plain = text
            .as_bytes()
            .windows(WINDOW)
            .filter_map(|window| self.windows.get(window));
        let listed = in_one_line
            .windows(LISTED)
            .filter_map(|window| self.listed.get(window));
        plain.chain(listed).copied().collect()
    }
}

#[test]
fn every_form_is_found() {
    let secret = "a-secret: \u{1f512}\u{5f20}\u{4e09}\u{674e}";
    let mut needles = Needles::default();
    needles.look_for("it", secret.as_bytes());
    for shown in [
        secret.to_owned(),
        format!("{:?}", secret.as_bytes()),
        format!("{:#?}", secret.as_bytes()),
        format!("{:x?}", secret).replace(", ", ""),
        secret.bytes().map(|byte| format!("{byte:02X}")).collect(),
        b64(secret.as_bytes()),
        b64(format!("x{secret}y").as_bytes()),
        b64(format!("xx{secret}yy").as_bytes()),
        secret
            .encode_utf16()
            .map(|unit| format!("\\u{unit:04x}"))
            .collect(),
        secret.escape_unicode().to_string(),
    ] {
        assert_eq!(needles.found_in(&shown).len(), 1, "{shown}");
    }
    assert!(
        needles
            .found_in("nothing of the kind: [1, 2, 3, 4, 5, 6, 7, 8]")
            .is_empty()
    );
}
