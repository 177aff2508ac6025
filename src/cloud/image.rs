//! An image of a card, or its URL.

use core::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use cardseal_crypto::{Wiped, base64};
use cardseal_sniff::NotTaken;
use zeroize::Zeroizing;

use crate::error::{Error, printable};
use crate::picture_text;
use crate::wiped_text::WipedText;
use crate::wire;

/// No service accepts a larger image, so a larger file is not read.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// An image to be recognised. Its bytes are personal data: wiped on drop, never printed. Clones share them.
#[derive(Clone)]
pub struct Image(pub(crate) Arc<Source>);

pub(crate) enum Source {
    /// The file.
    File(Wiped),
    /// Standard base64 of the file, without prefix or line breaks.
    Base64(WipedText),
    /// An `http` or `https` URL that the service fetches.
    Url(String),
}

impl Image {
    /// Takes the bytes of a complete PNG, JPEG or BMP file. A `Vec` is taken without a copy.
    ///
    /// # Errors
    /// `Input` if they are something else (the message says what) or are truncated.
    pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> Result<Self, Error> {
        let image = Self::from_bytes_unchecked(bytes)?;
        image.check("the image")?;
        Ok(image)
    }

    /// Takes bytes without checking them, for a format that the service accepts and this library does not know, such as
    /// a PDF for `GeneralBasicOCR`. The bytes go to the service whatever they are.
    ///
    /// # Errors
    /// `Input` if there are none.
    pub fn from_bytes_unchecked(bytes: impl Into<Vec<u8>>) -> Result<Self, Error> {
        let bytes = Wiped::new(bytes.into());
        if bytes.is_empty() {
            return Err(Error::input("the image is empty"));
        }
        Ok(Self(Arc::new(Source::File(bytes))))
    }

    /// Reads a complete PNG, JPEG or BMP file.
    ///
    /// # Errors
    /// `Input` if the file cannot be read, is empty, exceeds every service's limit, is not a picture (the message says
    /// what it is), or is truncated.
    pub fn from_path(path: &Path) -> Result<Self, Error> {
        let shown = printable(&path.display().to_string());
        let unreadable =
            |error: std::io::Error| Error::input(format!("cannot read `{shown}`: {error}"));
        let file = File::open(path).map_err(unreadable)?;
        let len = file.metadata().map_err(unreadable)?.len();
        if len > MOST_BYTES {
            return Err(Error::input(format!(
                "`{shown}` has {len} bytes; no service takes an image of more than {MOST_BYTES}"
            )));
        }
        // Allocated in full before it is filled, and limited even if the file grows meanwhile.
        let mut bytes = Wiped::new(Vec::with_capacity(
            usize::try_from(len).unwrap_or(0).saturating_add(1),
        ));
        file.take(MOST_BYTES)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        if bytes.is_empty() {
            return Err(Error::input(format!("`{shown}` is empty")));
        }
        let image = Self(Arc::new(Source::File(bytes)));
        image.check(&format!("`{shown}`"))?;
        Ok(image)
    }

    /// Takes base64 of a complete PNG, JPEG or BMP, as from a browser: a `data:` prefix and line breaks are removed.
    ///
    /// # Errors
    /// `Input` if the rest is not strict standard base64, or the file is something else or truncated.
    pub fn from_base64(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let body = match text.get(..5) {
            Some(scheme) if scheme.eq_ignore_ascii_case("data:") => {
                let (kind, body) = text
                    .split_once(',')
                    .ok_or_else(|| Error::input("the image's `data:` prefix has no comma"))?;
                if !kind.to_ascii_lowercase().ends_with(";base64") {
                    return Err(Error::input(
                        "the image's `data:` prefix does not say base64",
                    ));
                }
                body
            }
            _ => text,
        };
        let mut compact = Zeroizing::new(String::with_capacity(body.len()));
        compact.extend(body.chars().filter(|c| !c.is_ascii_whitespace()));
        match wire::decode(&compact) {
            Ok(bytes) if bytes.is_empty() => Err(Error::input("the image is empty")),
            Ok(bytes) => {
                check(&bytes, "the image")?;
                Ok(Self(Arc::new(Source::Base64(
                    core::mem::take(&mut *compact).into(),
                ))))
            }
            Err(_) => Err(Error::input("the image is not standard base64")),
        }
    }

