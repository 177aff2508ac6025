//! What was found: facts, warnings, and problems, for people or as JSON.

use std::fmt::Write;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::exit::{Failure, Whose};
use crate::output::{Form, Output};
use crate::printable::printable;
use crate::speech::said;

const UNKNOWN: &str = "unknown";

/// A reply, whose rest its opener can tell.
pub(super) const REPLY: &str = "reply";

/// What a file is and what is wrong with it.
#[derive(Serialize)]
pub(super) struct Report {
    kind: &'static str,
    sound: bool,
    facts: Facts,
    warnings: Vec<String>,
    problems: Vec<String>,
    #[serde(skip)]
    whose: Whose,
    /// Whether something shows to nobody but the owner of the private key.
    #[serde(skip)]
    has_unseen: bool,
    /// The name of the keys that may have wrapped what is in it.
    #[serde(skip)]
    wrapped_by: Option<String>,
    /// The wrapped key in it.
    #[serde(skip)]
    wrapped: Vec<u8>,
}

/// In the order in which they were found.
struct Facts(Vec<(&'static str, Value)>);

impl Serialize for Facts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl Report {
    /// An empty report; problems with this kind of file are `whose` fault.
    pub(super) fn new(kind: &'static str, whose: Whose) -> Self {
        Self {
            kind,
            sound: true,
            facts: Facts(Vec::new()),
            warnings: Vec::new(),
            problems: Vec::new(),
            whose,
            has_unseen: false,
            wrapped_by: None,
            wrapped: Vec::new(),
        }
    }

    /// Of a file that is nothing known.
    pub(super) fn unknown(why: &str) -> Self {
        let mut report = Self::new(UNKNOWN, Whose::Usage);
        report.problem(why);
        report
    }

    pub(super) fn kind(&self) -> &'static str {
        self.kind
    }

    /// Something that is so. Text from outside is escaped.
    pub(super) fn fact(&mut self, name: &'static str, value: impl Into<Value>) {
        let value = match value.into() {
            Value::String(text) => Value::String(printable(&text)),
            other => other,
        };
        self.facts.0.push((name, value));
    }

    /// Whether such a fact was found.
    pub(super) fn has_fact(&self, name: &str) -> bool {
        self.facts.0.iter().any(|(known, _)| *known == name)
    }

    /// Something that shows to nobody but the owner of the private key: what is not found wrong may still be.
    pub(super) fn unseen(&mut self, name: &'static str, what: &str) {
        self.fact(name, what);
        self.has_unseen = true;
    }

    /// The wrapped key in it, and the name of the keys that it is like: `RSA-1024`, `SM2`.
    pub(super) fn wrapped_by(&mut self, wrapped: Vec<u8>, key: Option<String>) {
        self.wrapped = wrapped;
        self.wrapped_by = key;
    }

    /// The wrapped key in it; empty if there is none.
    pub(super) fn wrapped(&self) -> &[u8] {
        &self.wrapped
    }

    /// The keys that a wrapped key in it is like.
    pub(super) fn key_it_needs(&self) -> Option<&str> {
        self.wrapped_by.as_deref()
    }

    /// Something that works and is still not good.
    pub(super) fn warning(&mut self, text: impl Into<String>) {
        self.warnings.push(text.into());
    }

    /// Something that will not work.
    pub(super) fn problem(&mut self, text: impl Into<String>) {
        self.problems.push(text.into());
        self.sound = false;
    }

    pub(super) fn is_sound(&self) -> bool {
        self.sound
    }

    pub(super) fn print(&self, output: &Output) -> Result<(), Failure> {
        match output.form() {
            Form::Json => output.print_json(self, 4096),
            Form::Text => output.print(self.text().as_bytes()),
        }
    }

    fn text(&self) -> String {
        let mut text = format!("{}\n", self.kind);
        for (name, value) in &self.facts.0 {
            let value = match value {
                Value::String(text) => text.clone(),
                Value::Array(items) => {
                    let items: Vec<_> = items
                        .iter()
                        .map(|item| item.as_str().map_or_else(|| item.to_string(), printable))
                        .collect();
                    items.join(", ")
                }
                other => other.to_string(),
            };
            // Writing to a string cannot fail.
            let _ = writeln!(text, "  {name:<22}{value}");
        }
        for (label, lines) in [("warning", &self.warnings), ("problem", &self.problems)] {
            for line in lines {
                let _ = writeln!(text, "  {}", said(&format!("{label}: {line}")));
            }
        }
        if self.sound {
            let verdict = match self.has_unseen {
                true if self.kind == REPLY => {
                    "sound as far as it shows: only the request and its opener can tell the rest"
                }
                true => "sound as far as it shows: only the private key can tell the rest",
                false => "sound",
            };
            text.push_str(&format!("  {}\n", said(verdict)));
        }
        text
    }

    /// The exit code, and one line about the first problem.
    pub(super) fn verdict(&self) -> Result<(), Failure> {
        let Some(first) = self.problems.first() else {
            return Ok(());
        };
        let more = match self.problems.len() {
            1 => String::new(),
            count => format!(" (the first of {count} problems)"),
        };
        let what = match self.kind {
            UNKNOWN => "this is of no known kind".to_owned(),
            kind => format!("this {kind} is not sound"),
        };
        Err(Failure::new(self.whose, format!("{what}: {first}{more}")))
    }
}
