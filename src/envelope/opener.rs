//! Opening an answer: once, exactly as the request implies, or not at all.

use core::fmt;
use std::sync::Arc;

use base64ct::{Base64, Encoding};
use cardseal_crypto::{
    Facts, OpenFailed, Provider, Session, SessionKey, Suite, Tag, Wiped, base64,
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::envelope::opening;
use crate::envelope::padding::unpadded_len;
use crate::envelope::session::Iv;
use crate::error::{Error, ErrorKind, OpenError};
use crate::personal::Personal;
use crate::stack;
use crate::wire::{self, EncryptedReply, ReplyEncryption, WholeBody};

/// Which IV an answer may have been sealed under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum IvPolicy {
    /// The request's IV or a fresh one. [`Opened::iv_reused`] tells which.
    #[default]
    Any,
    /// The request's IV only. With AES-256-CBC this stops whoever could change the IV from rewriting the first
    /// block of the answer.
    Same,
    /// A fresh IV only. With SM4-GCM an answer under the request's IV repeats a nonce; this refuses it before
    /// anything is decrypted. The ciphertexts have crossed the network by then all the same.
    Fresh,
}

/// Which members of an answer must be sealed, where single members are.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Expected<'a> {
    /// Exactly these paths, in any order. Anything else is refused.
    Exactly(&'a [&'a str]),
    /// Whatever the reply names. Whoever can change the reply then chooses which members are sealed.
    AsNamed,
}

/// The one that can open the answer to one request. It is consumed by opening, cannot be cloned or printed, and
/// wipes its key.
///
/// ```compile_fail,E0382
/// # use cardseal::{EncryptedReply, IvPolicy, Opener};
/// fn twice(opener: Opener, reply: &EncryptedReply) {
///     let _ = opener.open(reply, IvPolicy::Any);
///     let _ = opener.open(reply, IvPolicy::Any);
/// }
/// ```
///
/// ```compile_fail,E0599
/// # use cardseal::Opener;
/// fn copy(opener: &Opener) -> Opener {
///     opener.clone()
/// }
/// ```
pub struct Opener {
    suite: Arc<dyn Suite>,
    session: Box<dyn Session>,
    iv: Iv,
}

impl Opener {
    pub(super) fn new(suite: Arc<dyn Suite>, session: Box<dyn Session>, iv: Iv) -> Self {
        Self { suite, session, iv }
    }

    /// Opens an answer of OCR whose whole body is sealed.
    ///
    /// Refused before anything is decrypted: an algorithm, a list of sealed parts, a number or length of tags,
    /// an IV length or a base64 text that is not exactly what the request implies, an IV the policy does not
    /// allow, and members about the card in clear text beside or instead of the sealed body. Refused after: a
    /// wrong tag or padding, text that is not UTF-8, and JSON that is not one object without duplicate members.
    ///
    /// # Errors
    /// `Open`, one and the same for every reason; `Provider` where a crypto module is gone.
    pub fn open(self, reply: &EncryptedReply, policy: IvPolicy) -> Result<Opened, Error> {
        self.open_named(reply, WholeBody::EncryptedBody, policy)
    }

    /// [`Opener::open`] for a service that calls a sealed whole body so, and in no other way.
    ///
    /// # Errors
    /// `Open`, one and the same for every reason; `Provider` where a crypto module is gone.
    pub fn open_named(
        self,
        reply: &EncryptedReply,
        whole: WholeBody,
        policy: IvPolicy,
    ) -> Result<Opened, Error> {
        stack::leaving_no_stack(move || {
            let encryption = self.agreed(reply)?;
            if !reply.clear_text_fields().is_empty()
                || encryption.encrypt_list.as_deref() != Some(&[whole.name().to_owned()])
            {
                return Err(OpenError.into());
            }
            let (iv, iv_reused) = self.agreed_iv(encryption, policy)?;
            let tags = self.agreed_tags(encryption, 1)?;
            let body = reply.encrypted_body().ok_or(OpenError)?;
            let plaintext = self.decrypt(body, &iv, tags.first().copied().flatten().as_ref())?;
            check_object(&plaintext)?;
            Ok(self.opened(plaintext, iv_reused))
        })
    }

