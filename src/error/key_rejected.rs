//! Why a public key is refused. The reasons are typed and say what to do; none quotes the key.

/// The reason a key was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyRejected {
    /// Neither DER, nor PEM, nor base64 of PEM.
    #[error(
        "it is neither PEM, nor base64 of PEM, nor DER; use the key as the service hands it out"
    )]
    NotAKey,
    /// Longer than any key this library takes.
    #[error("it has {bytes} bytes, and no key the service uses has more than {most}")]
    TooLong {
        /// Bytes given.
        bytes: usize,
        /// Bytes allowed.
        most: usize,
    },
    /// A private key. Its content was not read.
    #[error("it is a private key, which must never be here; give the service's public key")]
    PrivateKey,
    /// More than one PEM block.
    #[error("it holds more than one PEM block; give one key alone")]
    TwoBlocks,
    /// A PEM block of another kind, such as a certificate.
    #[error("its PEM label is not `PUBLIC KEY` or `RSA PUBLIC KEY`")]
    WrongLabel,
    /// A PEM text that is damaged: no matching end, text around the block, or a body that is not base64.
    #[error("its PEM text is damaged")]
    MalformedPem,
    /// DER that is not a public key, or not strictly encoded.
    #[error("its DER is not a strictly encoded public key")]
    Malformed,
    /// Bytes after the key.
    #[error("there are bytes after the key's end")]
    TrailingBytes,
    /// Neither RSA nor an elliptic-curve key.
    #[error("its algorithm is neither RSA nor SM2")]
    UnknownAlgorithm,
    /// An RSA modulus outside 1024 to 4096 bits.
    #[error("its RSA modulus has {bits} bits; 1024 to 4096 are taken")]
    ModulusSize {
        /// Bits of the modulus.
        bits: usize,
    },
    /// An even RSA modulus.
    #[error("its RSA modulus is even, so it is no RSA key")]
    EvenModulus,
    /// An RSA public exponent other than 65537.
    #[error("its RSA exponent is not 65537")]
    Exponent,
    /// An RSA modulus that a prime below 752 divides.
    #[error(
        "its RSA modulus is divisible by {factor}, as no RSA modulus is; the key is damaged: copy it again"
    )]
    SmallFactor {
        /// The smallest such prime.
        factor: u32,
    },
    /// An RSA modulus that is a square, a cube or another power.
    #[error(
        "its RSA modulus is a power of a smaller number, as no RSA modulus is; the key is damaged or forged: copy it again from where the service shows it"
    )]
    PowerModulus,
    /// An RSA modulus that is a prime number: whoever sees it can compute the private key.
    #[error(
        "its RSA modulus is a prime number, as no RSA modulus is; the key is damaged or forged: copy it again from where the service shows it"
    )]
    PrimeModulus,
    /// An RSA modulus with the mark of a broken generator (ROCA, CVE-2017-15361).
    #[error(
        "its RSA modulus bears the mark of a key generator known to be broken (ROCA, CVE-2017-15361): its private key can be computed; ask whoever made the key for another"
    )]
    RocaModulus,
    /// A named curve other than SM2's.
    #[error("its curve is not SM2's (1.2.156.10197.1.301)")]
    OtherCurve,
    /// Curve parameters spelt out instead of named.
    #[error("its curve parameters are spelt out; only the named SM2 curve is taken")]
    ExplicitCurve,
    /// A point that is not 65 bytes starting with `04`.
    #[error("its point is not uncompressed (04, x, y)")]
    PointEncoding,
    /// The point at infinity.
    #[error("its point is the point at infinity")]
    PointAtInfinity,
    /// A coordinate that is not below the field's prime.
    #[error("a coordinate of its point is not below the field's prime")]
    CoordinateRange,
    /// A point that is not on the curve.
    #[error("its point is not on the curve")]
    OffCurve,
    /// The key is sound, and the provider cannot use it.
    #[error("the crypto provider cannot use it: {reason}; use another key or another provider")]
    Unsupported {
        /// What the provider lacks.
        reason: String,
    },
}
