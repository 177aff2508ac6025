//! The fast path through JSON, for texts that may be megabytes long: one pass, nothing allocated.
//!
//! It checks what the slow path checks: the grammar, UTF-8, and that no object has a member twice. It takes only what is
//! plain, and gives up on the rest: an escape in a name, an exponent, a surrogate, unusual depth. Giving up says nothing
//! about the text. The slow path then decides, so whoever uses this has one.

mod run;

use run::Run;

/// Deeper than any reply; the slow path goes further.
const MOST_DEPTH: usize = 24;

/// More names than the open objects of a reply have together.
const MOST_NAMES: usize = 32;

/// More characters than any number of a reply has. A number of 309 digits may be too large for a float.
const LONGEST_NUMBER: usize = 64;

/// A text, and how far it was read. Every method gives up with `None`.
pub(crate) struct Scan<'t> {
    text: &'t [u8],
    at: usize,
    depth: usize,
    /// The names of the objects that are open, outermost first.
    names: [&'t [u8]; MOST_NAMES],
    named: usize,
}

/// A string, as it is written between its quotes: UTF-8.
#[derive(Clone, Copy)]
pub(crate) struct Quoted<'t> {
    pub(crate) written: &'t [u8],
    /// Where that starts in the text.
    pub(crate) start: usize,
    pub(crate) has_escapes: bool,
}

impl<'t> Quoted<'t> {
    /// What it says, if that is what is written.
    pub(crate) fn plain(self) -> Option<Self> {
        (!self.has_escapes).then_some(self)
    }
}

impl<'t> Scan<'t> {
    pub(crate) fn new(text: &'t [u8]) -> Self {
        Self {
            text,
            at: 0,
            depth: 0,
            names: [&[]; MOST_NAMES],
            named: 0,
        }
    }

    /// An object. `member` is given each name, and must read the value.
    #[inline]
    pub(crate) fn object(
        &mut self,
        mut member: impl FnMut(&mut Self, &'t [u8]) -> Option<()>,
    ) -> Option<()> {
        let outer = self.named;
        self.open(b'{')?;
        if self.has(b'}') {
            return self.close();
        }
        loop {
            let name = self.name(outer)?;
            self.take(b':')?;
            member(self, name)?;
            if !self.has(b',') {
                break;
            }
        }
        self.take(b'}')?;
        self.named = outer;
        self.close()
    }

    /// A list. `element` must read each value.
    pub(crate) fn list(&mut self, mut element: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.open(b'[')?;
        if self.has(b']') {
            return self.close();
        }
        loop {
            element(self)?;
            if !self.has(b',') {
                break;
            }
        }
        self.take(b']')?;
        self.close()
    }

    /// Any value.
    pub(crate) fn value(&mut self) -> Option<()> {
        match self.peek()? {
            b'"' => self.string().map(drop),
            b'{' => self.object(|scan, _| scan.value()),
            b'[' => self.list(Self::value),
            b'n' => self.word(b"null"),
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            _ => self.number(),
        }
    }

    /// A string. Inlined, because a position that passes through memory is slower than the search.
    #[inline(always)]
    pub(crate) fn string(&mut self) -> Option<Quoted<'t>> {
        self.take(b'"')?;
        let rest = self.text.get(self.at..)?;
        match run::short_string(rest) {
            Some(len) => self.quoted(rest.get(..len)?, false),
            None => self.long_string(rest),
        }
    }

