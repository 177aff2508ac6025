//! `RecognizeEncryptedIDCardOCR` and `IDCardOCR` (ocr, 2018-11-19): the typed request, its sealing, and the typed
//! answer. They are one action, sealed and in clear.
//!
//! Source: the service's API pages and its guide to encrypting sensitive data. The sealed plaintext holds the
//! business members only; `Config` in it is a string that holds JSON.

mod answer;
mod request;

use bytes::Bytes;
use http::Response;

pub use answer::{AdvancedInfo, IdCard, Recognized, RecognizedInClear, ReflectDetail, Warning};
pub use request::{CardSide, Config, IdCardRequest, Switch, WarningLevel};

use crate::cloud::Operation;
use crate::cloud::operation::HashedBody;
use crate::cloud::tencent::action::{Action, InClear, NothingToOpen};
use crate::cloud::tencent::image_json::ImageJson;
use crate::cloud::tencent::reply;
use crate::envelope::{self, IvPolicy, Opener};
use crate::error::{Error, ErrorKind, OpenError};
use crate::recipient::Recipient;
use crate::wire::{EncryptedReply, WholeBody};

/// The sealed action on the wire.
pub(crate) const ENCRYPTED: Action = Action::of("ocr", "RecognizeEncryptedIDCardOCR", "2018-11-19");

/// The action in clear on the wire.
pub(crate) const CLEAR: Action = Action::of("ocr", "IDCardOCR", "2018-11-19");

/// What OCR calls a sealed whole body.
const WHOLE: WholeBody = WholeBody::EncryptedBody;

/// `RecognizeEncryptedIDCardOCR`.
#[derive(Debug)]
pub struct RecognizeEncryptedIdCard;

/// `IDCardOCR`.
#[derive(Debug)]
pub struct RecognizeIdCard;

/// What reading the answer takes.
#[derive(Debug)]
pub struct Pending {
    opener: Opener,
    policy: IvPolicy,
}

impl Operation for RecognizeEncryptedIdCard {
    type Response = Recognized;
    type Pending = Pending;
    type Reply = EncryptedReply;

    fn parse(reply: &Response<Bytes>) -> Result<EncryptedReply, Error> {
        reply::read_sealed(reply)
    }

    fn read(pending: Pending, reply: EncryptedReply) -> Result<Recognized, Error> {
        let opened = pending
            .opener
            .open_named(&reply, WHOLE, pending.policy)
            .map_err(|error| Error::from(error).with_request_id(reply.request_id()))?;
        let card = answer::read_card(opened.expose_plaintext())
            .map_err(|_| Error::from(OpenError).with_request_id(reply.request_id()))?;
        Ok(Recognized {
            card,
            request_id: reply.request_id().unwrap_or_default().to_owned(),
            iv_reused: opened.iv_reused(),
            authenticated: opened.authenticated(),
        })
    }
}

impl Operation for RecognizeIdCard {
    type Response = RecognizedInClear;
    type Pending = NothingToOpen;
    type Reply = InClear;

    fn parse(reply: &Response<Bytes>) -> Result<InClear, Error> {
        reply::read_clear(reply).map(InClear)
    }

    fn read(_: NothingToOpen, InClear(reply): InClear) -> Result<RecognizedInClear, Error> {
        let card = answer::read_card(reply.inner.as_bytes()).map_err(|_| {
            Error::new(
                ErrorKind::Protocol,
                "the answer is not an ID card's as the service's page has it",
            )
            .with_request_id(reply.request_id.as_deref())
        })?;
        Ok(RecognizedInClear {
            card,
            request_id: reply.request_id.unwrap_or_default(),
        })
    }
}

/// Seals a request: the body to send with its hash, and what reading its answer takes.
pub(crate) fn seal(
    recipient: &Recipient,
    card: &IdCardRequest,
    policy: IvPolicy,
) -> Result<(HashedBody, Pending), Error> {
    card.check()?;
    let text = card.json()?;
    check_size(&text, recipient)?;
    let entropy = &crate::entropy::OsEntropy;
    let (sealed, opener) = envelope::seal_body(recipient, WHOLE, &text, Vec::new(), entropy)?;
    Ok((HashedBody::sealed(sealed), Pending { opener, policy }))
}

/// An image goes into base64 twice, once inside the sealed body and once around it, and the request may have
/// 10 MiB. That leaves 5.6 MiB for the image, whatever the service's page says of 10 MB.
fn check_size(text: &ImageJson<'_>, recipient: &Recipient) -> Result<(), Error> {
    let most = envelope::most_plaintext(recipient, WHOLE)?;
    let room = most.saturating_sub(text.len_without_image());
    text.check_image((room / 4).saturating_mul(3), "it goes into base64 twice")
}

/// The body of a request in clear.
pub(crate) fn in_clear(card: &IdCardRequest) -> Result<HashedBody, Error> {
    card.check()?;
    card.json()?.to_body().map(HashedBody::wiped)
}
