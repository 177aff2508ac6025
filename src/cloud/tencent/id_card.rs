//! `RecognizeEncryptedIDCardOCR` (ocr, 2018-11-19): the typed request, its sealing, and the typed answer.
//!
//! Source: the service's API page and its guide to encrypting sensitive data. The sealed plaintext holds the
//! business members only; `Config` in it is a string that holds JSON.

mod answer;
mod request;

use bytes::Bytes;
use http::Response;
use serde::Serialize;
use zeroize::Zeroizing;

pub use answer::{AdvancedInfo, IdCard, Recognized, ReflectDetail, Warning};
pub use request::{CardSide, Config, EncryptedIdCard, Switch, WarningLevel};

use crate::cloud::{Operation, tencent};
use crate::envelope::{self, IvPolicy, Opener};
use crate::error::Error;
use crate::recipient::Recipient;

pub(crate) const SERVICE: &str = "ocr";
pub(crate) const VERSION: &str = "2018-11-19";

/// The action.
#[derive(Debug)]
pub struct RecognizeEncryptedIdCard;

/// What reading the answer takes.
#[derive(Debug)]
pub struct Pending {
    opener: Opener,
    policy: IvPolicy,
}

impl Operation for RecognizeEncryptedIdCard {
    const ACTION: &'static str = "RecognizeEncryptedIDCardOCR";
    type Response = Recognized;
    type Pending = Pending;

    fn read(pending: Pending, reply: &Response<Bytes>) -> Result<Recognized, Error> {
        let reply = tencent::read_reply(reply)?;
        let opened = pending
            .opener
            .open(&reply, pending.policy)
            .map_err(|error| Error::from(error).with_request_id(reply.request_id()))?;
        let card = answer::read_card(&opened)
            .map_err(|error| Error::from(error).with_request_id(reply.request_id()))?;
        Ok(Recognized {
            card,
            request_id: reply.request_id().unwrap_or_default().to_owned(),
            iv_reused: opened.iv_reused(),
            authenticated: opened.authenticated(),
        })
    }

    fn refusal(reply: &Response<Bytes>) -> Option<Error> {
        tencent::refusal(reply)
    }
}

/// Seals a request: the body to send, and what reading its answer takes.
pub(crate) fn seal(
    recipient: &Recipient,
    card: &EncryptedIdCard,
    policy: IvPolicy,
) -> Result<(Bytes, Pending), Error> {
    let plaintext = plaintext(recipient, card)?;
    let (sealed, opener) = recipient.seal(&plaintext)?;
    Ok((Bytes::from(sealed.to_json()), Pending { opener, policy }))
}

/// The plaintext of a request, after every check that can be made before sealing it.
pub(crate) fn plaintext(
    recipient: &Recipient,
    card: &EncryptedIdCard,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    card.check()?;
    check_size(recipient, card)?;
    let mut plaintext = Zeroizing::new(Vec::with_capacity(card.capacity()));
    card.serialize(&mut serde_json::Serializer::new(&mut *plaintext))
        .map_err(|_| Error::input("the request cannot be written as JSON"))?;
    Ok(plaintext)
}

/// An image goes into base64 twice, once inside the sealed body and once around it, and the request may have 10
/// MiB. That leaves 5.6 MiB for the image, whatever the service's page says of 10 MB.
fn check_size(recipient: &Recipient, card: &EncryptedIdCard) -> Result<(), Error> {
    let Some(bytes) = card.image().file_len() else {
        return Ok(());
    };
    let others = card.len_without_image()?;
    let room = envelope::most_plaintext(recipient)?.saturating_sub(others);
    let most = (room / 4).saturating_mul(3);
    if bytes <= most {
        return Ok(());
    }
    Err(Error::input(format!(
        "the image has {bytes} bytes ({}); at most {most} bytes ({}) fit: it goes into base64 twice and the service \
         takes 10 MiB; make the image smaller or give a URL",
        mebibytes(bytes),
        mebibytes(most),
    )))
}

fn mebibytes(bytes: usize) -> String {
    // In hundredths, rounded down for the limit and near enough for the rest.
    let hundredths = bytes.saturating_mul(100) / (1024 * 1024);
    format!("{}.{:02} MiB", hundredths / 100, hundredths % 100)
}
