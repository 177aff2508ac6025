//! Sealing for a recipient: a whole body, or single members of an object.

use crate::envelope::body::seal_body;
use crate::envelope::fields::{Place, seal_fields};
use crate::envelope::{Opener, Sealed, SealedFields, SharedNonce};
use crate::error::Error;
use crate::recipient::Recipient;
use crate::wire::{WholeBody, json};

/// Checks that the services can read a plaintext: one JSON object in UTF-8, without a byte order mark and without
/// duplicate members. [`Recipient::seal`] seals any bytes, but the service cannot read anything else.
///
/// # Errors
/// `Input` with the position and the cause. The message contains nothing of the text.
pub fn check_plaintext(plaintext: &[u8]) -> Result<(), Error> {
    match json::fault(plaintext) {
        None => Ok(()),
        Some(fault) => Err(Error::input(format!(
            "the plaintext is not a JSON object that the service can read: {fault}"
        ))),
    }
}

impl Recipient {
    /// Seals a whole body for OCR: draws a fresh session key and IV, encrypts the body, wraps the key.
    ///
    /// # Errors
    /// If the provider or its generator fails. Then nothing is sealed.
    pub fn seal(&self, plaintext: &[u8]) -> Result<(Sealed, Opener), Error> {
        self.seal_named(plaintext, WholeBody::default())
    }

    /// [`Recipient::seal`] for a service that uses this name for a sealed whole body.
    ///
    /// # Errors
    /// If the provider or its generator fails. Then nothing is sealed.
    pub fn seal_named(
        &self,
        plaintext: &[u8],
        whole: WholeBody,
    ) -> Result<(Sealed, Opener), Error> {
        seal_body(self, whole, &plaintext, Vec::new())
    }

    /// [`Recipient::seal`] into an existing buffer: its content is discarded and its capacity is reused. Take the
    /// buffer back with [`Sealed::into_json`] after the request is sent; then many requests need the memory of one.
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
    /// As [`Recipient::seal`]. The buffer is lost then.
    pub fn seal_into(&self, buffer: Vec<u8>, plaintext: &[u8]) -> Result<(Sealed, Opener), Error> {
        seal_body(self, WholeBody::default(), &plaintext, buffer)
    }

    /// Seals the named members of a JSON object in place and adds the `Encryption` member that lists them. Every other
    /// member is kept byte for byte.
    ///
    /// # Errors
    /// If `object` is not a JSON object without duplicate members; if a name is empty, absent or repeated, or its value
    /// is not a string; or if more than one member would be sealed under one SM4-GCM nonce without
    /// [`SharedNonce::AcceptRepeatedGcmNonce`].
    pub fn seal_fields(
        &self,
        object: &[u8],
        names: &[&str],
        nonce: SharedNonce,
    ) -> Result<(SealedFields, Opener), Error> {
        seal_fields(self, object, names, Place::Member, nonce)
    }
}
