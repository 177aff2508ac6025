//! `CiphertextBlob`: the wrapped session key. Its length and first bytes tell how it was wrapped.
//!
//! RSA PKCS#1 v1.5 (RFC 8017): as long as the modulus. SM2 (GB/T 32918.4): C1‖C3‖C2, which for a 16-byte key are
//! 65, 32 and 16 bytes.

use cardseal::Recipient;

/// `04`, x, y; SM3 digest; the key.
const SM2_BLOB: usize = 113;
/// `04`, x, y.
const POINT: usize = 65;

/// SubjectPublicKeyInfo of a key on the SM2 curve, up to the point: the library's key check is also the check
/// that a point is on the curve.
const SPKI_HEAD: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d, 0x03, 0x42, 0x00,
];

/// How a blob was wrapped.
pub enum Blob {
    /// With an RSA key of this many bits.
    Rsa { bits: usize },
    /// With SM2, as the service takes it.
    Sm2,
    /// With SM2, or something like it, in a form the service does not take.
    OddSm2(&'static str),
    /// Of no length the service uses.
    Odd,
}

impl Blob {
    pub fn of(bytes: &[u8]) -> Self {
        match (bytes.first(), bytes.len()) {
            (Some(4), SM2_BLOB) => match is_on_curve(bytes.get(..POINT).unwrap_or_default()) {
                true => Self::Sm2,
                false => Self::OddSm2("its C1 is not on the SM2 curve"),
            },
            (_, SM2_BLOB) => Self::OddSm2("it has SM2's length and does not begin with 04"),
            (_, 112) => Self::OddSm2("the 04 before C1 is missing; the service takes 04‖x‖y‖C3‖C2"),
            (Some(2 | 3), 81) => {
                Self::OddSm2("its C1 is compressed; the service takes 04‖x‖y‖C3‖C2")
            }
            (_, 128 | 256 | 384 | 512) => Self::Rsa {
                bits: bytes.len().saturating_mul(8),
            },
            (Some(0x30), len) if spans_all(bytes) && (100..160).contains(&len) => {
                Self::OddSm2("it is SM2 in ASN.1; the service takes the raw bytes 04‖x‖y‖C3‖C2")
            }
            _ => Self::Odd,
        }
    }

    /// The body cipher that goes with this wrap.
    pub fn algorithm(&self) -> Option<&'static str> {
        match self {
            Self::Rsa { .. } => Some("AES-256-CBC"),
            Self::Sm2 | Self::OddSm2(_) => Some("SM4-GCM"),
            Self::Odd => None,
        }
    }
}

fn is_on_curve(point: &[u8]) -> bool {
    let mut der = SPKI_HEAD.to_vec();
    der.extend_from_slice(point);
    Recipient::from_der(&der).is_ok()
}

/// Whether bytes are one DER SEQUENCE with a short or one-byte length that spans them all.
fn spans_all(bytes: &[u8]) -> bool {
    match bytes {
        [0x30, 0x81, len, rest @ ..] => usize::from(*len) == rest.len(),
        [0x30, len, rest @ ..] => usize::from(*len) == rest.len(),
        _ => false,
    }
}