    #[inline(never)]
    fn long_string(&mut self, rest: &'t [u8]) -> Option<Quoted<'t>> {
        let (mut run, mut has_escapes) = (Run::default(), false);
        loop {
            run.take_plain(rest);
            match rest.get(run.len)? {
                b'"' => break,
                b'\\' => {
                    has_escapes = true;
                    let escape = escape_len(rest.get(run.len..)?)?;
                    run.len = run.len.wrapping_add(escape);
                }
                // A control character.
                _ => return None,
            }
        }
        let written = rest.get(..run.len)?;
        if !run.is_ascii() {
            core::str::from_utf8(written).ok()?;
        }
        self.quoted(written, has_escapes)
    }

    /// The string that is written here, before a quote.
    #[inline(always)]
    fn quoted(&mut self, written: &'t [u8], has_escapes: bool) -> Option<Quoted<'t>> {
        let start = self.at;
        self.at = start.wrapping_add(written.len()).wrapping_add(1);
        Some(Quoted {
            written,
            start,
            has_escapes,
        })
    }

    /// Exactly this word.
    pub(crate) fn word(&mut self, word: &[u8]) -> Option<()> {
        self.peek()?;
        let rest = self.text.get(self.at..)?;
        rest.starts_with(word).then_some(())?;
        self.at = self.at.checked_add(word.len())?;
        Some(())
    }

    /// The next byte that is no white space, which is not read yet.
    #[inline(always)]
    pub(crate) fn peek(&mut self) -> Option<u8> {
        loop {
            match *self.text.get(self.at)? {
                b' ' | b'\n' | b'\r' | b'\t' => self.at = self.at.wrapping_add(1),
                byte => return Some(byte),
            }
        }
    }

    /// Nothing but white space is left.
    pub(crate) fn end(mut self) -> Option<()> {
        match self.peek() {
            None => Some(()),
            Some(_) => None,
        }
    }

    /// Reads this byte if it is the next.
    #[inline(always)]
    fn has(&mut self, wanted: u8) -> bool {
        let is_next = self.peek() == Some(wanted);
        if is_next {
            self.at = self.at.wrapping_add(1);
        }
        is_next
    }

    #[inline(always)]
    fn take(&mut self, wanted: u8) -> Option<()> {
        self.has(wanted).then_some(())
    }

    fn open(&mut self, bracket: u8) -> Option<()> {
        self.take(bracket)?;
        self.depth = self.depth.wrapping_add(1);
        (self.depth <= MOST_DEPTH).then_some(())
    }

    fn close(&mut self) -> Option<()> {
        self.depth = self.depth.checked_sub(1)?;
        Some(())
    }

    /// A name that none of the names from `outer` on is.
    #[inline(always)]
    fn name(&mut self, outer: usize) -> Option<&'t [u8]> {
        let name = self.string()?.plain()?.written;
        let siblings = self.names.get(outer..self.named)?;
        if siblings.contains(&name) {
            return None;
        }
        *self.names.get_mut(self.named)? = name;
        self.named = self.named.checked_add(1)?;
        Some(name)
    }

    /// A number without an exponent.
    fn number(&mut self) -> Option<()> {
        let rest = self.text.get(self.at..)?;
        let rest = rest.get(..LONGEST_NUMBER).unwrap_or(rest);
        let digits = |from: usize| {
            let rest = rest.get(from..).unwrap_or_default();
            rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
        };
        let start = usize::from(rest.first() == Some(&b'-'));
        let whole = digits(start);
        if whole == 0 || (whole > 1 && rest.get(start) == Some(&b'0')) {
            return None;
        }
        let mut len = start.checked_add(whole)?;
        if rest.get(len) == Some(&b'.') {
            let point = len.checked_add(1)?;
            let fraction = digits(point);
            (fraction > 0).then_some(())?;
            len = point.checked_add(fraction)?;
        }
        // What goes on has an exponent or is none.
        let after = rest.get(len)?;
        matches!(after, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t').then_some(())?;
        self.at = self.at.checked_add(len)?;
        Some(())
    }
}

/// The length of the escape sequence at the front. Two that are one character together are left to the slow path.
fn escape_len(text: &[u8]) -> Option<usize> {
    match text.get(1)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(2),
        b'u' => {
            let digits = text.get(2..6)?;
            let is_surrogate = matches!(
                digits,
                [b'd' | b'D', b'8'..=b'9' | b'a'..=b'f' | b'A'..=b'F', ..]
            );
            let are_digits = digits.iter().all(u8::is_ascii_hexdigit);
            (are_digits && !is_surrogate).then_some(6)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
