//! A request of an image and some other members, written directly to its destination without a copy of the image.

use cardseal_crypto::{Plaintext, ProviderError, Wiped};
use serde::Serialize;

use crate::cloud::image::{Image, Source};
use crate::error::{Error, ErrorKind};
use crate::wire::MAX_BODY;

/// The JSON in three parts: before the image's text, the image, and after it. The text needs no escaping.
pub(crate) struct ImageJson<'a> {
    before: &'static str,
    image: &'a Image,
    after: Vec<u8>,
}

impl<'a> ImageJson<'a> {
    /// The image first, then the members of `beside`, which must serialise as an object.
    pub(crate) fn of(image: &'a Image, beside: &impl Serialize) -> Result<Self, Error> {
        let bug = || Error::new(ErrorKind::Bug, "the request cannot be written as JSON");
        // The members follow the image's closing quote; a comma replaces their opening brace.
        let mut after = vec![b'"'];
        serde_json::to_writer(&mut after, beside).map_err(|_| bug())?;
        match after.get_mut(1..) {
            Some([b'{', b'}']) => drop(after.remove(1)),
            Some([brace @ b'{', ..]) => *brace = b',',
            _ => return Err(bug()),
        }
        let before = match *image.0 {
            Source::File(_) | Source::Base64(_) => "{\"ImageBase64\":\"",
            Source::Url(_) => "{\"ImageUrl\":\"",
        };
        Ok(Self {
            before,
            image,
            after,
        })
    }

    pub(crate) fn len_without_image(&self) -> usize {
        self.before.len().saturating_add(self.after.len())
    }

    /// The complete body of a request in clear, in one buffer of its exact size.
    pub(crate) fn to_body(&self) -> Result<Wiped, Error> {
        let room = MAX_BODY.saturating_sub(self.len_without_image());
        self.check_image((room / 4).saturating_mul(3), "it goes into base64")?;
        let mut body = Wiped::new(vec![0; self.len()]);
        self.write(0, &mut body)?;
        Ok(body)
    }

    /// Rejects an image of more than `most` bytes. A URL is not checked.
    pub(crate) fn check_image(&self, most: usize, why: &str) -> Result<(), Error> {
        match self.image.file_len() {
            Some(bytes) if bytes > most => Err(Error::input(format!(
                "the image has {bytes} bytes ({}); at most {most} bytes ({}) fit: {why} and the service takes \
                 10 MiB; make the image smaller, as `cardseal prepare` or --fit does, or give a URL",
                mebibytes(bytes),
                mebibytes(most),
            ))),
            _ => Ok(()),
        }
    }
}

impl Plaintext for ImageJson<'_> {
    fn len(&self) -> usize {
        self.len_without_image()
            .saturating_add(self.image.0.text_len())
    }

    fn write(&self, at: usize, piece: &mut [u8]) -> Result<(), ProviderError> {
        let parts: [(usize, WriteFrom<'_>); 3] = [
            (self.before.len(), &|at, place| {
                copy_from(self.before.as_bytes(), at, place)
            }),
            (self.image.0.text_len(), &|at, place| {
                self.image.0.write_text(at, place)
            }),
            (self.after.len(), &|at, place| {
                copy_from(&self.after, at, place)
            }),
        ];
        let (mut at, mut place) = (at, piece);
        for (len, write) in parts {
            let count = len.saturating_sub(at).min(place.len());
            let (here, beyond) = place.split_at_mut_checked(count).unwrap_or_default();
            write(at.min(len), here).ok_or_else(misplaced)?;
            at = at.saturating_sub(len);
            place = beyond;
        }
        if place.is_empty() {
            Ok(())
        } else {
            Err(misplaced())
        }
    }
}

/// Writes a text from a position on, until the slice is full.
type WriteFrom<'a> = &'a dyn Fn(usize, &mut [u8]) -> Option<()>;

fn copy_from(text: &[u8], at: usize, place: &mut [u8]) -> Option<()> {
    let bytes = text.get(at..)?.get(..place.len())?;
    place.copy_from_slice(bytes);
    Some(())
}

fn misplaced() -> ProviderError {
    ProviderError::defect("the request does not fit its place")
}

fn mebibytes(bytes: usize) -> String {
    // In hundredths, rounded down.
    let hundredths = bytes.saturating_mul(100) / (1024 * 1024);
    format!("{}.{:02} MiB", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::tencent::{CardSide, IdCardRequest};

    /// In pieces of any size, the plaintext is the same text.
    #[test]
    fn a_request_can_be_written_piece_by_piece() {
        let image = Image::from_bytes_unchecked((0..100).collect::<Vec<u8>>()).unwrap();
        let card = IdCardRequest::new(image).side(CardSide::Back);
        let text = card.json().unwrap();
        let whole = text.to_body().unwrap();
        assert!(whole.starts_with(br#"{"ImageBase64":"AAECAwQF"#));
        assert!(whole.ends_with(br#"","CardSide":"BACK"}"#));
        for size in 1..=whole.len() {
            let mut written = vec![0; whole.len()];
            for (piece, at) in written.chunks_mut(size).zip((0..).step_by(size)) {
                text.write(at, piece).unwrap();
            }
            assert_eq!(written, *whole, "pieces of {size} bytes");
        }
        assert!(text.write(1, &mut vec![0; whole.len()]).is_err());
    }

    #[test]
    fn an_image_may_stand_alone() {
        let card = IdCardRequest::new(Image::from_bytes_unchecked(b"abc").unwrap());
        let whole = card.json().unwrap().to_body().unwrap();
        assert_eq!(whole.as_slice(), br#"{"ImageBase64":"YWJj"}"#);
    }

    /// To the byte: a group of base64 fits or it does not.
    #[test]
    fn an_image_in_clear_may_fill_the_body() {
        let body = |bytes: usize| {
            let card = IdCardRequest::new(Image::from_bytes_unchecked(vec![0; bytes]).unwrap());
            card.json().unwrap().to_body()
        };
        let around = br#"{"ImageBase64":""}"#.len();
        let most = (MAX_BODY - around) / 4 * 3;
        let fits = body(most).unwrap();
        assert!(fits.len() <= MAX_BODY && fits.len() + 4 > MAX_BODY);
        let error = body(most + 1).unwrap_err();
        assert!(error.message().contains("7.49 MiB"), "{error}");
    }
}
