//! The data formats on the wire: the `Encryption` object, strict base64, and the size limit of the service.
//!
//! Source: the service's data type `Encryption` (ocr, 2018-11-19; faceid, 2018-03-01) and its guide to
//! encrypting sensitive data.

pub(crate) mod json;
pub(crate) mod lenient;
mod refusal;
mod clear_reply;
mod response;
mod reply;

use std::sync::LazyLock;

use cardseal_crypto::{Wiped, base64};
use serde::Serialize;

pub(crate) use clear_reply::{ClearReply, unlike};
pub use refusal::Refusal;
pub use reply::EncryptedReply;
pub(crate) use reply::{ANSWER_MEMBERS, LONGEST_IV, ReplyEncryption};

use crate::error::OpenError;

/// The maximum size of a request body signed with TC3-HMAC-SHA256, in bytes: 10 MiB.
pub const MAX_BODY: usize = 10 * 1024 * 1024;

/// The name of a sealed whole body in `EncryptList`. Both services put the body into the member `EncryptedBody`, but
/// each accepts only its own name in the list.
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

    /// The list with this name alone.
    pub(crate) fn listed(self) -> &'static [String] {
        static LISTS: LazyLock<[[String; 1]; 2]> = LazyLock::new(|| {
            let list = |whole: WholeBody| [whole.name().to_owned()];
            [WholeBody::EncryptedBody, WholeBody::EncryptionBody].map(list)
        });
        let [encrypted, encryption] = &*LISTS;
        match self {
            Self::EncryptedBody => encrypted,
            Self::EncryptionBody => encryption,
        }
    }

    /// The variant with this name.
    pub(crate) fn named(name: impl AsRef<[u8]>) -> Option<Self> {
        let mut all = [Self::EncryptedBody, Self::EncryptionBody].into_iter();
        all.find(|whole| whole.name().as_bytes() == name.as_ref())
    }
}

/// The `Encryption` member of a request: how its parts were sealed. It contains no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Encryption {
    /// Base64 of the wrapped session key: 128 bytes for RSA-1024, 113 for SM2 (C1‖C3‖C2).
    pub ciphertext_blob: String,
    /// Base64 of the IV: 16 bytes for AES-256-CBC, 12 for SM4-GCM.
    pub iv: String,
    /// `AES-256-CBC` or `SM4-GCM`; always stated, although the service has a default.
    pub algorithm: String,
    /// Base64 of each 16-byte tag, in the order of `encrypt_list`; empty for AES-256-CBC.
    pub tag_list: Vec<String>,
    /// What is sealed: `EncryptedBody`, or the names of single members.
    pub encrypt_list: Vec<String>,
}

/// Strict base64: the standard alphabet, canonical padding, no whitespace, no stray bits.
pub(crate) fn decode(text: impl AsRef<[u8]>) -> Result<Wiped, OpenError> {
    base64::decode(text).ok_or(OpenError)
}

/// Strict base64 of exactly `N` bytes.
pub(crate) fn decode_exact<const N: usize>(text: impl AsRef<[u8]>) -> Result<[u8; N], OpenError> {
    match base64::decode_short(text) {
        Some((bytes, len)) if len == N => Ok(bytes),
        _ => Err(OpenError),
    }
}
