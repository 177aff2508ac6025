//! Huffman tables (ITU-T T.81, Annex C), as far as walking over codes needs them.

use super::bits::Bits;

/// Codes up to this length are found in one look.
const QUICK: u32 = 10;

/// A table: codes and what they mean.
#[derive(Clone)]
pub(super) struct Huffman {
    /// By the next 10 bits: the symbol and, above it, the code's length; 0 where the code is longer.
    quick: Box<[u16; 1 << QUICK]>,
    /// By length less one: the first code beyond those of this length, at the top of 16 bits.
    beyond: [u32; 16],
    /// By length less one: what to add to a code to find its symbol.
    offset: [i32; 16],
    symbols: Vec<u8>,
}

impl Huffman {
    /// A table of these numbers of codes by length, and the symbols. `None` if they are no prefix code.
    pub(super) fn new(counts: &[u8; 16], symbols: &[u8]) -> Option<Self> {
        let mut table = Self {
            quick: Box::new([0; 1 << QUICK]),
            beyond: [0; 16],
            offset: [0; 16],
            symbols: symbols.to_vec(),
        };
        let (mut code, mut index) = (0_u32, 0_usize);
        let lengths = 1..=16_u32;
        for ((length, count), (beyond, offset)) in lengths
            .zip(counts)
            .zip(table.beyond.iter_mut().zip(&mut table.offset))
        {
            *offset = index as i32 - code as i32;
            for _ in 0..*count {
                let symbol = *symbols.get(index)?;
                if length <= QUICK {
                    let first = (code << (QUICK - length)) as usize;
                    let same = table
                        .quick
                        .get_mut(first..first + (1 << (QUICK - length)))?;
                    same.fill((length as u16) << 8 | u16::from(symbol));
                }
                code += 1;
                index += 1;
            }
            if code > 1 << length {
                return None;
            }
            *beyond = code << (16 - length);
            code <<= 1;
        }
        Some(table)
    }

    /// The next code's symbol and length, not yet gone over; `None` if no code begins so.
    #[inline(always)] // It is called for each code, and takes a few steps.
    pub(super) fn look(&self, bits: &Bits<'_>) -> Option<(u8, u32)> {
        let next = bits.peek();
        let found = *self.quick.get(usize::from(next >> (16 - QUICK)))?;
        if found != 0 {
            return Some((found as u8, u32::from(found >> 8)));
        }
        self.look_longer(next)
    }

    #[cold]
    fn look_longer(&self, next: u16) -> Option<(u8, u32)> {
        let lengths = 1..=16_u32;
        for ((length, beyond), offset) in lengths
            .zip(&self.beyond)
            .zip(&self.offset)
            .skip(QUICK as usize)
        {
            if u32::from(next) < *beyond {
                let index = i32::from(next >> (16 - length)) + offset;
                let symbol = self.symbols.get(usize::try_from(index).ok()?)?;
                return Some((*symbol, length));
            }
        }
        None
    }
}
