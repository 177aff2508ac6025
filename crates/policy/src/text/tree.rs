//! The parsed tree, with the line of each part.

use core::fmt;

/// A value and the line it begins on, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) line: usize,
    pub(crate) value: Value,
}

/// A JSON value, as far as a policy uses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    List(Vec<Node>),
    Object(Vec<Member>),
    /// A number, a truth value or null.
    Other,
}

/// One member of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) line: usize,
    pub(crate) value: Node,
}

/// A fault in the text.
pub(super) struct Fault {
    pub(super) line: usize,
    pub(super) what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

/// Outside text, cut to a length that fits a line.
pub(crate) fn shown(text: &str) -> String {
    const LONGEST: usize = 40;
    let mut cut: String = text.chars().take(LONGEST).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}

/// A fault without what it quotes: `…` stands for that. Of what is no policy nothing is shown, for it may be a secret.
pub(crate) fn without_quotes(fault: &str) -> String {
    let mut parts = fault.split('`');
    let mut text = parts.next().unwrap_or_default().to_owned();
    while let Some(quoted) = parts.next() {
        // Brackets and words of the language itself.
        let is_ours = quoted.chars().count() < 2 || OURS.contains(&quoted);
        let shown = if is_ours { quoted } else { "…" };
        text.push_str(&format!("`{shown}`"));
        text.push_str(parts.next().unwrap_or_default());
    }
    text
}

/// What is quoted of the form of a policy.
const OURS: [&str; 5] = ["version", "statement", "effect", "action", "resource"];
