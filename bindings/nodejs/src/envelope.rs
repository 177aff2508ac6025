//! Recipients and openers. What runs on another thread has its own copy of the caller's bytes, since JavaScript may write to
//! them meanwhile.

use std::sync::{Mutex, PoisonError};

use cardseal_ffi::{Fault, face};
use napi::bindgen_prelude::{AsyncTask, Buffer};
use napi::{Env, Result, Task};
use napi_derive::napi;
use zeroize::Zeroizing;

use crate::fault::told;

/// The service's public key.
#[napi]
pub struct NativeRecipient(pub(crate) face::Recipient);

/// What opens an answer, and until it is taken the body that it was sealed with.
#[napi]
pub struct NativeOpener {
    opener: Mutex<Option<face::Opener>>,
    body: Vec<u8>,
}

impl NativeOpener {
    fn new(opener: face::Opener, body: Vec<u8>) -> Self {
        Self {
            opener: Mutex::new(Some(opener)),
            body,
        }
    }

    fn take(&self) -> std::result::Result<face::Opener, Fault> {
        let mut opener = self.opener.lock().unwrap_or_else(PoisonError::into_inner);
        opener.take().ok_or_else(|| {
            Fault::input("the opener was used; it opens one answer, and each seal gives one")
        })
    }
}

/// A key.
#[napi]
pub fn parse(key: Buffer) -> Result<NativeRecipient> {
    let parsed = face::caught(|| face::parse(&key));
    parsed.map(NativeRecipient).map_err(told)
}

#[napi]
impl NativeRecipient {
    /// The suite's name.
    #[napi]
    pub fn suite(&self) -> &'static str {
        self.0.algorithm()
    }

    /// Seals on this thread.
    #[napi]
    pub fn seal_sync(&self, plain: Buffer) -> Result<NativeOpener> {
        seal(&self.0, &plain)
    }

    /// Seals on another thread.
    #[napi]
    pub fn seal(&self, plain: Buffer) -> AsyncTask<Seal> {
        AsyncTask::new(Seal {
            recipient: self.0.clone(),
            plain: Zeroizing::new(plain.to_vec()),
        })
    }
}

fn seal(recipient: &face::Recipient, plain: &[u8]) -> Result<NativeOpener> {
    let (body, opener) = face::caught(|| face::seal(recipient, plain)).map_err(told)?;
    Ok(NativeOpener::new(opener, body))
}

/// A request being sealed.
pub struct Seal {
    recipient: face::Recipient,
    plain: Zeroizing<Vec<u8>>,
}

impl Task for Seal {
    type Output = NativeOpener;
    type JsValue = NativeOpener;

    fn compute(&mut self) -> Result<NativeOpener> {
        seal(&self.recipient, &self.plain)
    }

    fn resolve(&mut self, _: Env, sealed: NativeOpener) -> Result<NativeOpener> {
        Ok(sealed)
    }
}

#[napi]
impl NativeOpener {
    /// The body to send, once.
    #[napi]
    pub fn take_body(&mut self) -> Buffer {
        std::mem::take(&mut self.body).into()
    }

    /// The body to send, once, into memory of the caller's: how long it is, which is more than was copied if there was
    /// too little room.
    #[napi]
    pub fn take_body_into(&mut self, mut into: Buffer) -> u32 {
        let body = std::mem::take(&mut self.body);
        if let Some(room) = into.get_mut(..body.len()) {
            room.copy_from_slice(&body);
        }
        u32::try_from(body.len()).unwrap_or(u32::MAX)
    }

    /// Opens on this thread.
    #[napi]
    pub fn open_sync(&self, reply: Buffer) -> Result<Buffer> {
        open(self.take(), &reply).map(|plain| plain.to_vec().into())
    }

    /// Opens on another thread. The opener is used from now on.
    #[napi]
    pub fn open(&self, reply: Buffer) -> AsyncTask<Open> {
        AsyncTask::new(Open {
            opener: Some(self.take()),
            reply: reply.to_vec(),
        })
    }

    /// The opener as text.
    #[napi]
    pub fn store(&self) -> Result<Buffer> {
        let text = self.take().and_then(face::store).map_err(told)?;
        Ok(text.as_bytes().into())
    }
}

/// An opener from its text.
#[napi]
pub fn restore(stored: Buffer) -> Result<NativeOpener> {
    let opener = face::caught(|| face::restore(&stored)).map_err(told)?;
    Ok(NativeOpener::new(opener, Vec::new()))
}

fn open(
    opener: std::result::Result<face::Opener, Fault>,
    reply: &[u8],
) -> Result<Zeroizing<Vec<u8>>> {
    let opened = face::caught(|| face::open(opener?, reply)).map_err(told)?;
    Ok(Zeroizing::new(opened.expose_plaintext().to_vec()))
}

/// A reply being opened.
pub struct Open {
    opener: Option<std::result::Result<face::Opener, Fault>>,
    reply: Vec<u8>,
}

impl Task for Open {
    type Output = Zeroizing<Vec<u8>>;
    type JsValue = Buffer;

    fn compute(&mut self) -> Result<Self::Output> {
        let used = || Err(Fault::bug("a reply was opened twice"));
        open(self.opener.take().unwrap_or_else(used), &self.reply)
    }

    fn resolve(&mut self, _: Env, plain: Self::Output) -> Result<Buffer> {
        Ok(plain.to_vec().into())
    }
}
