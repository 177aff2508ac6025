//! What a recipient can do: seal a whole body, or single members of one.

use crate::envelope::body::seal_body;
use crate::envelope::fields::{Place, seal_fields};
use crate::envelope::{Opener, Sealed, SealedFields, SharedNonce};
use crate::error::Error;
use crate::recipient::Recipient;
use crate::wire::{WholeBody, json};

/// Looks at a plaintext as the services read it: one JSON object in UTF-8, without a byte order mark and without a member
/// that stands twice. [`Recipient::seal`] seals anything; what is no such object the service cannot read.
///
/// # Errors
/// `Input` with the place and the cause. Nothing of the text is in the message.
pub fn check_plaintext(plaintext: &[u8]) -> Result<(), Error> {
    match json::fault(plaintext) {
        None => Ok(()),
        Some(fault) => Err(Error::input(format!(
            "the plaintext is not a JSON object that the service can read: {fault}"
        ))),
    }
}

impl Recipient {
    /// Seals a whole body for OCR: a fresh session key and IV, the body encrypted, the key wrapped.
    ///
    /// # Errors
    /// When the operating system's generator fails. Nothing is sealed then.
    pub fn seal(&self, plaintext: &[u8]) -> Result<(Sealed, Opener), Error> {
        self.seal_named(plaintext, WholeBody::default())
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
        seal_body(self, whole, &plaintext, Vec::new())
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
        seal_body(self, WholeBody::default(), &plaintext, buffer)
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
        seal_fields(self, object, names, Place::Member, nonce)
    }
}
