//! The shapes on the wire: the `Encryption` object, strict base64, and the size the service takes.
//!
//! Source: the service's data type `Encryption` (ocr, 2018-11-19; faceid, 2018-03-01) and its guide to
//! encrypting sensitive data.

pub(crate) mod json;
mod reply;
mod response;

use base64::Engine;
use serde::{Deserialize, Serialize};

pub(crate) use reply::{ClearReply, unlike};
pub use reply::{EncryptedReply, Refusal};

use crate::error::OpenError;
use crate::secret::Wiped;

/// The most bytes of body a request signed with TC3-HMAC-SHA256 may have: 10 MiB.
pub const MAX_BODY: usize = 10 * 1024 * 1024;

/// What a service calls a sealed whole body in `EncryptList`. The member that holds it is `EncryptedBody` at both,
/// and each takes its own name only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum WholeBody {
    /// `EncryptedBody`: OCR.
    #[default]
    EncryptedBody,
    /// `EncryptionBody`: faceid.
    EncryptionBody,
}

impl WholeBody {
    /// The name in the list.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::EncryptedBody => "EncryptedBody",
            Self::EncryptionBody => "EncryptionBody",
        }
    }

    pub(crate) fn is_any(name: &str) -> bool {
        [Self::EncryptedBody, Self::EncryptionBody]
            .iter()
            .any(|whole| whole.name() == name)
    }
}

/// The `Encryption` member of a request: how its sealed parts were sealed. Nothing in it is secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Encryption {
    /// Base64 of the wrapped session key: 128 bytes for RSA-1024, 113 for SM2 (C1‖C3‖C2).
    pub ciphertext_blob: String,
    /// Base64 of the IV: 16 bytes for AES-256-CBC, 12 for SM4-GCM.
    pub iv: String,
    /// `AES-256-CBC` or `SM4-GCM`; always stated, though the service has a default.
    pub algorithm: String,
    /// Base64 of each 16-byte tag, in the order of `encrypt_list`; empty for AES-256-CBC.
    pub tag_list: Vec<String>,
    /// What is sealed: `EncryptedBody`, or the names of single members.
    pub encrypt_list: Vec<String>,
}

/// The `Encryption` member of a reply. Every part may be null there.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct ReplyEncryption {
    pub(crate) iv: Option<String>,
    pub(crate) algorithm: Option<String>,
    pub(crate) tag_list: Option<Vec<String>>,
    pub(crate) encrypt_list: Option<Vec<String>>,
}

/// Standard base64 with padding (RFC 4648 §4), strict; by SIMD where the processor has it.
#[cfg(any(
    target_arch = "x86_64",
    all(target_arch = "aarch64", target_feature = "neon")
))]
static BASE64: std::sync::LazyLock<base64::engine::Simd> = std::sync::LazyLock::new(|| {
    base64::engine::Simd::standard(base64::engine::general_purpose::PAD)
});

/// The same where the library has no SIMD for the architecture.
#[cfg(not(any(
    target_arch = "x86_64",
    all(target_arch = "aarch64", target_feature = "neon")
)))]
use base64::engine::general_purpose::STANDARD as BASE64;

/// Encodes to standard base64 with padding.
pub(crate) fn encode(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// Encodes to the front of `out`; the number of characters, or `None` where they do not fit.
pub(crate) fn encode_into(bytes: &[u8], out: &mut [u8]) -> Option<usize> {
    BASE64.encode_slice(bytes, out).ok()
}

/// Encodes to the end of `out`; `None` where the library says that the place is too small, which it is not.
pub(crate) fn append_encoded(bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let start = out.len();
    out.resize(start.saturating_add(encoded_len(bytes.len())), 0);
    encode_into(bytes, out.get_mut(start..)?).map(drop)
}

/// Characters of base64 that `bytes` bytes become.
pub(crate) fn encoded_len(bytes: usize) -> usize {
    bytes.div_ceil(3).saturating_mul(4)
}

/// Strict base64: the standard alphabet, canonical padding, no blanks, no stray bits.
pub(crate) fn decode(text: &str) -> Result<Wiped, OpenError> {
    BASE64
        .decode(text.as_bytes())
        .map(Wiped::new)
        .map_err(|_| OpenError)
}

/// Strict base64 of exactly `N` bytes.
pub(crate) fn decode_exact<const N: usize>(text: &str) -> Result<[u8; N], OpenError> {
    decode(text)?.as_slice().try_into().map_err(|_| OpenError)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_strict() {
        for loose in [
            "AB==", "QUJ=", "AA", "QUJD\n", " QUJD", "QUJ_", "QUJD=", "QUJD====", "=",
        ] {
            assert!(decode(loose).is_err(), "{loose:?} was taken");
        }
        assert_eq!(decode("QUJD").unwrap().as_slice(), b"ABC");
        assert_eq!(decode("").unwrap().as_slice(), b"");
    }
    #[test]
    fn the_length_formula_is_the_encoded_length() {
        for len in 0..50 {
            assert_eq!(encode(&vec![0; len]).len(), encoded_len(len));
        }
    }
}
