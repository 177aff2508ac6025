//! The public operation: m to the power 65537 modulo n.
//!
//! A modulus is kept at the smallest of five widths that holds it, so that the
//! compiler knows the number of limbs. An odd modulus shorter than its width
//! is as good for Montgomery arithmetic as one that fills it.

use core::fmt;
use crypto_bigint::modular::{FixedMontyForm, FixedMontyParams};
use crypto_bigint::{Odd, U1024, U1536, U2048, U3072, U4096, Uint};
use zeroize::{Zeroize, Zeroizing};

/// Shortest and longest modulus, in bits.
const SHORTEST: usize = 1024;
const LONGEST: usize = 4096;

/// Why a number is not taken as a modulus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ModulusRejected {
    /// The modulus does not have 1024 to 4096 significant bits.
    SizeUnsupported {
        /// Its significant bits.
        bits: usize,
    },
    /// The modulus is even, so not a product of two large primes.
    Even,
}

impl fmt::Display for ModulusRejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SizeUnsupported { bits } => write!(
                f,
                "the modulus has {bits} bits, and {SHORTEST} to {LONGEST} are supported"
            ),
            Self::Even => f.write_str("the modulus is even"),
        }
    }
}

impl core::error::Error for ModulusRejected {}

/// A modulus with its Montgomery constants.
pub(super) struct Modulus {
    power: Box<dyn PublicPower>,
    bits: usize,
}

impl Modulus {
    /// Reads a big-endian number; zero bytes in front do not count.
    ///
    /// The modulus is public: how long this takes may depend on it.
    pub(super) fn from_be_bytes(bytes: &[u8]) -> Result<Self, ModulusRejected> {
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        let bytes = bytes.get(zeros..).unwrap_or_default();
        let bits = bytes
            .first()
            .map_or(0, |first| bytes.len() * 8 - first.leading_zeros() as usize);
        let power = match bits {
            SHORTEST..=1024 => Power::<{ U1024::LIMBS }>::boxed(bytes),
            1025..=1536 => Power::<{ U1536::LIMBS }>::boxed(bytes),
            1537..=2048 => Power::<{ U2048::LIMBS }>::boxed(bytes),
            2049..=3072 => Power::<{ U3072::LIMBS }>::boxed(bytes),
            3073..=LONGEST => Power::<{ U4096::LIMBS }>::boxed(bytes),
            _ => return Err(ModulusRejected::SizeUnsupported { bits }),
        };
        Ok(Self {
            power: power.ok_or(ModulusRejected::Even)?,
            bits,
        })
    }

    /// Significant bits of the modulus.
    pub(super) fn bits(&self) -> usize {
        self.bits
    }

    /// Bytes of the modulus, and of a block or a ciphertext under it.
    pub(super) fn length(&self) -> usize {
        self.bits.div_ceil(8)
    }

    /// Replaces `block`, a big-endian number below the modulus and as long as
    /// it, by its power.
    pub(super) fn raise(&self, block: &mut [u8]) {
        self.power.raise(block);
    }
}

/// [`Power`] at any width.
trait PublicPower: Send + Sync {
    fn raise(&self, block: &mut [u8]);
}

/// The constants of one modulus: n, -1/n mod 2^64, R mod n and R^2 mod n.
struct Power<const LIMBS: usize>(FixedMontyParams<LIMBS>);

impl<const LIMBS: usize> Power<LIMBS> {
    /// `None` if the modulus is even. It must not be longer than the width.
    fn boxed(modulus: &[u8]) -> Option<Box<dyn PublicPower>> {
        let modulus = Odd::new(Self::read(modulus)).into_option()?;
        Some(Box::new(Self(FixedMontyParams::new_vartime(modulus))))
    }

    fn read(bytes: &[u8]) -> Uint<LIMBS> {
        Uint::from_be_slice_truncated(bytes, Uint::<LIMBS>::BITS)
    }
}

impl<const LIMBS: usize> PublicPower for Power<LIMBS> {
    /// 65537 = 2^16 + 1: a conversion, sixteen squarings and a product.
    ///
    /// The last product takes the number itself, not its Montgomery form, for
    /// the second factor: (m^65536 R) m / R = m^65537, already converted back.
    fn raise(&self, block: &mut [u8]) {
        let number = Zeroizing::new(Self::read(block));
        let mut base = FixedMontyForm::new(&number, &self.0);
        let mut raised = base.square_repeat_vartime(16);
        let mut factor = FixedMontyForm::from_montgomery(*number, &self.0);
        let power = raised.mul(&factor).to_montgomery();
        for secret in [&mut base, &mut raised, &mut factor] {
            secret.as_montgomery_mut().zeroize();
        }

        let bytes = power.to_be_bytes();
        for (to, from) in block.iter_mut().rev().zip(bytes.as_ref().iter().rev()) {
            *to = *from;
        }
    }
}
