//! The known answers of `vectors/sign`. What their files hold is said beside them.

use std::path::PathBuf;

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

/// What stands in a case's folder.
pub(crate) struct Files {
    pub scheme: String,
    pub name: String,
    /// Method, path and query, headers and body of `request.txt`.
    pub head: (String, String, String),
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub context: Value,
    pub canonical: String,
    pub signature: String,
}

impl Files {
    pub(crate) fn all(scheme: &str) -> Vec<Files> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../vectors/sign");
        let mut folders: Vec<_> = std::fs::read_dir(folder.join(scheme))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        folders.sort();
        folders
            .iter()
            .map(|folder| Files::read(scheme, folder))
            .collect()
    }

    fn read(scheme: &str, folder: &std::path::Path) -> Files {
        let text = |file: &str| std::fs::read_to_string(folder.join(file)).unwrap();
        let request = text("request.txt");
        let (head, body) = request.split_once("\n\n").unwrap();
        let mut lines = head.lines();
        let mut first = lines.next().unwrap().split(' ');
        let (method, target) = (first.next().unwrap(), first.next().unwrap());
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Files {
            scheme: scheme.into(),
            name: format!("{scheme}/{}", folder.file_name().unwrap().display()),
            head: (method.into(), path.into(), query.into()),
            headers: lines.map(|line| pair(line, ": ")).collect(),
            body: body.into(),
            context: serde_json::from_str(&text("context.json")).unwrap(),
            canonical: text("canonical-request.txt"),
            signature: text("signature.txt"),
        }
    }

    pub(crate) fn context(&self, name: &str) -> String {
        self.context[name].as_str().unwrap().to_owned()
    }

    pub(crate) fn time(&self) -> u64 {
        self.context["time"].as_u64().unwrap()
    }
}

pub(crate) fn pair(line: &str, between: &str) -> (String, String) {
    let (name, value) = line.split_once(between).unwrap();
    (name.into(), value.into())
}

pub(crate) fn set(headers: &mut HeaderMap, name: &str, value: &[u8]) -> Option<()> {
    let name = HeaderName::try_from(name).unwrap();
    headers.insert(name, HeaderValue::from_bytes(value).ok()?);
    Some(())
}

/// Every text that differs from `text` in one bit and is still UTF-8.
pub(crate) fn flipped(text: &str) -> Vec<String> {
    let bits = (0..text.len()).flat_map(|at| (0..8).map(move |bit| (at, bit)));
    bits.filter_map(|(at, bit)| {
        let mut bytes = text.as_bytes().to_vec();
        bytes[at] ^= 1 << bit;
        String::from_utf8(bytes).ok()
    })
    .collect()
}
