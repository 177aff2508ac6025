//! The place for the service's interface encryption (接口加密).
//!
//! The vendor has a page of that name between those of signing and of the sample programs. What it says is not
//! public: no algorithm, no exchange of keys, no field. So nothing is guessed here. Whoever has the page can
//! put its encryption in: over the body before it is signed, since the signature covers what is sent, and over
//! the answer after it came.

use core::error::Error as StdError;
use core::fmt;

use bytes::Bytes;

use crate::error::{Error, ErrorKind};
use cardseal_crypto::Wiped;

/// Encrypts bodies before they are signed.
pub trait InterfaceEncryption: Send + Sync {
    /// The body to sign and send in place of this one, and what opens its answer. Called once a call, never once an
    /// attempt. `body` is JSON, and empty for a request without one.
    ///
    /// # Errors
    /// Whatever prevents it; the call is then not made. The error's text must hold nothing secret.
    fn encrypt(&self, body: &[u8]) -> Result<EncryptedBody, Box<dyn StdError + Send + Sync>>;
}

/// What [`InterfaceEncryption::encrypt`] gives.
#[non_exhaustive]
pub struct EncryptedBody {
    /// The bytes to sign and send.
    pub body: Vec<u8>,
    /// What opens the answer.
    pub opener: Box<dyn OpenAnswer>,
}

impl EncryptedBody {
    /// This body, and what opens its answer.
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
    /// The answer in clear, in the service's usual form (`statusCode`, `message`, `returnObj`). A refusal in
    /// clear never comes here.
    ///
    /// # Errors
    /// Whatever prevents it. The error's text must hold nothing secret.
    fn open(self: Box<Self>, answer: &[u8]) -> Result<Vec<u8>, Box<dyn StdError + Send + Sync>>;
}

/// What opens the answer of one call: nothing, where no interface encryption is used.
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
            let what = "the interface encryption could not open the answer";
            Error::new(ErrorKind::Open, what).caused_by(Hook(error))
        })
    }
}

/// The body to send, and what opens its answer.
pub(super) fn encrypt(
    encryption: Option<&dyn InterfaceEncryption>,
    body: Bytes,
) -> Result<(Bytes, AnswerOpener), Error> {
    let Some(encryption) = encryption else {
        return Ok((body, AnswerOpener::default()));
    };
    let encrypted = encryption.encrypt(&body).map_err(|error| {
        let what = "the interface encryption could not encrypt the body; nothing was sent";
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
