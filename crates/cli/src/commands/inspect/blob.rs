//! `CiphertextBlob`: the wrapped session key. Its length and first bytes tell how it was wrapped.
//!
//! RSA PKCS#1 v1.5 (RFC 8017): as long as the modulus. SM2 (GB/T 32918.4): C1‖C3‖C2, which for a 16-byte key are
//! 65, 32 and 16 bytes.

use cardseal::Recipient;
use cardseal::crypto::{Facts, PublicKey};

use super::suites;

/// `04`, x, y; SM3 digest; the key.
const SM2_BLOB: usize = 113;
/// The same where the key was wrapped as 32 hexadecimal digits.
const SM2_BLOB_OF_HEX: usize = 129;
/// `04`, x, y.
const POINT: usize = 65;

/// SubjectPublicKeyInfo of a key on the SM2 curve, up to the point: the library's key check is also the check
/// that a point is on the curve.
const SPKI_HEAD: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d, 0x03, 0x42, 0x00,
];

/// How a blob was wrapped.
pub(super) enum Blob {
    /// With an RSA key of this many bits.
    Rsa { bits: usize },
    /// As long as RSA's, and no ciphertext.
    OddRsa(&'static str),
    /// With SM2, as the service takes it.
    Sm2,
    /// With SM2, or something like it, in a form the service does not take.
    OddSm2(&'static str),
    /// In digits instead of bytes.
    Written(&'static str),
    /// Of no length the service uses.
    Odd,
}

impl Blob {
    /// The curve is asked before the length: nothing but a point of SM2 lies on it by chance.
    pub(super) fn of(bytes: &[u8]) -> Self {
        if bytes.len() > 100 && bytes.iter().all(u8::is_ascii_hexdigit) {
            return Self::Written(
                "it is base64 of hexadecimal digits; encode the bytes themselves",
            );
        }
        if let Some(point) = bytes.get(..POINT).filter(|point| is_on_curve(point)) {
            return match bytes.len() {
                SM2_BLOB => Self::Sm2,
                _ if point.len() == bytes.len() => {
                    Self::OddSm2("it is C1 alone; C3 and C2 are missing")
                }
                SM2_BLOB_OF_HEX => Self::OddSm2(
                    "what is wrapped has 32 bytes and not 16: text of 32 hex digits, perhaps; wrap the 16 bytes that \
                     they mean",
                ),
                _ => Self::OddSm2(
                    "its C1 is SM2's, but C3 of 32 bytes and C2 of 16 do not follow; the wrapped key is not an SM4 \
                     key",
                ),
            };
        }
        match (bytes.first(), bytes.len()) {
            (Some(4), 112) if lost_zero(bytes) => Self::OddSm2(
                "a zero byte at the front of a coordinate of C1 was lost; each coordinate has 32 bytes",
            ),
            // Of any length: what is wrapped may be no key of 16 bytes either, and 128 bytes are not RSA's alone.
            (_, 112) if starts_with_coordinates(bytes) => {
                Self::OddSm2("the 04 before C1 is missing; the service takes 04‖x‖y‖C3‖C2")
            }
            _ if starts_with_coordinates(bytes) => Self::OddSm2(
                "the 04 before C1 is missing, and what is wrapped has not 16 bytes: text of 32 hex digits, perhaps",
            ),
            (Some(4), SM2_BLOB) => Self::OddSm2("its C1 is not on the SM2 curve"),
            (_, SM2_BLOB) => Self::OddSm2("it has SM2's length but does not begin with 04"),
            (Some(2 | 3), 81) => {
                Self::OddSm2("its C1 is compressed; the service takes 04‖x‖y‖C3‖C2")
            }
            (_, 128 | 256 | 384 | 512) if is_tiny(bytes) => Self::OddRsa(
                "as a number it is 0 or 1, which no RSA key makes of a session key: nothing was encrypted",
            ),
            (_, 128 | 256 | 384 | 512) => Self::Rsa {
                bits: bytes.len().saturating_mul(8),
            },
            (Some(0x30), len) if spans_all(bytes) && (100..160).contains(&len) => {
                Self::OddSm2("it is SM2 in ASN.1; the service takes the raw bytes 04‖x‖y‖C3‖C2")
            }
            _ => Self::Odd,
        }
    }

    /// The suite that wraps so.
    pub(super) fn suite(&self) -> Option<&'static Facts> {
        suites::of_keys_like(&match self {
            Self::Rsa { .. } | Self::OddRsa(_) => PublicKey::Rsa {
                modulus: &[0xff; 128],
                exponent: &[1, 0, 1],
            },
            Self::Sm2 | Self::OddSm2(_) => PublicKey::Sm2 {
                x: &[0; 32],
                y: &[0; 32],
            },
            Self::Written(_) | Self::Odd => return None,
        })
    }

    /// The name of the keys that give such a blob, whatever is wrong with it.
    pub(super) fn key(&self) -> Option<String> {
        match self {
            Self::Rsa { bits } => Some(format!("RSA-{bits}")),
            Self::Sm2 | Self::OddSm2(_) => Some("SM2".to_owned()),
            Self::OddRsa(_) | Self::Written(_) | Self::Odd => None,
        }
    }

    /// What shows to nobody without the private key.
    pub(super) fn unseen(&self) -> Option<&'static str> {
        match self {
            Self::Rsa { .. } => Some(
                "only the private key can tell whether the padding is PKCS#1 v1.5, which the service takes, or \
                 OAEP, and whether the key in it has 32 bytes",
            ),
            Self::Sm2 => Some(
                "only the private key can tell whether C3 comes before C2, as the service takes it, or after \
                 (C1C2C3)",
            ),
            _ => None,
        }
    }
}

/// Zeros, and perhaps a one.
fn is_tiny(bytes: &[u8]) -> bool {
    let Some((last, zeros)) = bytes.split_last() else {
        return true;
    };
    *last < 2 && zeros.iter().all(|byte| *byte == 0)
}

/// `04`, then coordinates of which one has 31 bytes.
fn lost_zero(bytes: &[u8]) -> bool {
    [1, 33].into_iter().any(|place| {
        let mut whole = bytes.to_vec();
        whole.insert(place, 0);
        whole.get(..POINT).is_some_and(is_on_curve)
    })
}

fn starts_with_coordinates(bytes: &[u8]) -> bool {
    let whole = [&[4], bytes].concat();
    whole.get(..POINT).is_some_and(is_on_curve)
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
