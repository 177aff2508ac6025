//! Quoted texts: JSON's, and those with the quotation marks of word processors and other languages.

use super::Reader;

/// Whether it is an opening quotation mark.
pub(super) fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '`' | '“' | '”' | '‘' | '’' | '＂')
}

impl Reader<'_> {
    /// The text without quotation marks and escapes.
    pub(super) fn string(&mut self) -> String {
        let line = self.line;
        let mut text = String::new();
        let Some(opening) = self.next() else {
            return text;
        };
        if opening != '"' {
            self.fault(
                line,
                format!("the quotation mark is {opening}; write \" on either side"),
            );
        }
        loop {
            match self.peek() {
                None | Some('\n') => {
                    self.fault(
                        line,
                        "a quotation mark is missing at the end of this line's text",
                    );
                    return text;
                }
                Some('"') if opening == '"' => break,
                Some(c) if opening != '"' && is_quote(c) => break,
                Some('\\') => {
                    self.next();
                    text.extend(self.escape(line));
                }
                Some(c) => {
                    if c < ' ' {
                        self.fault(self.line, "a control character within a text; remove it");
                    }
                    text.push(c);
                    self.next();
                }
            }
        }
        self.next();
        text
    }

    fn escape(&mut self, line: usize) -> Option<char> {
        let c = self.next()?;
        match c {
            '"' | '\\' | '/' => Some(c),
            'b' => Some('\u{8}'),
            'f' => Some('\u{c}'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'u' => {
                let mut digits = String::new();
                while digits.len() < 4
                    && let Some(digit) = self.peek().filter(char::is_ascii_hexdigit)
                {
                    digits.push(digit);
                    self.next();
                }
                let code = u32::from_str_radix(&digits, 16).ok();
                // Half of a pair: no name in a policy needs one.
                let c = code.filter(|_| digits.len() == 4).and_then(char::from_u32);
                Some(c.unwrap_or('\u{fffd}'))
            }
            _ => {
                self.fault(
                    line,
                    "a backslash before a character that JSON does not escape; remove it",
                );
                Some(c)
            }
        }
    }
}
