//! Reads a policy's text as JSON, even if broken: it reports each fault with its line and still reads the rest.

mod string;
mod tree;

pub(crate) use tree::{Member, Node, Value, shown, without_quotes};

use tree::Fault;

/// The maximum depth of a policy.
const DEEPEST: usize = 16;

/// The maximum number of reported faults; with more, the text is not a policy.
const MOST_FAULTS: usize = 40;

/// The content of a text, and its faults.
pub(crate) struct Reading {
    pub(crate) root: Option<Node>,
    /// As `line 3: what is wrong`, in the order of the text.
    pub(crate) faults: Vec<String>,
}

/// Reads the text. There are no faults if and only if it is JSON without duplicate members.
pub(crate) fn read(bytes: &[u8]) -> Reading {
    let mut faults = Vec::new();
    let text = match core::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(error) => {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let lines = before.iter().filter(|byte| **byte == b'\n').count();
            faults.push(Fault {
                line: lines.saturating_add(1),
                what: "the text is not UTF-8; save it as UTF-8".to_owned(),
            });
            String::from_utf8_lossy(bytes).into_owned()
        }
    };
    let bare = match text.strip_prefix('\u{feff}') {
        Some(bare) => {
            faults.push(Fault {
                line: 1,
                what: "the text begins with a byte order mark; save it without".to_owned(),
            });
            bare
        }
        None => &text,
    };
    let mut reader = Reader {
        left: bare,
        line: 1,
        faults,
    };
    let root = reader.document();
    let mut faults = reader.faults;
    // Catches anything that this reader accepts but JSON does not.
    if faults.is_empty()
        && let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(&text)
    {
        faults.push(Fault {
            line: error.line(),
            what: "the text is not JSON here".to_owned(),
        });
    }
    let faults = faults.into_iter().map(|fault| fault.to_string()).collect();
    Reading { root, faults }
}

