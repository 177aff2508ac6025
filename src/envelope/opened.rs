//! An opened answer: its plaintext, what of it was sealed, and how far that is proved.

use core::fmt;

use cardseal_crypto::Wiped;
use serde::Deserialize;

use crate::error::{Error, ErrorKind};

/// An opened answer. Its plaintext is wiped when it goes.
pub struct Opened {
    pub(super) plaintext: Wiped,
    pub(super) iv_reused: bool,
    pub(super) authenticated: bool,
    pub(super) sealed: Vec<String>,
}

impl Opened {
    /// The plaintext: one JSON object in UTF-8 without duplicate members.
    pub fn expose_plaintext(&self) -> &[u8] {
        &self.plaintext
    }

    /// Reads the plaintext as `T`.
    ///
    /// # Errors
    /// `Protocol` where it is not of that shape. The error says where, and nothing of what stands there.
    pub fn parse<T: for<'de> Deserialize<'de>>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.plaintext).map_err(|error| {
            Error::new(
                ErrorKind::Protocol,
                format!(
                    "the answer was opened and is not of the wanted shape: it departs from it at line {}, column {}",
                    error.line(),
                    error.column()
                ),
            )
        })
    }

    /// The plaintext, still to be wiped.
    pub(crate) fn into_plaintext(self) -> Wiped {
        self.plaintext
    }

    /// True where the answer was sealed under the request's own IV. With SM4-GCM that is a repeated nonce:
    /// whoever saw both ciphertexts learns the XOR of the plaintexts. It is the service's doing; see SECURITY.md.
    pub fn iv_reused(&self) -> bool {
        self.iv_reused
    }

    /// True where tags proved that what was [sealed](Opened::sealed), and nothing beside it, was made with this
    /// request's session key (SM4-GCM) and is an answer: not what this opener's own request holds. An opener that
    /// does not know its request (one of three members, made by another program) calls an answer what has a member of
    /// one. AES-256-CBC carries no tag: there only TLS vouches for the answer.
    ///
    /// Where several members are sealed, no tag proves which value stands at which of them: see SECURITY.md.
    pub fn authenticated(&self) -> bool {
        self.authenticated
    }

    /// What was sealed, as the answer names it: `EncryptedBody`, or the paths of single members. Whatever else stands in
    /// the plaintext came from outside the seal. Not escaped.
    pub fn sealed(&self) -> &[String] {
        &self.sealed
    }
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened")
            .field("plaintext_len", &self.plaintext.len())
            .field("iv_reused", &self.iv_reused)
            .field("authenticated", &self.authenticated)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "serialize-personal-data")]
impl serde::Serialize for Opened {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &serde_json::value::RawValue =
            serde_json::from_slice(&self.plaintext).map_err(serde::ser::Error::custom)?;
        serde::Serialize::serialize(raw, serializer)
    }
}
