//! Why a public key is rejected. Each reason says what happened, whose fault it is and what to do; none quotes the key.

mod decoding;
mod key_format;

pub(crate) use decoding::{KeyCoding, Step};
pub use key_format::KeyFormat;

/// The reason why a key was rejected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyRejected {
    /// Not a public key in any form that this library knows.
    #[error(
        "it is no public key in any form known here (PEM, base64 of PEM, DER, or a point in hex); give the file as \
         the service hands the key out"
    )]
    NotAKey,
    /// Longer than any accepted key.
    #[error(
        "it has {bytes} bytes, and no public key has more than {most}; give the file of the key and nothing else"
    )]
    TooLong {
        /// The length in bytes.
        bytes: usize,
        /// The limit in bytes.
        most: usize,
    },
    /// A private key, recognised by its label, its structure, its member names, or the length of a bare scalar. It was
    /// not kept.
    #[error(
        "it is a private key or holds one, and only the service's public key belongs here; a private key that was \
         copied about is no secret any more: rotate it (make a new pair, take this one out of use), and give the \
         public key"
    )]
    PrivateKey,
    /// A public key in a format that must be converted first.
    #[error("it is {format}; `{command}` prints the key in it as PEM")]
    OtherFormat {
        /// What it is.
        format: KeyFormat,
        /// The command that prints the key as PEM, for a POSIX shell with OpenSSL 3; `FILE` stands for the file.
        command: String,
    },
    /// More than one key.
    #[error("it holds more than one key; give the one that is meant, alone")]
    TwoBlocks,
    /// A PEM block of another kind.
    #[error(
        "its PEM label is not `PUBLIC KEY` or `RSA PUBLIC KEY`; give the file of the public key"
    )]
    WrongLabel,
    /// A PEM label for one structure with the content of the other.
    #[error(
        "its PEM label and its content disagree: `PUBLIC KEY` is for SPKI, `RSA PUBLIC KEY` for PKCS#1; \
         `{command}` writes it anew"
    )]
    LabelDisagrees {
        /// The command that prints the key under the right label; `FILE` stands for the file.
        command: String,
    },
    /// A damaged PEM text: no matching end, headers, or a body that is not base64.
    #[error("its PEM text is damaged; copy it again, from the first dash to the last")]
    MalformedPem,
    /// DER that is not a public key, or not strictly encoded.
    #[error("its DER is not a strictly encoded public key: it is damaged or cut; copy it again")]
    Malformed,
    /// Bytes after the key.
    #[error("there are bytes after the key's end; give the key alone")]
    TrailingBytes,
    /// Neither RSA nor SM2.
    #[error(
        "its algorithm is neither RSA nor SM2, which are what the service takes; ask it for its key"
    )]
    UnknownAlgorithm,
    /// An RSA modulus outside 1024 to 4096 bits.
    #[error(
        "its RSA modulus has {bits} bits, and 1024 to 4096 are taken; copy the key again, or ask the service for its key"
    )]
    ModulusSize {
        /// Bits of the modulus.
        bits: usize,
    },
    /// An even RSA modulus.
    #[error("its RSA modulus is even, as no RSA modulus is; the key is damaged: copy it again")]
    EvenModulus,
    /// An RSA public exponent other than 65537.
    #[error(
        "its RSA exponent is not 65537, the only one the service uses; the key is damaged or another's: copy it again"
    )]
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
    /// An RSA modulus that is a prime number: anyone can compute the private key from it.
    #[error(
        "its RSA modulus is a prime number, as no RSA modulus is; the key is damaged or forged: copy it again from where the service shows it"
    )]
    PrimeModulus,
    /// An RSA modulus with the mark of a broken generator (ROCA, CVE-2017-15361).
    #[error(
        "its RSA modulus bears the mark of a key generator known to be broken (ROCA, CVE-2017-15361): its private key can be computed; ask whoever made the key for another"
    )]
    RocaModulus,
    /// A curve other than SM2's.
    #[error(
        "its curve is not SM2's (1.2.156.10197.1.301), the only one the service takes; ask it for its key"
    )]
    OtherCurve,
    /// Explicit curve parameters instead of the curve's name.
    #[error("its curve is spelt out and not named; `{command}` names it where it is SM2's")]
    ExplicitCurve {
        /// The command that prints the key with the curve's name; `FILE` stands for the file.
        command: String,
    },
    /// A compressed point.
    #[error(
        "its point is compressed (02 or 03, x), and the service takes 04, x, y; `{command}` writes it so"
    )]
    PointCompressed {
        /// The command that prints the key with the whole point; `FILE` stands for the file.
        command: String,
    },
    /// A point that is not 65 bytes starting with `04`.
    #[error("its point is not 04, x, y in 65 bytes: it is damaged or cut; copy it again")]
    PointEncoding,
    /// The point at infinity.
    #[error("its point is the point at infinity, which is no key; ask the service for its key")]
    PointAtInfinity,
    /// A coordinate that is not below the field's prime.
    #[error(
        "a coordinate of its point is not below the field's prime: the key is damaged; copy it again"
    )]
    CoordinateRange,
    /// A point that is not on the curve.
    #[error(
        "its point is not on the SM2 curve: the key is damaged, or of another curve; copy it again"
    )]
    OffCurve,
    /// The key is valid, but the provider cannot use it.
    #[error("the crypto provider cannot use it: {reason}; use another key or another provider")]
    Unsupported {
        /// What the provider lacks.
        reason: String,
    },
}

impl KeyRejected {
    pub(crate) fn other_format(format: KeyFormat, coding: &KeyCoding) -> Self {
        Self::OtherFormat {
            format,
            command: format.command(coding),
        }
    }

    /// OpenSSL 3 reads either structure under either label.
    pub(crate) fn label_disagrees(coding: &KeyCoding) -> Self {
        let command = coding.openssl("pkey -pubin", "");
        Self::LabelDisagrees { command }
    }

    pub(crate) fn explicit_curve(coding: &KeyCoding) -> Self {
        let command = coding.rewritten();
        Self::ExplicitCurve { command }
    }

    pub(crate) fn point_compressed(coding: &KeyCoding) -> Self {
        let command = coding.rewritten();
        Self::PointCompressed { command }
    }

    /// The same reason for a key whose DER was found in this coding.
    pub(crate) fn found_in(self, coding: &KeyCoding) -> Self {
        match self {
            Self::OtherFormat { format, .. } => Self::other_format(format, coding),
            Self::LabelDisagrees { .. } => Self::label_disagrees(coding),
            Self::ExplicitCurve { .. } => Self::explicit_curve(coding),
            Self::PointCompressed { .. } => Self::point_compressed(coding),
            other => other,
        }
    }

    /// The command that prints the key in an accepted form, if there is one, for a POSIX shell with OpenSSL 3. It decodes
    /// the file as it was recognised, and then converts. `FILE` stands for the file.
    pub fn command(&self) -> Option<String> {
        match self {
            Self::OtherFormat { command, .. }
            | Self::LabelDisagrees { command }
            | Self::ExplicitCurve { command }
            | Self::PointCompressed { command } => Some(command.clone()),
            _ => None,
        }
    }
}
