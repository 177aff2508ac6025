//! The recipient: the service's public key, parsed and checked, and with it the suite.
//!
//! A key comes as the service hands it out (base64 of a PEM text), as PEM, or as DER. It is refused, with the
//! reason, before any randomness is drawn or anything is sent.

mod key_der;
mod key_text;
mod rsa_validation;
mod sm2_point;

use core::fmt;

use sha2::{Digest, Sha256};

use crate::entropy::{Entropy, OsEntropy};
use crate::envelope::{Opener, Place, Sealed, SealedFields, SharedNonce};
use crate::error::{Error, KeyRejected};
use crate::suite::{REGISTRY, Suite, WrapKey};
use crate::wire::WholeBody;
pub(crate) use key_der::KeyForm;

/// Whoever a request is sealed for. The parsed key *is* the choice of suite: an RSA key means AES-256-CBC, an
/// SM2 key means SM4-GCM.
pub struct Recipient {
    pub(crate) suite: &'static dyn Suite,
    pub(crate) key: Box<dyn WrapKey>,
    fingerprint: String,
}

impl Recipient {
    /// Parses a key in any form the service or its users hold it in:
    ///
    /// - base64 of a PEM text, as the service hands it out (line breaks and surrounding blanks are allowed);
    /// - PEM with LF or CRLF line ends, or with its body on one line, blanks around it allowed;
    /// - DER.
    ///
    /// In each, an RSA key as PKCS#1 (`RSA PUBLIC KEY`) or SPKI (`PUBLIC KEY`), or an SM2 key as SPKI.
    ///
    /// # Errors
    /// [`KeyRejected`] with the reason. The text of the key is in no message.
    pub fn parse(key: &[u8]) -> Result<Self, KeyRejected> {
        let (der, label) = key_text::to_der(key)?;
        Self::from_labelled_der(&der, label)
    }

    /// Parses a DER key, PKCS#1 or SPKI.
    ///
    /// # Errors
    /// [`KeyRejected`] with the reason.
    pub fn from_der(der: &[u8]) -> Result<Self, KeyRejected> {
        Self::from_labelled_der(der, None)
    }

    fn from_labelled_der(der: &[u8], label: Option<key_text::Label>) -> Result<Self, KeyRejected> {
        let form = key_der::parse(der, label)?;
        // Each suite looks whether the key is its own.
        let (suite, key) = REGISTRY
            .iter()
            .find_map(|suite| suite.accept(&form).map(|key| (*suite, key)))
            .ok_or(KeyRejected::UnknownAlgorithm)?;
        Ok(Self {
            suite,
            key: key?,
            fingerprint: base16ct::lower::encode_string(&Sha256::digest(der)),
        })
    }

    /// SHA-256 of the key's DER in lower-case hex: 64 characters, safe to log. The same key in PKCS#1 and in
    /// SPKI form has two fingerprints.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The suite's name on the wire: `AES-256-CBC` or `SM4-GCM`.
    pub fn algorithm(&self) -> &'static str {
        self.suite.algorithm()
    }

    /// What kind of key this is, for people: `RSA-1024`, `SM2`.
    pub fn key_name(&self) -> String {
        self.key.name()
    }

    /// Seals a whole body for OCR: a fresh session key and IV, the body encrypted, the key wrapped.
    ///
    /// # Errors
    /// When the operating system's generator fails. Nothing is sealed then.
    pub fn seal(&self, plaintext: &[u8]) -> Result<(Sealed, Opener), Error> {
        self.seal_with(plaintext, &OsEntropy)
    }

    /// [`Recipient::seal`] for a service that calls a sealed whole body so.
    ///
    /// # Errors
    /// When the operating system's generator fails. Nothing is sealed then.
    pub fn seal_named(
        &self,
        plaintext: &[u8],
        whole: WholeBody,
    ) -> Result<(Sealed, Opener), Error> {
        crate::envelope::seal_body(self, whole, &plaintext, Vec::new(), &OsEntropy)
    }

    /// [`Recipient::seal`] into memory that is there already: what `buffer` holds is dropped, its capacity is used.
    /// Take it back with [`Sealed::into_json`] once the request is sent, and many requests need the memory of one.
    ///
    /// ```
    /// # use cardseal::{Error, Recipient};
    /// # fn all(recipient: &Recipient, bodies: &[&[u8]], mut send: impl FnMut(&[u8])) -> Result<(), Error> {
    /// let mut buffer = Vec::new();
    /// for body in bodies {
    ///     let (sealed, opener) = recipient.seal_into(buffer, body)?;
    ///     send(sealed.as_json());
    ///     buffer = sealed.into_json();
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Recipient::seal`]. The buffer is gone then.
    pub fn seal_into(&self, buffer: Vec<u8>, plaintext: &[u8]) -> Result<(Sealed, Opener), Error> {
        crate::envelope::seal_body(self, WholeBody::default(), &plaintext, buffer, &OsEntropy)
    }

    /// Seals the named members of a JSON object where they stand and adds the `Encryption` member that says
    /// so. Every other member is kept byte for byte.
    ///
    /// # Errors
    /// When `object` is not a JSON object without duplicate members, when a name is empty, absent, repeated or its
    /// value is not a string, or when more than one member would be sealed under one SM4-GCM nonce without
    /// [`SharedNonce::AcceptRepeatedGcmNonce`].
    pub fn seal_fields(
        &self,
        object: &[u8],
        names: &[&str],
        nonce: SharedNonce,
    ) -> Result<(SealedFields, Opener), Error> {
        self.seal_fields_with(object, names, nonce, &OsEntropy)
    }

    /// [`Recipient::seal`] with injected randomness, for known-answer tests.
    #[doc(hidden)]
    pub fn seal_with(
        &self,
        plaintext: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<(Sealed, Opener), Error> {
        crate::envelope::seal_body(self, WholeBody::default(), &plaintext, Vec::new(), entropy)
    }

    /// [`Recipient::seal_fields`] with injected randomness, for known-answer tests.
    #[doc(hidden)]
    pub fn seal_fields_with(
        &self,
        object: &[u8],
        names: &[&str],
        nonce: SharedNonce,
        entropy: &dyn Entropy,
    ) -> Result<(SealedFields, Opener), Error> {
        crate::envelope::seal_fields(self, object, names, Place::Member, nonce, entropy)
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recipient")
            .field("key", &self.key_name())
            .field("suite", &self.algorithm())
            .field("fingerprint", &self.fingerprint)
            .finish()
    }
}