    /// Rejects a file that is not a picture that the services accept.
    fn check(&self, what: &str) -> Result<(), Error> {
        match &*self.0 {
            Source::File(bytes) => check(bytes, what),
            Source::Base64(_) | Source::Url(_) => Ok(()),
        }
    }

    /// Sets a URL, which the service must fetch within three seconds. The service ignores image data beside a URL, so
    /// an image has only one source.
    ///
    /// # Errors
    /// `Input` if it is not an absolute `http` or `https` URL of printable ASCII.
    pub fn from_url(url: &str) -> Result<Self, Error> {
        if picture_text::parsed(url).is_none() {
            return Err(Error::input(
                "the image's URL is not an absolute http or https URL; percent-encode what is not ASCII",
            ));
        }
        Ok(Self(Arc::new(Source::Url(url.to_owned()))))
    }

    /// Bytes of the image file; `None` for a URL.
    pub(crate) fn file_len(&self) -> Option<usize> {
        match &*self.0 {
            Source::Url(_) => None,
            Source::File(bytes) => Some(bytes.len()),
            Source::Base64(text) => {
                let padding = text.bytes().rev().take_while(|byte| *byte == b'=').count();
                Some((text.len() / 4).saturating_mul(3).saturating_sub(padding))
            }
        }
    }
}

fn check(bytes: &[u8], what: &str) -> Result<(), Error> {
    let taken = cardseal_sniff::check(bytes);
    taken.map(drop).map_err(|why| {
        let told = match why {
            NotTaken::Truncated(_) => format!("{what} cannot be sent: {why}"),
            _ => format!(
                "{what} cannot be sent: {why}; or take it as it is with `Image::from_bytes_unchecked`, where the service \
                 takes it"
            ),
        };
        Error::input(told)
    })
}

impl Source {
    /// Length of the text that goes into a request, in bytes: base64, or a URL.
    pub(crate) fn text_len(&self) -> usize {
        match self {
            Self::File(bytes) => base64::encoded_len(bytes.len()),
            Self::Base64(text) => text.len(),
            Self::Url(url) => url.len(),
        }
    }

    /// Writes that text from character `at` on until `place` is full; `None` if there is less.
    pub(crate) fn write_text(&self, at: usize, place: &mut [u8]) -> Option<()> {
        let text = match self {
            Self::File(bytes) => return write_base64(bytes, at, place),
            Self::Base64(text) => text.as_bytes(),
            Self::Url(url) => url.as_bytes(),
        };
        place.copy_from_slice(text.get(at..)?.get(..place.len())?);
        Some(())
    }
}

/// Writes the base64 of `bytes` from character `at` on: the end of a group of four, then whole groups directly into the
/// place, then the beginning of a group.
fn write_base64(bytes: &[u8], at: usize, place: &mut [u8]) -> Option<()> {
    let (cut, first) = (at % 4, at / 4);
    let in_first = if cut == 0 {
        0
    } else {
        4_usize.checked_sub(cut)?
    };
    let (front, place) = place.split_at_mut_checked(in_first.min(place.len()))?;
    if !front.is_empty() {
        front.copy_from_slice(group(bytes, first)?.get(cut..)?.get(..front.len())?);
    }

    let first = first.checked_add(usize::from(cut != 0))?;
    let (groups, back) = place.as_chunks_mut::<4>();
    let end = first.checked_add(groups.len())?;
    let first_byte = first.checked_mul(3)?.min(bytes.len());
    let last_byte = end.checked_mul(3)?.min(bytes.len());
    let whole = groups.as_flattened_mut();
    let written = base64::encode_into(bytes.get(first_byte..last_byte)?, whole)?;
    if written != whole.len() {
        return None;
    }
    if !back.is_empty() {
        back.copy_from_slice(group(bytes, end)?.get(..back.len())?);
    }
    Some(())
}

