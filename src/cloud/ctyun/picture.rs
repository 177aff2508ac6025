//! Request bodies with pictures in base64.
//!
//! Source: the product's pages 10022645 (50 pictures of 10 MB), 10022648, 10048693 and 10048698 (7 MB); public scripts
//! for general text. The pages call for "safe base64" and show the URL-safe alphabet; the vendor's own sample programs
//! send the standard one. It is not public which of them the service needs, or whether it accepts both.

use crate::cloud::image::{Image, Source};
use crate::error::{Error, ErrorKind};
use cardseal_crypto::Wiped;

/// The maximum number of pictures in one request.
const MOST_PICTURES: usize = 50;

/// The maximum number of characters of one picture in a list: 10 MB.
const MOST_LISTED: usize = 10 << 20;

/// The maximum number of characters of a licence's picture: 7 MB.
const MOST_LICENSE: usize = 7 << 20;

/// The base64 alphabet of pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Alphabet {
    /// Standard base64 (RFC 4648 §4), as in the vendor's sample programs.
    #[default]
    Standard,
    /// URL-safe base64 with padding (RFC 4648 §5), as in the examples of the vendor's pages.
    UrlSafe,
}

/// `{"data":["…","…"]}`.
pub(super) fn list(images: &[Image], alphabet: Alphabet) -> Result<Wiped, Error> {
    if images.is_empty() || images.len() > MOST_PICTURES {
        return Err(Error::input(format!(
            "there are {} pictures, and a request may have 1 to {MOST_PICTURES}",
            images.len()
        )));
    }
    for image in images {
        check(image, MOST_LISTED)?;
    }
    let texts = images.iter().map(|image| image.0.text_len());
    let len = texts.fold(32_usize, |len, text| {
        len.saturating_add(text).saturating_add(3)
    });
    let mut body = Wiped::new(Vec::with_capacity(len));
    let mut before: &[u8] = b"{\"data\":[";
    for image in images {
        body.extend_from_slice(before);
        push(&mut body, &image.0, alphabet)?;
        before = b",";
    }
    body.extend_from_slice(b"]}");
    Ok(body)
}

/// `{"Action":"…","ImageData":"…"}`.
pub(super) fn license(action: &str, image: &Image, alphabet: Alphabet) -> Result<Wiped, Error> {
    check(image, MOST_LICENSE)?;
    let action = serde_json::to_string(action)
        .map_err(|_| Error::new(ErrorKind::Bug, "the action cannot be written as JSON"))?;
    let len = image.0.text_len().saturating_add(action.len());
    let mut body = Wiped::new(Vec::with_capacity(len.saturating_add(32)));
    body.extend_from_slice(b"{\"Action\":");
    body.extend_from_slice(action.as_bytes());
    body.extend_from_slice(b",\"ImageData\":");
    push(&mut body, &image.0, alphabet)?;
    body.push(b'}');
    Ok(body)
}

fn check(image: &Image, most: usize) -> Result<(), Error> {
    if let Source::Url(_) = *image.0 {
        return Err(Error::input(
            "this cloud accepts no image URL; give the image itself",
        ));
    }
    let characters = image.0.text_len();
    if characters <= most {
        return Ok(());
    }
    Err(Error::input(format!(
        "the image has {characters} characters of base64, but the limit is {most}; make it smaller"
    )))
}

/// The picture as a JSON string; base64 needs no escaping.
fn push(body: &mut Wiped, image: &Source, alphabet: Alphabet) -> Result<(), Error> {
    let bug = || Error::new(ErrorKind::Bug, "the image does not fit its place");
    body.push(b'"');
    let start = body.len();
    let end = start.saturating_add(image.text_len());
    body.resize(end, 0);
    let place = body.get_mut(start..end).ok_or_else(bug)?;
    image.write_text(0, place).ok_or_else(bug)?;
    if alphabet == Alphabet::UrlSafe {
        for byte in place {
            match byte {
                b'+' => *byte = b'-',
                b'/' => *byte = b'_',
                _ => {}
            }
        }
    }
    body.push(b'"');
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(bytes: &[u8]) -> Image {
        Image::from_bytes_unchecked(bytes).unwrap()
    }

    fn text(body: &Wiped) -> &str {
        core::str::from_utf8(body).unwrap()
    }

    /// The start of a JPEG, which has both characters in which the alphabets differ.
    const JPEG: &[u8] = &[0xff, 0xd8, 0xff, 0xe0, 0xfb, 0xef, 0xbe];

    #[test]
    fn bodies_in_both_alphabets() {
        let pictures = [image(JPEG), image(b"hello")];
        for (alphabet, listed) in [
            (
                Alphabet::Standard,
                r#"{"data":["/9j/4Pvvvg==","aGVsbG8="]}"#,
            ),
            (Alphabet::UrlSafe, r#"{"data":["_9j_4Pvvvg==","aGVsbG8="]}"#),
        ] {
            assert_eq!(text(&list(&pictures, alphabet).unwrap()), listed);
        }
        let plus = Image::from_bytes_unchecked([0xfb, 0xef, 0xbe]).unwrap();
        assert_eq!(
            text(&license("A\"b", &plus, Alphabet::UrlSafe).unwrap()),
            r#"{"Action":"A\"b","ImageData":"----"}"#
        );
    }

    #[test]
    fn what_is_too_much_is_refused_and_the_most_is_taken() {
        let many = |count: usize| -> Vec<Image> { (0..count).map(|_| image(b"abc")).collect() };
        assert!(list(&[], Alphabet::Standard).is_err());
        assert!(list(&many(MOST_PICTURES), Alphabet::Standard).is_ok());
        assert!(list(&many(MOST_PICTURES + 1), Alphabet::Standard).is_err());

        for (most, body) in [
            (MOST_LISTED, list as fn(&[Image], Alphabet) -> _),
            (MOST_LICENSE, |images: &[Image], alphabet| {
                license("A", &images[0], alphabet)
            }),
        ] {
            let fits = vec![7; most / 4 * 3];
            let too_large = vec![7; most / 4 * 3 + 1];
            assert!(body(&[image(&fits)], Alphabet::Standard).is_ok());
            let error = body(&[image(&too_large)], Alphabet::Standard).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Input);
            assert!(error.message().contains("make it smaller"), "{error}");
        }
        let url = Image::from_url("https://example.com/a.jpg").unwrap();
        assert!(list(&[url], Alphabet::Standard).is_err());
    }
}
