//! A scenario's file: headers, a blank line, a payload.

use std::fs;
use std::path::Path;

use crate::common::{unb64, unhex, vectors};

/// One file.
pub(crate) struct Scenario {
    pub folder: String,
    file: String,
    pub expect: String,
    pub why: String,
    headers: Vec<(String, String)>,
    pub payload: Vec<u8>,
}

impl Scenario {
    fn read(folder: &str, path: &Path) -> Self {
        let bytes = fs::read(path).expect("a file that was listed");
        let file = path.file_stem().unwrap().to_str().unwrap().to_owned();
        Self::parse(folder, file, &bytes)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    fn parse(folder: &str, file: String, bytes: &[u8]) -> Result<Self, String> {
        let blank = bytes
            .windows(2)
            .position(|two| two == b"\n\n")
            .ok_or("no blank line")?;
        let head = std::str::from_utf8(&bytes[..blank]).map_err(|error| error.to_string())?;
        let mut headers = Vec::new();
        for line in head.split('\n') {
            let (name, value) = line.split_once(": ").ok_or("a header without `: `")?;
            if headers.iter().any(|(earlier, _)| earlier == name) {
                return Err(format!("{name} is duplicated"));
            }
            headers.push((name.to_owned(), value.to_owned()));
        }
        let mut take = |name: &str| {
            let place = headers.iter().position(|(header, _)| header == name);
            place.map(|place| headers.remove(place).1)
        };
        let expect = take("expect").ok_or("no `expect`")?;
        let why = take("why").ok_or("no `why`")?;
        take("origin").ok_or("no `origin`")?;
        let raw = &bytes[blank + 2..];
        let payload = match take("payload").as_deref() {
            None => raw.to_vec(),
            Some("base64") => {
                let text = std::str::from_utf8(raw).map_err(|error| error.to_string())?;
                unb64(&text.split('\n').collect::<String>())
            }
            Some(other) => return Err(format!("a payload in {other}")),
        };
        Ok(Self {
            folder: folder.to_owned(),
            file,
            expect,
            why,
            headers,
            payload,
        })
    }

    pub(crate) fn name(&self) -> String {
        format!("{}::{}", self.folder, self.file)
    }

    pub(crate) fn header(&self, name: &str) -> Result<&str, String> {
        self.optional(name)
            .ok_or_else(|| format!("the scenario has no header `{name}`"))
    }

    pub(crate) fn optional(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(header, _)| header == name)
            .map(|(_, value)| value.as_str())
    }

    /// A header in hex; one that is absent is empty.
    pub(crate) fn bytes(&self, name: &str) -> Vec<u8> {
        unhex(self.optional(name).unwrap_or_default())
    }

    /// A header of words; one that is absent has none.
    pub(crate) fn words(&self, name: &str) -> Vec<&str> {
        self.optional(name)
            .map(|words| words.split(' ').collect())
            .unwrap_or_default()
    }
}

/// The scenarios of one folder, by name.
pub(crate) fn all(folder: &str) -> Vec<Scenario> {
    let path = vectors("scenarios").join(folder);
    let mut files: Vec<_> = fs::read_dir(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
        .iter()
        .map(|path| Scenario::read(folder, path))
        .collect()
}

/// An error where two things that should be alike are not.
pub(crate) fn alike<T: PartialEq + core::fmt::Debug>(
    what: &str,
    ours: T,
    theirs: T,
) -> Result<(), String> {
    if ours == theirs {
        return Ok(());
    }
    Err(format!("{what}: {ours:?}, and not {theirs:?}"))
}
