//! `RecognizeEncryptedIDCardOCR` and `IDCardOCR` (ocr, 2018-11-19): the typed request, its sealing, and the typed
//! result. They are the same action, sealed and in clear.
//!
//! Source: the service's API pages and its guide to encrypting sensitive data. The sealed plaintext has only the
//! business members; its `Config` is a string that contains JSON.

mod answer;
mod request;

pub use answer::{AdvancedInfo, IdCard, Recognized, RecognizedInClear, ReflectDetail, Warning};
pub use request::{CardSide, Config, IdCardRequest, Switch, WarningLevel};

use crate::call::Reader;
use crate::cloud::raw::RawJson;
use crate::cloud::tencent::action::Action;
use crate::cloud::tencent::image_json::ImageJson;
use crate::cloud::tencent::reply;
use crate::envelope::{self, IvPolicy, Opener};
use crate::error::Error;
use crate::recipient::Recipient;
use crate::unsigned::HashedBody;
use crate::wire::{ClearReply, EncryptedReply, WholeBody};

/// The sealed action on the wire.
pub(crate) const ENCRYPTED: Action = Action::of("ocr", "RecognizeEncryptedIDCardOCR", "2018-11-19");

/// The action in clear on the wire.
pub(crate) const CLEAR: Action = Action::of("ocr", "IDCardOCR", "2018-11-19");

/// The name of a sealed whole body in OCR.
const WHOLE: WholeBody = WholeBody::EncryptedBody;

/// Reads the answer to a sealed request.
fn sealed_reader(opener: Opener, policy: IvPolicy) -> Reader<Recognized> {
    Reader::new(reply::read_sealed, move |reply| {
        read_sealed(opener, policy, &reply)
            .map_err(|error| error.with_request_id(reply.request_id()))
    })
}

fn read_sealed(
    opener: Opener,
    policy: IvPolicy,
    reply: &EncryptedReply,
) -> Result<Recognized, Error> {
    let opened = opener.open_named(reply, WHOLE, policy)?;
    let (iv_reused, authenticated) = (opened.iv_reused(), opened.authenticated());
    let raw = RawJson::opened(opened)?;
    Ok(Recognized {
        card: read_card(raw.expose(), reply.request_id()).map_err(|error| raw.kept_by(error))?,
        request_id: reply.request_id().unwrap_or_default().to_owned(),
        iv_reused,
        authenticated,
        raw,
    })
}

/// Reads the answer to a request in clear.
pub(crate) fn clear_reader() -> Reader<RecognizedInClear> {
    Reader::new(reply::read_clear, read_clear)
}

fn read_clear(reply: ClearReply) -> Result<RecognizedInClear, Error> {
    let id = reply.request_id.as_deref();
    Ok(RecognizedInClear {
        card: read_card(&reply.inner, id).map_err(|error| error.with_request_id(id))?,
        request_id: reply.request_id.unwrap_or_default(),
        raw: RawJson::of(reply.inner),
    })
}

fn read_card(answer: &str, request_id: Option<&str>) -> Result<IdCard, Error> {
    let inner = reply::answer_within(answer, answer::MEMBERS, "an ID card", request_id)?;
    answer::read_card(inner).map_err(|_| reply::not_read("an ID card"))
}

/// Seals a request: returns the body to send with its hash, and the reader of its answer.
pub(crate) fn seal(
    recipient: &Recipient,
    card: &IdCardRequest,
    policy: IvPolicy,
) -> Result<(HashedBody, Reader<Recognized>), Error> {
    card.check()?;
    let text = card.json()?;
    check_size(&text, recipient)?;
    let (sealed, opener) = envelope::seal_body(recipient, WHOLE, &text, Vec::new())?;
    Ok((HashedBody::sealed(sealed), sealed_reader(opener, policy)))
}

/// An image is encoded in base64 twice, once inside the sealed body and once around it, and the request may have 10
/// MiB. That leaves 5.6 MiB for the image, although the service's page says 10 MB.
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