    /// Opens an answer in which single members are sealed, named by dotted paths such as
    /// `Response.Text.IdCard` or `Response.Text.LivenessDetail[0].Idcard`, or by bare names. The result is the
    /// inner object with those members opened where they stand, and without `Encryption`.
    ///
    /// Members that are not sealed come from outside the seal and are passed on as they are.
    ///
    /// # Errors
    /// `Open`, one and the same for every reason; `Provider` where a crypto module is gone.
    pub fn open_fields(
        self,
        reply: &EncryptedReply,
        expected: Expected<'_>,
        policy: IvPolicy,
    ) -> Result<Opened, Error> {
        stack::leaving_no_stack(move || {
            let encryption = self.agreed(reply)?;
            let named = encryption.encrypt_list.as_deref().ok_or(OpenError)?;
            if named.is_empty() || !reply.encrypted_body().unwrap_or_default().is_empty() {
                return Err(OpenError.into());
            }
            if let Expected::Exactly(paths) = expected {
                let mut named: Vec<&str> = named.iter().map(String::as_str).collect();
                let mut paths = paths.to_vec();
                named.sort_unstable();
                paths.sort_unstable();
                if named != paths {
                    return Err(OpenError.into());
                }
            }
            let (iv, iv_reused) = self.agreed_iv(encryption, policy)?;
            let tags = self.agreed_tags(encryption, named.len())?;
            let plaintext =
                opening::open_in_place(reply.inner(), named, &tags, |ciphertext, tag| {
                    self.decrypt(ciphertext, &iv, tag)
                })?;
            check_object(&plaintext)?;
            Ok(self.opened(plaintext, iv_reused))
        })
    }

