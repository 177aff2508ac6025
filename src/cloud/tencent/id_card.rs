//! `RecognizeEncryptedIDCardOCR` (ocr, 2018-11-19): the typed request, its sealing, and the typed answer.
//!
//! Source: the service's API page and its guide to encrypting sensitive data. The sealed plaintext holds the
//! business members only; `Config` in it is a string that holds JSON.

mod answer;
mod request;

use bytes::Bytes;
use http::Response;

pub use answer::{AdvancedInfo, IdCard, Recognized, ReflectDetail, Warning};
pub use request::{CardSide, Config, EncryptedIdCard, Switch, WarningLevel};

use crate::cloud::image::Image;
use crate::cloud::operation::HashedBody;
use crate::cloud::{Operation, tencent};
use crate::envelope::{self, IvPolicy, Opener};
use crate::error::{Error, ErrorKind};
use crate::recipient::Recipient;
use crate::wire::EncryptedReply;

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
    type Reply = EncryptedReply;

    fn parse(reply: &Response<Bytes>) -> Result<EncryptedReply, Error> {
        tencent::read_reply(reply)
    }

    fn read(pending: Pending, reply: EncryptedReply) -> Result<Recognized, Error> {
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
}

/// Seals a request: the body to send with its hash, and what reading its answer takes.
pub(crate) fn seal(
    recipient: &Recipient,
    card: &EncryptedIdCard,
    policy: IvPolicy,
) -> Result<(HashedBody, Pending), Error> {
    card.check()?;
    let text = Text::of(card)?;
    text.check_size(recipient)?;
    // Straight into the buffer that will be sent: no copy of the plaintext is made.
    let mut write = |place: &mut [u8]| text.write(place);
    let (sealed, opener) = envelope::seal_body(
        recipient,
        text.len(),
        &mut write,
        &crate::entropy::OsEntropy,
    )?;
    let body = HashedBody {
        sha256: Some(*sealed.sha256()),
        bytes: Bytes::from(sealed.into_json()),
    };
    Ok((body, Pending { opener, policy }))
}

/// The plaintext of a request: what stands before the image, the image, what stands after.
struct Text<'a> {
    before: String,
    image: &'a Image,
    after: String,
}

impl<'a> Text<'a> {
    fn of(card: &'a EncryptedIdCard) -> Result<Self, Error> {
        let (before, after) = card.around_image()?;
        Ok(Self {
            before,
            image: card.image(),
            after,
        })
    }

    fn len(&self) -> usize {
        self.len_without_image()
            .saturating_add(self.image.0.text_len())
    }

    fn len_without_image(&self) -> usize {
        self.before.len().saturating_add(self.after.len())
    }

    fn write(&self, place: &mut [u8]) -> Result<(), Error> {
        let bug = || Error::new(ErrorKind::Bug, "the request does not fit its place");
        let (before, rest) = place
            .split_at_mut_checked(self.before.len())
            .ok_or_else(bug)?;
        let (image, after) = rest
            .split_at_mut_checked(self.image.0.text_len())
            .filter(|(_, after)| after.len() == self.after.len())
            .ok_or_else(bug)?;
        before.copy_from_slice(self.before.as_bytes());
        self.image.0.write_text(image).ok_or_else(bug)?;
        after.copy_from_slice(self.after.as_bytes());
        Ok(())
    }

    /// An image goes into base64 twice, once inside the sealed body and once around it, and the request may have
    /// 10 MiB. That leaves 5.6 MiB for the image, whatever the service's page says of 10 MB.
    fn check_size(&self, recipient: &Recipient) -> Result<(), Error> {
        let Some(bytes) = self.image.file_len() else {
            return Ok(());
        };
        let room = envelope::most_plaintext(recipient)?.saturating_sub(self.len_without_image());
        let most = (room / 4).saturating_mul(3);
        if bytes <= most {
            return Ok(());
        }
        Err(Error::input(format!(
            "the image has {bytes} bytes ({}); at most {most} bytes ({}) fit: it goes into base64 twice and the \
             service takes 10 MiB; make the image smaller or give a URL",
            mebibytes(bytes),
            mebibytes(most),
        )))
    }
}

/// The plaintext alone, for tests of its shape.
#[cfg(test)]
fn plaintext(card: &EncryptedIdCard) -> Result<zeroize::Zeroizing<Vec<u8>>, Error> {
    let text = Text::of(card)?;
    let mut place = zeroize::Zeroizing::new(vec![0; text.len()]);
    text.write(&mut place)?;
    Ok(place)
}

fn mebibytes(bytes: usize) -> String {
    // In hundredths, rounded down for the limit and near enough for the rest.
    let hundredths = bytes.saturating_mul(100) / (1024 * 1024);
    format!("{}.{:02} MiB", hundredths / 100, hundredths % 100)
}
