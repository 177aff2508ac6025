//! The plain bytes of a string, many at a time.

/// Bytes of a string that were looked at: neither its end nor the start of an escape nor a control character.
#[derive(Default)]
pub(super) struct Run {
    pub(super) len: usize,
    /// All of them, as words.
    seen: u64,
}

/// Bytes looked at together, so that the compiler uses vectors.
const PIECE: usize = 64;

/// Bytes of a word.
const WORD: usize = 8;

/// Words before pieces, which do not pay for less.
const SHORT: usize = 4;

/// The length of a string of ASCII characters without escapes whose end is among the first two words, as most are.
#[inline(always)]
pub(super) fn short_string(text: &[u8]) -> Option<usize> {
    let ([first, second, ..], _) = text.as_chunks::<WORD>() else {
        return None;
    };
    let marked = |word: &[u8; WORD]| {
        let word = u64::from_le_bytes(*word);
        special_bytes(word) | (word & TOPS)
    };
    let (before, marks) = match marked(first) {
        0 => (WORD, marked(second)),
        marks => (0, marks),
    };
    let ahead = usize::try_from(marks.trailing_zeros() / 8).ok()?;
    let len = before.wrapping_add(ahead);
    (text.get(len) == Some(&b'"')).then_some(len)
}

impl Run {
    /// Goes on to the next byte that is special, or to the end of the text.
    #[inline]
    pub(super) fn take_plain(&mut self, text: &[u8]) {
        if self.words(text, SHORT) {
            return;
        }
        self.pieces(text);
        if self.words(text, usize::MAX) {
            return;
        }
        for byte in text.get(self.len..).unwrap_or_default() {
            if is_special(*byte) {
                break;
            }
            self.seen |= u64::from(*byte) << 56;
            self.len = self.len.wrapping_add(1);
        }
    }

    /// At most so many words. True if a special byte comes next.
    #[inline]
    fn words(&mut self, text: &[u8], most: usize) -> bool {
        let (words, _) = text.get(self.len..).unwrap_or_default().as_chunks::<WORD>();
        for word in words.iter().take(most) {
            let word = u64::from_le_bytes(*word);
            self.seen |= word;
            let special = special_bytes(word);
            if special != 0 {
                let ahead = usize::try_from(special.trailing_zeros() / 8);
                self.len = self.len.wrapping_add(ahead.unwrap_or_default());
                return true;
            }
            self.len = self.len.wrapping_add(WORD);
        }
        false
    }

    fn pieces(&mut self, text: &[u8]) {
        let (pieces, _) = text
            .get(self.len..)
            .unwrap_or_default()
            .as_chunks::<PIECE>();
        for piece in pieces {
            let mut has_special = false;
            for byte in piece {
                has_special |= is_special(*byte);
            }
            if has_special {
                return;
            }
            for word in piece.as_chunks::<WORD>().0 {
                self.seen |= u64::from_le_bytes(*word);
            }
            self.len = self.len.wrapping_add(PIECE);
        }
    }

    /// False if a byte beyond ASCII may be among them.
    pub(super) fn is_ascii(&self) -> bool {
        self.seen & TOPS == 0
    }
}

#[inline]
fn is_special(byte: u8) -> bool {
    (byte < b' ') | (byte == b'"') | (byte == b'\\')
}

/// The highest bit of each byte.
const TOPS: u64 = u64::from_ne_bytes([0x80; WORD]);

/// The highest bit of each special byte, up to the first of them; above it, other bytes may be marked as well.
#[inline]
fn special_bytes(word: u64) -> u64 {
    const fn all(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; WORD])
    }
    let below = |word: u64, bound: u64| word.wrapping_sub(bound) & !word & TOPS;
    below(word, const { all(b' ') })
        | below(word ^ const { all(b'"') }, const { all(1) })
        | below(word ^ const { all(b'\\') }, const { all(1) })
}