    /// The algorithm must be stated, and be the request's.
    fn agreed<'r>(&self, reply: &'r EncryptedReply) -> Result<&'r ReplyEncryption, OpenError> {
        let encryption = reply.encryption.as_ref().ok_or(OpenError)?;
        if encryption.algorithm.as_deref() != Some(self.facts().algorithm) {
            return Err(OpenError);
        }
        Ok(encryption)
    }

    fn agreed_iv(
        &self,
        encryption: &ReplyEncryption,
        policy: IvPolicy,
    ) -> Result<(Wiped, bool), OpenError> {
        let iv = wire::decode(encryption.iv.as_deref().ok_or(OpenError)?)?;
        if iv.len() != self.facts().iv_len {
            return Err(OpenError);
        }
        let reused = iv.as_slice() == self.iv.as_bytes();
        match (policy, reused) {
            (IvPolicy::Any, _) | (IvPolicy::Same, true) | (IvPolicy::Fresh, false) => {
                Ok((iv, reused))
            }
            (IvPolicy::Same, false) | (IvPolicy::Fresh, true) => Err(OpenError),
        }
    }

    /// One 16-byte tag for each sealed part, or none at all (`null` or `[]`) where the suite has no tags.
    fn agreed_tags(
        &self,
        encryption: &ReplyEncryption,
        parts: usize,
    ) -> Result<Vec<Option<Tag>>, OpenError> {
        let tags = encryption.tag_list.as_deref().unwrap_or_default();
        if !self.facts().authenticates() {
            return if tags.is_empty() {
                Ok(vec![None; parts])
            } else {
                Err(OpenError)
            };
        }
        if tags.len() != parts {
            return Err(OpenError);
        }
        tags.iter()
            .map(|tag| wire::decode_exact(tag).map(Some))
            .collect()
    }

    /// Decrypts one ciphertext. What does not decrypt to something whole is wiped.
    fn decrypt(&self, ciphertext: &str, iv: &[u8], tag: Option<&Tag>) -> Result<Wiped, Error> {
        let facts = self.facts();
        let mut buffer = wire::decode(ciphertext)?;
        let blocks = buffer.len().checked_rem(facts.block_len);
        if blocks.unwrap_or_default() != 0 {
            return Err(OpenError.into());
        }
        self.session
            .open(iv, &mut buffer, tag)
            .map_err(|failed| match failed {
                OpenFailed::Refused => Error::from(OpenError),
                OpenFailed::Provider(error) => Error::from(error),
            })?;
        // The padding stays behind in memory until the rest goes; it is no secret.
        let len = unpadded_len(&buffer, facts)?;
        buffer.truncate(len);
        Ok(buffer)
    }

    fn facts(&self) -> &'static Facts {
        self.suite.facts()
    }

    fn opened(&self, plaintext: Wiped, iv_reused: bool) -> Opened {
        Opened {
            plaintext,
            iv_reused,
            authenticated: self.facts().authenticates(),
        }
    }

    /// Hands the opener over as text, to be opened by a later process:
    /// `{"Algorithm":…,"Key":"<base64>","Iv":"<base64>"}`. The text holds the session key: store it where only
    /// its owner can read it (a file of mode 0600) and delete it once the answer is opened.
    ///
    /// # Errors
    /// `Provider` where the key lives in a module that hands out none.
    pub fn expose_for_storage(self) -> Result<Zeroizing<String>, Error> {
        let (algorithm, iv) = (self.facts().algorithm, self.iv);
        let key = self.session.export().ok_or_else(|| {
            Error::new(
                ErrorKind::Provider,
                "the session key cannot leave the crypto module; open the answer in this process",
            )
        })?;
        // Sized before it is filled: a growing string would leave pieces of the key behind. The key's base64 is made
        // without looking anything up in a table.
        let mut text = Zeroizing::new(String::with_capacity(256));
        let mut place = Zeroizing::new([0; 64]);
        let key = Base64::encode(key.expose_key_bytes(), &mut *place)
            .map_err(|_| Error::new(ErrorKind::Bug, "a session key has more than 48 bytes"))?;
        for part in [
            "{\"Algorithm\":\"",
            algorithm,
            "\",\"Key\":\"",
            key,
            "\",\"Iv\":\"",
            &base64::encode(iv.as_bytes()),
            "\"}",
        ] {
            text.push_str(part);
        }
        Ok(text)
    }

    /// Takes an opener back from the text of [`Opener::expose_for_storage`], with the built-in provider.
    ///
    /// # Errors
    /// `Input` where the text is not exactly of that shape. The text is in no message.
    #[cfg(any(feature = "kernels", feature = "rust-crypto"))]
    pub fn restore(text: &[u8]) -> Result<Self, Error> {
        Self::restore_with(text, crate::providers::built_in())
    }

    /// [`Opener::restore`] with the ciphers of this provider.
    ///
    /// # Errors
    /// `Input` where the text is not exactly of that shape, or the provider has no such suite.
    pub fn restore_with(text: &[u8], provider: &Provider) -> Result<Self, Error> {
        let malformed = || {
            Error::input(
                "the opener is not {\"Algorithm\",\"Key\",\"Iv\"} as it was written when the request was sealed",
            )
        };
        let text = core::str::from_utf8(text).map_err(|_| malformed())?;
        let stored: Stored = wire::json::read_object(text).map_err(|_| malformed())?;
        let suite = provider.suite(&stored.algorithm).ok_or_else(malformed)?;
        let mut place = Zeroizing::new([0; 64]);
        let key = Base64::decode(stored.key.expose(), &mut *place).map_err(|_| malformed())?;
        let iv = wire::decode(&stored.iv).map_err(|_| malformed())?;
        if iv.len() != suite.facts().iv_len {
            return Err(malformed());
        }
        let key = SessionKey::restore(key).ok_or_else(malformed)?;
        let session = suite.restore(key).ok_or_else(malformed)?;
        let iv = Iv::copy_of(&iv).ok_or_else(malformed)?;
        Ok(Self::new(suite.clone(), session, iv))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Stored {
    algorithm: String,
    key: Personal,
    iv: String,
}

impl fmt::Debug for Opener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opener")
            .field("suite", &self.suite)
            .finish_non_exhaustive()
    }
}

/// An opened answer. Its plaintext is wiped when it goes.
pub struct Opened {
    plaintext: Wiped,
    iv_reused: bool,
    authenticated: bool,
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

    /// True where a tag proved that the answer was made with this request's session key (SM4-GCM). AES-256-CBC
    /// carries no tag: there only TLS vouches for the answer.
    pub fn authenticated(&self) -> bool {
        self.authenticated
    }
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened")
            .field("plaintext_len", &self.plaintext.len())
            .field("iv_reused", &self.iv_reused)
            .field("authenticated", &self.authenticated)
            .finish()
    }
}

impl Serialize for Opened {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &serde_json::value::RawValue =
            serde_json::from_slice(&self.plaintext).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

/// UTF-8, one JSON object, no member twice at any depth.
fn check_object(plaintext: &[u8]) -> Result<(), OpenError> {
    let text = core::str::from_utf8(plaintext).map_err(|_| OpenError)?;
    if !text.trim_start().starts_with('{') {
        return Err(OpenError);
    }
    wire::json::check_unique(text).map_err(|_| OpenError)
}
