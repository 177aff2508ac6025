//! A request that is an image and some members beside it, written straight to where it is to stand: no copy of the
//! image is made on the way.

use serde::Serialize;
use zeroize::Zeroizing;

use crate::cloud::image::{Image, Source};
use crate::error::{Error, ErrorKind};
use crate::wire::MAX_BODY;

/// The JSON: what stands before the image's text, the image, what stands after. The text needs no escaping.
pub(crate) struct ImageJson<'a> {
    before: String,
    image: &'a Image,
    after: String,
}

impl<'a> ImageJson<'a> {
    /// The image first, then the members of `beside`, which serialises as an object.
    pub(crate) fn of(image: &'a Image, beside: &impl Serialize) -> Result<Self, Error> {
        let bug = || Error::new(ErrorKind::Bug, "the request cannot be written as JSON");
        let beside = serde_json::to_string(beside).map_err(|_| bug())?;
        let members = beside.strip_prefix('{').ok_or_else(bug)?;
        let name = match image.0 {
            Source::File(_) | Source::Base64(_) => "ImageBase64",
            Source::Url(_) => "ImageUrl",
        };
        let comma = if members == "}" { "" } else { "," };
        Ok(Self {
            before: format!("{{\"{name}\":\""),
            image,
            after: format!("\"{comma}{members}"),
        })
    }

    /// Bytes of the whole.
    pub(crate) fn len(&self) -> usize {
        self.len_without_image()
            .saturating_add(self.image.0.text_len())
    }

    pub(crate) fn len_without_image(&self) -> usize {
        self.before.len().saturating_add(self.after.len())
    }

    /// Writes the whole into a place of exactly its length.
    pub(crate) fn write(&self, place: &mut [u8]) -> Result<(), Error> {
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

    /// The whole as the body of a request in clear, in one buffer of its size.
    pub(crate) fn to_body(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let room = MAX_BODY.saturating_sub(self.len_without_image());
        self.check_image((room / 4).saturating_mul(3), "it goes into base64")?;
        let mut body = Zeroizing::new(vec![0; self.len()]);
        self.write(&mut body)?;
        Ok(body)
    }

    /// Refuses an image of more than `most` bytes. A URL has none.
    pub(crate) fn check_image(&self, most: usize, why: &str) -> Result<(), Error> {
        match self.image.file_len() {
            Some(bytes) if bytes > most => Err(Error::input(format!(
                "the image has {bytes} bytes ({}); at most {most} bytes ({}) fit: {why} and the service takes \
                 10 MiB; make the image smaller or give a URL",
                mebibytes(bytes),
                mebibytes(most),
            ))),
            _ => Ok(()),
        }
    }
}

fn mebibytes(bytes: usize) -> String {
    // In hundredths, rounded down for the limit and near enough for the rest.
    let hundredths = bytes.saturating_mul(100) / (1024 * 1024);
    format!("{}.{:02} MiB", hundredths / 100, hundredths % 100)
}
