//! An opened reply: its plaintext, which part was sealed, and whether that part is authenticated.

use core::fmt;
use std::borrow::Cow;

use cardseal_crypto::Wiped;
use serde::Deserialize;

use crate::error::{Error, ErrorKind};

/// An opened reply. Its plaintext is wiped on drop.
pub struct Opened {
    pub(super) plaintext: Wiped,
    pub(super) iv_reused: bool,
    pub(super) authenticated: bool,
    pub(super) sealed: Cow<'static, [String]>,
}

impl Opened {
    /// The plaintext: one JSON object in UTF-8 without duplicate members.
    pub fn expose_plaintext(&self) -> &[u8] {
        &self.plaintext
    }

    /// Reads the plaintext as `T`.
    ///
    /// # Errors
    /// `Protocol` if it does not have that shape. The error states the position, but not the content.
    pub fn parse<T: for<'de> Deserialize<'de>>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.plaintext).map_err(|error| {
            Error::new(
                ErrorKind::Protocol,
                format!(
                    "the answer was opened but does not have the expected shape: it differs at line {}, column {}",
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

    /// True if the reply was sealed under the request's IV. With SM4-GCM that repeats a nonce: anyone who saw both
    /// ciphertexts learns the XOR of the plaintexts. The service chooses the IV; see SECURITY.md.
    pub fn iv_reused(&self) -> bool {
        self.iv_reused
    }

    /// True if tags proved that the [sealed](Opened::sealed) parts were made with this request's session key (SM4-GCM)
    /// and are a reply, not the request itself. It says nothing about other parts. An opener that does not know its
    /// request (a file with three members, from another program) treats an object as a reply if it has a member of a
    /// reply. AES-256-CBC has no tag: there, only TLS protects the reply.
    ///
    /// If several members are sealed, no tag proves which value belongs to which member: see SECURITY.md.
    pub fn authenticated(&self) -> bool {
        self.authenticated
    }

    /// What was sealed, as the reply names it: `EncryptedBody`, or the paths of single members. Everything else in the
    /// plaintext was not sealed. Not escaped.
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
