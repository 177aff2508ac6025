//! A parsed and checked public key, as cardseal passes it to a suite.

/// A public key that cardseal has checked. Numbers are big-endian. RSA's have no leading zero
/// bytes; a coordinate of SM2 always has 32 bytes, whatever the first is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublicKey<'a> {
    /// An RSA key of 1024 to 4096 bits that passed the partial validation of SP 800-56B rev. 2 §6.4.2. The exponent is
    /// 65537.
    Rsa {
        /// The modulus n.
        modulus: &'a [u8],
        /// The exponent e.
        exponent: &'a [u8],
    },
    /// A point of the curve sm2p256v1 (GB/T 32918.5), not at infinity. The cofactor is 1, so every such point is valid.
    Sm2 {
        /// The coordinate x.
        x: &'a [u8; 32],
        /// The coordinate y.
        y: &'a [u8; 32],
    },
}
