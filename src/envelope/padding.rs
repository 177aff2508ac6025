//! PKCS#7 padding (RFC 5652 §6.3), for suites that take whole blocks only. It is added and checked here, so that no
//! provider can omit the check.

use cardseal_crypto::{Facts, Plaintext, ProviderError};
use subtle::ConstantTimeEq;

use crate::error::OpenError;

/// A plaintext followed by its padding.
pub(super) struct Padded<'a> {
    plaintext: &'a dyn Plaintext,
    len: usize,
    /// The value of each padding byte: the number of padding bytes.
    pad: u8,
}

impl<'a> Padded<'a> {
    /// The plaintext in the form that the suite with these facts needs.
    pub(super) fn of(plaintext: &'a dyn Plaintext, facts: &Facts) -> Result<Self, ProviderError> {
        let len = facts.sealed_len(plaintext.len());
        let pad = len.checked_sub(plaintext.len());
        let pad = pad.and_then(|pad| u8::try_from(pad).ok());
        Ok(Self {
            plaintext,
            len,
            pad: pad.ok_or_else(|| ProviderError::defect("a block has more than 255 bytes"))?,
        })
    }
}

impl Plaintext for Padded<'_> {
    fn len(&self) -> usize {
        self.len
    }

    fn write(&self, at: usize, piece: &mut [u8]) -> Result<(), ProviderError> {
        let text = self.plaintext.len().saturating_sub(at).min(piece.len());
        let (text, padding) = piece.split_at_mut_checked(text).unwrap_or_default();
        padding.fill(self.pad);
        match text {
            [] => Ok(()),
            text => self.plaintext.write(at, text),
        }
    }
}

/// The length of the opened text without its padding. The padding library returns at the first wrong byte; this
/// function always reads a whole block, so that the time reveals nothing about the padding.
pub(super) fn unpadded_len(opened: &[u8], facts: &Facts) -> Result<usize, OpenError> {
    if facts.block_len <= 1 {
        return Ok(opened.len());
    }
    let start = opened.len().checked_sub(facts.block_len).ok_or(OpenError)?;
    let block = opened.get(start..).ok_or(OpenError)?;
    let most = u8::try_from(facts.block_len).map_err(|_| OpenError)?;
    let pad = *block.last().ok_or(OpenError)?;
    // Of a known length, so that the compiler looks at all bytes at once.
    let differences = match <&[u8; 16]>::try_from(block) {
        Ok(block) => differences(block, pad),
        Err(_) => differences(block, pad),
    };
    let good = (differences | below(pad, 1) | below(most, pad)).ct_eq(&0);
    let unpadded = opened.len().checked_sub(usize::from(pad));
    bool::from(good)
        .then_some(())
        .and(unpadded)
        .ok_or(OpenError)
}

/// Zero if the bytes that the last one says are padding are all like it.
#[inline(always)]
fn differences(block: &[u8], pad: u8) -> u8 {
    let mut differences = 0;
    for (place, byte) in (1_u16..).zip(block.iter().rev()) {
        // All ones where the padding has ended.
        let [ended, _] = u16::from(pad).wrapping_sub(place).to_be_bytes();
        differences |= (byte ^ pad) & !ended;
    }
    differences
}

/// All ones if the number is below the bound, or zero.
#[inline(always)]
fn below(number: u8, bound: u8) -> u8 {
    let [is_below, _] = u16::from(number)
        .wrapping_sub(u16::from(bound))
        .to_be_bytes();
    is_below
}

/// The same for blocks of sixteen bytes, for who watches it.
#[cfg(feature = "testing")]
pub fn unpadded_len_of_16(opened: &[u8]) -> Option<usize> {
    static BLOCKS: Facts = Facts::cbc("blocks of sixteen", 32);
    unpadded_len(opened, &BLOCKS).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOCKS: Facts = Facts::cbc("blocks of sixteen", 32);

    /// Every last byte, with right and wrong bytes before it, judged by the words of the RFC.
    #[test]
    fn padding_is_judged_by_its_definition() {
        for pad in 0..=255_u8 {
            for wrong_at in 0..=16 {
                let mut block = [pad; 16];
                if let Some(byte) = block.get_mut(wrong_at) {
                    *byte ^= 0x40;
                }
                let said = usize::from(block[15]);
                let sound = (1..=16).contains(&said)
                    && block[16 - said..].iter().all(|byte| *byte == block[15]);
                let expected = sound.then(|| 16 - said);
                assert_eq!(
                    unpadded_len(&block, &BLOCKS).ok(),
                    expected,
                    "pad {pad}, wrong at {wrong_at}"
                );
            }
        }
    }

    #[test]
    fn what_has_no_block_has_no_padding() {
        for opened in [&[][..], &[1], &[1; 15]] {
            assert!(unpadded_len(opened, &BLOCKS).is_err());
        }
        assert_eq!(unpadded_len(&[7; 5], &Facts::gcm("any", 16)), Ok(5));
    }

    /// However the pieces are cut, what is written is the text and then its padding.
    #[test]
    fn padding_follows_the_text_in_pieces_of_any_size() {
        for len in 0..40 {
            let text: Vec<u8> = (0..len).map(|at| at as u8 + 100).collect();
            let bytes = text.as_slice();
            let padded = Padded::of(&bytes, &BLOCKS).unwrap();
            let pad = 16 - len % 16;
            let mut expected = text.clone();
            expected.extend(vec![pad as u8; pad]);
            assert_eq!(padded.len(), expected.len());
            for size in 1..=expected.len() {
                let mut whole = Vec::new();
                for at in (0..expected.len()).step_by(size) {
                    let mut piece = vec![0; size.min(expected.len() - at)];
                    padded.write(at, &mut piece).unwrap();
                    whole.extend(piece);
                }
                assert_eq!(whole, expected, "{len} in pieces of {size}");
            }
        }
    }
}
