//! What the targets share: the scenarios of `vectors/scenarios`. A target asks at its start whether it takes exactly
//! what they say is to be taken, so that a build for fuzzing is known to be the library that the tests know.

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// One scenario; the format is that of `vectors/README.md`.
pub struct Scenario {
    /// The file's name without its ending.
    pub name: String,
    headers: Vec<(String, String)>,
    /// What the input is.
    pub payload: Vec<u8>,
}

impl Scenario {
    /// A header; one that is absent is empty.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .iter()
            .find(|(header, _)| header == name)
            .map_or("", |(_, value)| value)
    }

    /// A header in hex.
    pub fn bytes(&self, name: &str) -> Vec<u8> {
        let text = self.header(name);
        (0..text.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hex"))
            .collect()
    }

    /// The opener of the scenario's request, as `Opener::restore` takes it.
    pub fn opener_text(&self) -> String {
        let b64 = |name| STANDARD.encode(self.bytes(name));
        let mut text = serde_json::json!({
            "Algorithm": self.header("algorithm"), "Key": b64("key"), "Iv": b64("iv"),
        });
        let words = |name| self.header(name).split_whitespace().collect::<Vec<_>>();
        match self.header("asked") {
            "" => return text.to_string(),
            "EncryptedBody" => text["Asked"] = "EncryptedBody".into(),
            _ => text["Asked"] = words("asked").into(),
        }
        text["Sealed"] = words("sealed").into();
        text.to_string()
    }

    fn parse(name: String, bytes: &[u8]) -> Self {
        let blank = bytes
            .windows(2)
            .position(|two| two == b"\n\n")
            .expect("a blank line");
        let head = std::str::from_utf8(&bytes[..blank]).expect("UTF-8");
        let headers: Vec<(String, String)> = head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let mut scenario = Self {
            name,
            headers,
            payload: bytes[blank + 2..].to_vec(),
        };
        if scenario.header("payload") == "base64" {
            let text: Vec<u8> = scenario
                .payload
                .iter()
                .copied()
                .filter(|byte| *byte != b'\n')
                .collect();
            scenario.payload = STANDARD.decode(text).expect("base64");
        }
        scenario
    }
}

/// Asks of every scenario of a folder whether it is accepted; that must be so exactly where its class is `well`.
pub fn accept_set(folder: &str, well: &str, accepts: impl Fn(&Scenario) -> bool) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../vectors/scenarios")
        .join(folder);
    let mut count = 0;
    for entry in fs::read_dir(path).expect("the scenarios beside this folder") {
        let path = entry.expect("readable").path();
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let scenario = Scenario::parse(name, &fs::read(&path).expect("readable"));
        let expected = scenario.header("expect") == well;
        assert_eq!(accepts(&scenario), expected, "{folder}/{}", scenario.name);
        count += 1;
    }
    assert!(count >= 19, "{count} scenarios in {folder}");
}

/// The same opener as another program would hand it over: it does not know its request, so that the request can stand for
/// its answer.
pub fn forgetful(opener: cardseal::Opener) -> cardseal::Opener {
    let text = opener.expose_for_storage().expect("a key that can leave");
    let mut kept: serde_json::Value = serde_json::from_str(&text).expect("our own JSON");
    let members = kept.as_object_mut().expect("an object");
    members.retain(|name, _| ["Algorithm", "Key", "Iv"].contains(&name.as_str()));
    cardseal::Opener::restore(kept.to_string().as_bytes()).expect("our own text")
}
