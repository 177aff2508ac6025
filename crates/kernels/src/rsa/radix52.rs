//! Numbers in limbs of 52 bits, eight to a vector: what multiplies with AVX-512 IFMA.
//!
//! This file is plain integer code, so that valgrind sees through it on every machine.

use zeroize::Zeroize;

/// Bits of a limb.
pub(super) const BITS: u32 = 52;

/// The largest limb.
pub(super) const MASK: u64 = (1 << BITS) - 1;

/// Bytes of two limbs.
const PAIR_BYTES: usize = 13;

/// A number, the least significant limb first. Wiped on drop.
#[repr(C, align(64))]
pub(super) struct Number<const VECTORS: usize>(pub(super) [[u64; 8]; VECTORS]);

impl<const VECTORS: usize> Drop for Number<VECTORS> {
    fn drop(&mut self) {
        self.0.as_flattened_mut().zeroize();
    }
}

impl<const VECTORS: usize> Number<VECTORS> {
    pub(super) const fn zero() -> Self {
        Number([[0; 8]; VECTORS])
    }

    /// Reads big-endian bytes, which must not be more than fit.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let mut number = Self::zero();
        let (pairs, _) = number.0.as_flattened_mut().as_chunks_mut();
        for ([low, high], bytes) in pairs.iter_mut().zip(bytes.rchunks(PAIR_BYTES)) {
            let mut both = [0; 16];
            for (to, from) in both.iter_mut().rev().zip(bytes.iter().rev()) {
                *to = *from;
            }
            let mut both = u128::from_be_bytes(both);
            (*low, *high) = (both as u64 & MASK, (both >> BITS) as u64);
            both.zeroize();
        }
        number
    }

    /// Writes as many big-endian bytes as there is place for; what does not fit is not written.
    pub(super) fn write(&self, place: &mut [u8]) {
        let (pairs, _) = self.0.as_flattened().as_chunks();
        for ([low, high], place) in pairs.iter().zip(place.rchunks_mut(PAIR_BYTES)) {
            let both = (u128::from(*high) << BITS | u128::from(*low)).to_be_bytes();
            for (to, from) in place.iter_mut().rev().zip(both.iter().rev()) {
                *to = *from;
            }
        }
    }

    /// Two limbs at a time.
    pub(super) fn pairs(&self) -> &[[u64; 2]] {
        self.0.as_flattened().as_chunks().0
    }

    /// The number one or two limbs up; what leaves at the top must be zero.
    pub(super) fn up(&self, limbs: usize) -> Self {
        let mut moved = Self::zero();
        let places = moved.0.as_flattened_mut().iter_mut().skip(limbs);
        for (to, from) in places.zip(self.0.as_flattened()) {
            *to = *from;
        }
        moved
    }

    /// Subtracts the modulus, unless the number is smaller: by mask.
    pub(super) fn subtract_once(&mut self, modulus: &Self) {
        let mut difference = Self::zero();
        let mut borrow = 0;
        let limbs = self.0.as_flattened().iter().zip(modulus.0.as_flattened());
        for ((limb, other), to) in limbs.zip(difference.0.as_flattened_mut()) {
            let less = limb.wrapping_sub(*other).wrapping_sub(borrow);
            borrow = less >> 63;
            *to = less & MASK;
        }
        let keep = core::hint::black_box(borrow.wrapping_neg());
        for (limb, less) in self
            .0
            .as_flattened_mut()
            .iter_mut()
            .zip(difference.0.as_flattened())
        {
            *limb = (*limb & keep) | (*less & !keep);
        }
    }
}

#[cfg(test)]
mod tests;
