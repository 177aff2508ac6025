//! A picture in Base64, looked at no further than its first bytes.

use base64::Engine;
use base64::engine::general_purpose::{GeneralPurpose, STANDARD};
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};

/// URL-safe Base64 whose padding may be left out, as it mostly is.
const URL_SAFE_ANY: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The first bytes of PNG, JPEG and BMP files.
pub(crate) const COMMON: &[&[u8]] = &[b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"BM"];

/// [`COMMON`] and both byte orders of TIFF.
pub(crate) const WITH_TIFF: &[&[u8]] = &[
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"BM",
    b"II*\0",
    b"MM\0*",
];

/// Which characters a cloud takes for Base64.
#[derive(Clone, Copy)]
pub(crate) enum Alphabet {
    /// RFC 4648 §4, with padding.
    Standard,
    /// §4 or §5 (`-` and `_`), but not both in one text.
    Either,
}

/// Why a text is no picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotAPicture {
    Base64,
    Format,
}

/// Whether `text` is the Base64 of a file that starts like one of `formats`.
pub(crate) fn check(text: &str, alphabet: Alphabet, formats: &[&[u8]]) -> Result<(), NotAPicture> {
    let decoded = match alphabet {
        Alphabet::Standard => STANDARD.decode(text).ok(),
        Alphabet::Either => STANDARD
            .decode(text)
            .or_else(|_| URL_SAFE_ANY.decode(text))
            .ok(),
    };
    let decoded = decoded.ok_or(NotAPicture::Base64)?;
    let known = formats.iter().any(|magic| decoded.starts_with(magic));
    known.then_some(()).ok_or(NotAPicture::Format)
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::URL_SAFE;

    use super::*;

    #[test]
    fn both_alphabets_where_both_are_taken() {
        let jpeg = b"\xff\xd8\xff\xe0\xfb\xef\xbe\x00";
        let (standard, url) = (STANDARD.encode(jpeg), URL_SAFE.encode(jpeg));
        assert!(standard.contains('/') && url.contains('_'));
        for (text, alphabet, wanted) in [
            (standard.as_str(), Alphabet::Standard, Ok(())),
            (&url, Alphabet::Standard, Err(NotAPicture::Base64)),
            (&standard, Alphabet::Either, Ok(())),
            (&url, Alphabet::Either, Ok(())),
            (url.trim_end_matches('='), Alphabet::Either, Ok(())),
            (
                standard.trim_end_matches('='),
                Alphabet::Either,
                Err(NotAPicture::Base64),
            ),
            ("_9j/", Alphabet::Either, Err(NotAPicture::Base64)),
            ("SUkqAA==", Alphabet::Either, Err(NotAPicture::Format)),
        ] {
            assert_eq!(check(text, alphabet, COMMON), wanted, "{text}");
        }
        assert_eq!(check("SUkqAA==", Alphabet::Standard, WITH_TIFF), Ok(()));
    }
}