/// The rest of the text, and its position.
struct Reader<'t> {
    left: &'t str,
    line: usize,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn document(&mut self) -> Option<Node> {
        self.blanks();
        if self.left.is_empty() {
            self.fault(self.line, "the text is empty");
            return None;
        }
        let root = self.value(0);
        self.blanks();
        if !self.left.is_empty() && !self.is_given_up() {
            self.fault(self.line, "there is text after the policy's end; remove it");
        }
        root
    }

    fn fault(&mut self, line: usize, what: impl Into<String>) {
        if !self.is_given_up() {
            let what = what.into();
            self.faults.push(Fault { line, what });
        }
    }

    fn is_given_up(&self) -> bool {
        self.faults.len() >= MOST_FAULTS
    }

    fn peek(&self) -> Option<char> {
        self.left.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let mut chars = self.left.chars();
        let c = chars.next()?;
        self.left = chars.as_str();
        if c == '\n' {
            self.line = self.line.saturating_add(1);
        }
        Some(c)
    }

    /// Takes this character if it is next.
    fn take(&mut self, wanted: char) -> bool {
        let is_next = self.peek() == Some(wanted);
        if is_next {
            self.next();
        }
        is_next
    }

    /// Skips whitespace, and comments, which JSON does not allow.
    fn blanks(&mut self) {
        loop {
            while self.peek().is_some_and(char::is_whitespace) {
                if let Some(c) = self
                    .next()
                    .filter(|c| !matches!(c, ' ' | '\t' | '\n' | '\r'))
                {
                    self.fault(
                        self.line,
                        format!(
                            "a space character that JSON does not allow (U+{:04X})",
                            u32::from(c)
                        ),
                    );
                }
            }
            let line = self.line;
            let end = match self.left {
                left if left.starts_with("//") || left.starts_with('#') => "\n",
                left if left.starts_with("/*") => "*/",
                _ => return,
            };
            self.fault(line, "a comment, which JSON does not allow; remove it");
            let length = self.left.find(end).map(|at| at.saturating_add(end.len()));
            let parts = length.and_then(|length| self.left.split_at_checked(length));
            let (comment, rest) = parts.unwrap_or((self.left, ""));
            let lines = comment.bytes().filter(|byte| *byte == b'\n').count();
            self.line = line.saturating_add(lines);
            self.left = rest;
        }
    }

    /// A comma, or the comma of other keyboards.
    fn comma(&mut self) -> bool {
        let line = self.line;
        if self.take('，') || self.take('、') {
            self.fault(line, "a full-width comma; write `,`");
            return true;
        }
        self.take(',')
    }

    fn value(&mut self, depth: usize) -> Option<Node> {
        let line = self.line;
        if depth > DEEPEST {
            self.fault(
                line,
                "nested deeper than any policy; the content is not read",
            );
            self.left = "";
            return None;
        }
        let value = match self.peek()? {
            '{' => Value::Object(self.object(depth)),
            '[' => Value::List(self.list(depth)),
            c if string::is_quote(c) => Value::Text(self.string()),
            _ => self.word()?,
        };
        Some(Node { line, value })
    }

    fn list(&mut self, depth: usize) -> Vec<Node> {
        let mut items = Vec::new();
        self.elements('[', |reader| {
            items.extend(reader.value(depth.saturating_add(1)));
        });
        items
    }

    fn object(&mut self, depth: usize) -> Vec<Member> {
        let mut members: Vec<Member> = Vec::new();
        self.elements('{', |reader| {
            let line = reader.line;
            let name = reader.name();
            reader.blanks();
            let colon = reader.line;
            if reader.take('：') || reader.take('=') {
                reader.fault(colon, "another character where `:` belongs; write `:`");
            } else if !reader.take(':') {
                reader.fault(
                    colon,
                    format!("a colon is missing after `{}`", shown(&name)),
                );
            }
            reader.blanks();
            let has_none = reader.peek().is_none_or(|c| matches!(c, ',' | '}' | ']'));
            if has_none {
                reader.fault(reader.line, format!("`{}` has no value", shown(&name)));
                return;
            }
            let Some(value) = reader.value(depth.saturating_add(1)) else {
                return;
            };
            if members.iter().any(|member| member.name == name) {
                reader.fault(
                    line,
                    format!(
                        "`{}` is duplicated; programs differ on which counts",
                        shown(&name)
                    ),
                );
            }
            members.push(Member { name, line, value });
        });
        members
    }

    /// Reads the elements between two brackets with `element`.
    fn elements(&mut self, open: char, mut element: impl FnMut(&mut Self)) {
        let close = if open == '{' { '}' } else { ']' };
        let opened = self.line;
        self.take(open);
        // The line of the comma before this element, if any.
        let mut comma: Option<usize> = None;
        let mut is_first = true;
        loop {
            self.blanks();
            let line = self.line;
            match self.peek() {
                None => {
                    self.fault(
                        line,
                        format!("`{open}` of line {opened} is not closed; `{close}` is missing"),
                    );
                    return;
                }
                Some(c @ ('}' | ']')) => {
                    if let Some(line) = comma {
                        self.fault(
                            line,
                            format!("a comma followed only by `{c}`; take the comma out"),
                        );
                    }
                    if c == close {
                        self.next();
                    } else {
                        // It closes the outer bracket.
                        self.fault(
                            line,
                            format!("`{c}` stands where `{close}` closes what line {opened} opens"),
                        );
                    }
                    return;
                }
                Some(',' | '，' | '、') => {
                    self.comma();
                    self.fault(line, "a comma with nothing before it; take it out");
                    continue;
                }
                Some(_) => {}
            }
            if !is_first && comma.is_none() {
                self.fault(line, "a comma is missing before this line's value");
            }
            is_first = false;
            let before = self.left.len();
            element(self);
            if self.left.len() == before {
                self.fault(line, "a character that does not belong here");
                self.next();
            }
            self.blanks();
            let line = self.line;
            comma = self.comma().then_some(line);
        }
    }

    fn name(&mut self) -> String {
        let line = self.line;
        if self.peek().is_some_and(string::is_quote) {
            return self.string();
        }
        let name = self.bare();
        if !name.is_empty() {
            self.fault(
                line,
                format!("the name `{}` is not in quotation marks", shown(&name)),
            );
        }
        name
    }

    /// Letters, digits and what numbers have.
    fn bare(&mut self) -> String {
        let mut word = String::new();
        while let Some(c) = self
            .peek()
            .filter(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '+' | '.' | '*' | '$'))
        {
            word.push(c);
            self.next();
        }
        word
    }

    fn word(&mut self) -> Option<Value> {
        let line = self.line;
        let word = self.bare();
        match serde_json::from_str::<serde_json::Value>(&word) {
            Ok(_) => Some(Value::Other),
            Err(_) if word.is_empty() => None,
            Err(_) => {
                self.fault(
                    line,
                    format!("the text `{}` is not in quotation marks", shown(&word)),
                );
                Some(Value::Text(word))
            }
        }
    }
}

#[cfg(test)]
mod tests;
