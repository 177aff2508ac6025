//! What an opener keeps of the sealed request, so that the request cannot be sent back as its own reply.
//!
//! A tag under a shared key does not prove who made it: the request's own body has a valid tag. For a suite with tags,
//! the opener keeps the tags. For a suite without tags, it keeps the first and the last block of each ciphertext: an
//! attacker without the key must build a reply from blocks of the request, and needs a first block whose text he knows
//! or a last block with valid padding.

use cardseal_crypto::{Facts, Tag, base64};

/// Bytes of a mark: a tag, or a block.
pub(super) const LEN: usize = 16;

/// Base64 characters that cover a block at either end of a text, in whole groups of four.
const ENDS: usize = 24;

/// The marks of one request.
#[derive(Default, Clone, PartialEq, Eq)]
pub(super) struct Marks(Vec<[u8; LEN]>);

impl Marks {
    /// Restores stored marks.
    pub(super) fn restored(marks: Vec<[u8; LEN]>) -> Self {
        let mut restored = Self(marks);
        restored.0.sort_unstable();
        restored
    }

    /// Adds the marks of one ciphertext.
    pub(super) fn add(&mut self, tag: Option<&Tag>, ciphertext: &[u8]) {
        match tag {
            Some(tag) => self.0.push(*tag),
            None => {
                self.0.extend(ciphertext.first_chunk::<LEN>());
                self.0.extend(ciphertext.last_chunk::<LEN>());
            }
        }
        self.0.sort_unstable();
        self.0.dedup();
    }

    /// Adds the marks of one ciphertext in base64, which may be megabytes long, so only its ends are decoded. `None` if
    /// they are not base64.
    pub(super) fn add_base64(&mut self, tag: Option<&Tag>, ciphertext: &str) -> Option<()> {
        let front = ciphertext.get(..ENDS.min(ciphertext.len()));
        let back = ciphertext.get(ciphertext.len().saturating_sub(ENDS)..);
        let (front, front_len) = base64::decode_short::<ENDS>(front?)?;
        let (back, back_len) = base64::decode_short::<ENDS>(back?)?;
        match tag {
            Some(_) => self.add(tag, &[]),
            None => {
                self.0.extend(front.get(..front_len)?.first_chunk::<LEN>());
                self.0.extend(back.get(..back_len)?.last_chunk::<LEN>());
                self.0.sort_unstable();
                self.0.dedup();
            }
        }
        Some(())
    }

    /// Whether a reply's ciphertext, with its tag, matches or begins or ends with a part of the request. A genuine
    /// reply does not: two 16-byte blocks are equal by chance once in 2^128.
    pub(super) fn know(&self, facts: &Facts, tag: Option<&Tag>, ciphertext: &[u8]) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let is_known = |mark: &[u8; LEN]| self.0.binary_search(mark).is_ok();
        if facts.authenticates() {
            return tag.is_some_and(is_known);
        }
        let (blocks, _) = ciphertext.as_chunks::<LEN>();
        // A request has one ciphertext and so two marks, and a reply may have millions of blocks.
        match self.0.as_slice() {
            [one] => blocks.contains(one),
            [one, other] => blocks.iter().any(|block| block == one || block == other),
            _ => blocks.iter().any(is_known),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8; LEN]> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CBC: Facts = Facts::cbc("X", 32);
    const GCM: Facts = Facts::gcm("Y", 16);

    #[test]
    fn the_ends_of_a_ciphertext_are_marked_whatever_its_length() {
        for blocks in 1..12_u8 {
            let ciphertext: Vec<u8> = (0..blocks).flat_map(|block| [block; LEN]).collect();
            let (mut marks, mut from_text) = (Marks::default(), Marks::default());
            marks.add(None, &ciphertext);
            from_text
                .add_base64(None, &base64::encode(&ciphertext))
                .unwrap();
            assert!(marks == from_text, "{blocks} blocks");
            let expected = [[0; LEN], [blocks - 1; LEN]];
            assert!(marks == Marks::restored(expected[..usize::from(blocks.min(2))].to_vec()));
            // Anywhere in an answer, and not within other blocks.
            assert!(marks.know(
                &CBC,
                None,
                &[[9; LEN], [blocks - 1; LEN], [8; LEN]].concat()
            ));
            assert!(!marks.know(&CBC, None, &[[200; 8], [0; 8], [0; 8], [200; 8]].concat()));
            assert!(blocks < 3 || !marks.know(&CBC, None, &[1; LEN]));
        }
    }

    #[test]
    fn a_tag_is_the_whole_mark() {
        let mut marks = Marks::default();
        assert!(!marks.know(&GCM, Some(&[0; LEN]), b""));
        marks.add_base64(Some(&[7; LEN]), "AAAA").unwrap();
        assert!(marks.add_base64(Some(&[8; LEN]), "\"\"\"\"").is_none());
        marks.add(Some(&[5; LEN]), b"any");
        assert_eq!(marks.iter().count(), 2);
        for (tag, known) in [(7, true), (5, true), (6, false)] {
            assert_eq!(
                marks.know(&GCM, Some(&[tag; LEN]), &[7; LEN]),
                known,
                "{tag}"
            );
        }
    }
}
