//! The public operation: m to the power 65537 modulo n, here with `crypto-bigint`.
//!
//! A modulus is kept at the smallest of five widths that holds it, so that the
//! compiler knows the number of limbs. An odd modulus shorter than its width
//! is as good for Montgomery arithmetic as one that fills it.

use super::backend::Backend;
#[cfg(target_arch = "x86_64")]
use super::ifma;
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
    /// Reads a big-endian number; zero bytes in front do not count. The
    /// backend runs here.
    ///
    /// The modulus is public: how long this takes may depend on it.
    pub(super) fn from_be_bytes(bytes: &[u8], backend: Backend) -> Result<Self, ModulusRejected> {
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        let bytes = bytes.get(zeros..).unwrap_or_default();
        let bits = bytes
            .first()
            .map_or(0, |first| bytes.len() * 8 - first.leading_zeros() as usize);
        // The limbs of 64 bits, half as many limbs of 52 bits as R has, and the vectors that these take.
        let power = match bits {
            SHORTEST..=1024 => boxed::<{ U1024::LIMBS }, 10, 3>(bytes, backend),
            1025..=1536 => boxed::<{ U1536::LIMBS }, 15, 4>(bytes, backend),
            1537..=2048 => boxed::<{ U2048::LIMBS }, 20, 6>(bytes, backend),
            2049..=3072 => boxed::<{ U3072::LIMBS }, 30, 8>(bytes, backend),
            3073..=LONGEST => boxed::<{ U4096::LIMBS }, 40, 11>(bytes, backend),
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

/// The power of one backend, which runs here, at one width. `None` if the modulus is even. It must not be longer than the
/// width.
#[cfg_attr(
    not(target_arch = "x86_64"),
    allow(unused_variables, reason = "there is one backend here")
)]
fn boxed<const LIMBS: usize, const PAIRS: usize, const VECTORS: usize>(
    modulus: &[u8],
    backend: Backend,
) -> Option<Box<dyn PublicPower>> {
    let odd = Odd::new(Power::<LIMBS>::read(modulus)).into_option()?;
    let constants = FixedMontyParams::new_vartime(odd);
    #[cfg(target_arch = "x86_64")]
    if backend == Backend::Avx512Ifma {
        let exponent = Uint::<1>::from(2 * ifma::Power::<PAIRS, VECTORS>::R_BITS);
        let two = FixedMontyForm::new(&Uint::from(2u8), &constants);
        let r_squared = two.pow_vartime(&exponent).retrieve().to_be_bytes();
        // SAFETY: a backend is asked for only where it runs, and this one does with AVX-512 F and IFMA.
        let power = unsafe { ifma::Power::<PAIRS, VECTORS>::new(modulus, r_squared.as_ref()) };
        return Some(Box::new(power));
    }
    Some(Box::new(Power(constants)))
}

#[cfg(target_arch = "x86_64")]
impl<const PAIRS: usize, const VECTORS: usize> PublicPower for ifma::Power<PAIRS, VECTORS> {
    fn raise(&self, block: &mut [u8]) {
        self.raise(block);
    }
}

/// The constants of one modulus: n, -1/n mod 2^64, R mod n and R^2 mod n.
struct Power<const LIMBS: usize>(FixedMontyParams<LIMBS>);

impl<const LIMBS: usize> Power<LIMBS> {
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
