//! A hook for the service's interface encryption (接口加密).
//!
//! The vendor has a page with that name between the pages on signing and on sample programs. Its content is not public:
//! neither algorithm, nor key exchange, nor fields. This library does not guess it. If you have the page, implement its
//! encryption here: of the body before it is signed, because the signature covers the sent bytes, and of the answer
//! after it arrives.

use core::error::Error as StdError;
use core::fmt;

use bytes::Bytes;

use crate::error::{Error, ErrorKind};
use cardseal_crypto::Wiped;

/// Encrypts bodies before they are signed.
pub trait InterfaceEncryption: Send + Sync {
    /// Returns the body to sign and send instead, and the opener of its answer. Called once per call, not per attempt.
    /// `body` is JSON, or empty for a request without a body.
    ///
    /// # Errors
    /// If encryption fails; then the call is not made. The error's text must contain no secret.
    fn encrypt(&self, body: &[u8]) -> Result<EncryptedBody, Box<dyn StdError + Send + Sync>>;
}

/// The result of [`InterfaceEncryption::encrypt`].
#[non_exhaustive]
pub struct EncryptedBody {
    /// The bytes to sign and send.
    pub body: Vec<u8>,
    /// Opens the answer.
    pub opener: Box<dyn OpenAnswer>,
}

impl EncryptedBody {
    /// A body and the opener of its answer.
    pub fn new(body: Vec<u8>, opener: impl OpenAnswer + 'static) -> Self {
        Self {
            body,
            opener: Box::new(opener),
        }
    }
}

impl fmt::Debug for EncryptedBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EncryptedBody({} bytes)", self.body.len())
    }
}

/// Opens the answer to one request.
pub trait OpenAnswer: Send {
    /// Returns the answer in clear, in the service's usual form (`statusCode`, `message`, `returnObj`). Not called for
    /// a refusal in clear.
    ///
    /// # Errors
    /// If opening fails. The error's text must contain no secret.
    fn open(self: Box<Self>, answer: &[u8]) -> Result<Vec<u8>, Box<dyn StdError + Send + Sync>>;
}

/// Opens the answer of one call, or passes it on if no interface encryption is used.
#[derive(Default)]
pub(super) struct AnswerOpener {
    opener: Option<Box<dyn OpenAnswer>>,
}

impl AnswerOpener {
    /// The answer in clear.
    pub(super) fn open(self, answer: Wiped) -> Result<Wiped, Error> {
        let Some(opener) = self.opener else {
            return Ok(answer);
        };
        opener.open(&answer).map(Wiped::new).map_err(|error| {
            let what = "the interface encryption failed to open the answer";
            Error::new(ErrorKind::Open, what).caused_by(Hook(error))
        })
    }
}

/// The body to send, and the opener of its answer.
pub(super) fn encrypt(
    encryption: Option<&dyn InterfaceEncryption>,
    body: Bytes,
) -> Result<(Bytes, AnswerOpener), Error> {
    let Some(encryption) = encryption else {
        return Ok((body, AnswerOpener::default()));
    };
    let encrypted = encryption.encrypt(&body).map_err(|error| {
        let what = "the interface encryption failed to encrypt the body; nothing was sent";
        Error::input(what).caused_by(Hook(error))
    })?;
    let opener = AnswerOpener {
        opener: Some(encrypted.opener),
    };
    Ok((Bytes::from_owner(Wiped::new(encrypted.body)), opener))
}

/// The caller's own error.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
struct Hook(Box<dyn StdError + Send + Sync>);