/// Group `index` of four characters of the base64 of `bytes`.
fn group(bytes: &[u8], index: usize) -> Option<[u8; 4]> {
    let rest = bytes.get(index.checked_mul(3)?..)?;
    let mut group = [0; 4];
    let written = base64::encode_into(rest.get(..rest.len().min(3))?, &mut group)?;
    (written == group.len()).then_some(group)
}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.file_len() {
            Some(bytes) => write!(f, "Image({bytes} bytes)"),
            None => f.write_str("Image(a URL)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base64(image: &Image) -> &str {
        match &*image.0 {
            Source::Base64(text) => text,
            _ => panic!("not base64"),
        }
    }

    /// One pixel.
    const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    #[test]
    fn prefix_and_line_breaks_are_stripped() {
        let (front, back) = PNG.split_at(20);
        for text in [
            PNG.to_owned(),
            format!(" {front}\r\n{back} \n"),
            format!("data:image/png;base64,{PNG}"),
            format!("DATA:;base64,{front}\n{back}"),
        ] {
            let image = Image::from_base64(&text).unwrap();
            assert_eq!(base64(&image), PNG, "{text:?}");
            assert_eq!(image.file_len(), Some(70));
        }
    }

    /// Every door looks at what comes in; one does not, and says so.
    #[test]
    #[cfg(not(miri))] // which runs no files
    fn s12_what_is_no_picture_is_refused_by_name() {
        let png = wire::decode(PNG).unwrap();
        let html = b"<!DOCTYPE html><title>please sign in</title>";
        for (bytes, words) in [
            (&html[..], "HTML"),
            (PNG.as_bytes(), "Base64"),
            (b"-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMG", "key"),
            (b"%PDF-1.7\n", "PDF"),
            (b"just words", "text"),
            (&png[..60], "cut short"),
        ] {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), bytes).unwrap();
            for refused in [
                Image::from_bytes(bytes),
                Image::from_path(file.path()),
                Image::from_base64(&base64::encode(bytes)),
            ] {
                let error = refused.unwrap_err();
                assert_eq!(error.kind(), crate::error::ErrorKind::Input);
                let said = error.to_string();
                assert!(said.contains(words) && !said.contains("MIGH"), "{said}");
            }
            assert!(Image::from_bytes_unchecked(bytes).is_ok());
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &*png).unwrap();
        assert!(Image::from_path(file.path()).is_ok());
        assert!(Image::from_bytes(png.to_vec()).is_ok());
    }

    /// From every character to every other: what is written is that part of the library's base64.
    #[test]
    fn base64_can_be_written_from_anywhere() {
        for len in 1..20_u8 {
            let bytes: Vec<u8> = (0..len).map(|at| at.wrapping_mul(37)).collect();
            let image = Image::from_bytes_unchecked(bytes.clone()).unwrap();
            let whole = base64::encode(&bytes);
            for start in 0..=whole.len() {
                for end in start..=whole.len() {
                    let mut place = vec![0; end - start];
                    image.0.write_text(start, &mut place).expect("in range");
                    let label = format!("{len} bytes, {start}..{end}");
                    assert_eq!(place, whole.as_bytes()[start..end], "{label}");
                }
                let mut beyond = vec![0; whole.len() - start + 1];
                assert_eq!(
                    image.0.write_text(start, &mut beyond),
                    None,
                    "{len}, {start}"
                );
            }
        }
    }

    #[test]
    fn a_url_may_be_http_or_https() {
        for url in ["http://h/a.jpg", "https://h:8443/a%20b?c=d&e", "HTTPS://H"] {
            let image = Image::from_url(url).unwrap();
            assert_eq!((image.file_len(), image.0.text_len()), (None, url.len()));
        }
    }

    #[test]
    fn what_is_not_an_image_is_refused() {
        for text in [
            "",
            "data:image/png;base64,",
            "data:image/png,abcd",
            "data:image/png;base64",
            "A",
            "AB-_",
        ] {
            assert!(Image::from_base64(text).is_err(), "{text:?} was taken");
        }
        for url in [
            "",
            "/a.jpg",
            "file:///etc/passwd",
            "ftp://h/a",
            "https://",
            "https://h/\na",
            "https://h/图",
            "https://h/a\"b",
            "https://h/a\\b",
        ] {
            assert!(Image::from_url(url).is_err(), "{url:?} was taken");
        }
        assert!(Image::from_bytes([]).is_err());
        assert!(Image::from_bytes_unchecked([]).is_err());
        assert!(Image::from_path(Path::new("/no/such/file")).is_err());
    }
}
