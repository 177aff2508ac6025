//! The kind of a file, by its first bytes. File names are ignored, because phones and mail programs get them wrong.

use crate::bytes::part;

/// The kind of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// Windows bitmap.
    Bmp,
    /// GIF.
    Gif,
    /// WebP.
    WebP,
    /// TIFF.
    Tiff,
    /// HEIC or HEIF, as phones write it.
    Heic,
    /// AVIF.
    Avif,
    /// PDF.
    Pdf,
    /// HTML: often an error page saved under a picture's name.
    Html,
    /// A key or certificate: PEM, an OpenSSH key, or the Base64 of PEM.
    Key,
    /// A picture in Base64, with or without `data:` before it.
    Base64Text,
    /// Other text.
    Text,
    /// No bytes at all.
    Empty,
    /// None of these.
    Unknown,
}

impl Kind {
    /// Its name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Bmp => "BMP",
            Self::Gif => "GIF",
            Self::WebP => "WebP",
            Self::Tiff => "TIFF",
            Self::Heic => "HEIC",
            Self::Avif => "AVIF",
            Self::Pdf => "PDF",
            Self::Html => "HTML",
            Self::Key => "a key or certificate",
            Self::Base64Text => "Base64 text",
            Self::Text => "text",
            Self::Empty => "an empty file",
            Self::Unknown => "something unknown",
        }
    }

    /// Its name in reports: `jpeg`, `png`, `bmp`, `gif`, `webp`, `tiff`, …
    pub fn id(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Bmp => "bmp",
            Self::Gif => "gif",
            Self::WebP => "webp",
            Self::Tiff => "tiff",
            Self::Heic => "heic",
            Self::Avif => "avif",
            Self::Pdf => "pdf",
            Self::Html => "html",
            Self::Key => "key",
            Self::Base64Text => "base64",
            Self::Text => "text",
            Self::Empty => "empty",
            Self::Unknown => "unknown",
        }
    }

    /// Whether the service accepts it unchanged: PNG, JPEG and BMP.
    pub fn is_taken(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Bmp)
    }

    /// Whether `cardseal-prepare` reads it.
    pub fn is_readable(self) -> bool {
        self.is_taken() || matches!(self, Self::Gif | Self::WebP | Self::Tiff)
    }

    /// How to get a picture that the service accepts from a file of this kind.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Jpeg | Self::Png | Self::Bmp => "it can be sent as it is",
            Self::Gif | Self::WebP | Self::Tiff => {
                "`cardseal prepare`, or --fit, converts it to JPEG or PNG"
            }
            Self::Heic => {
                "export it as JPEG (on an iPhone: Settings, Camera, Formats, Most Compatible), or convert it with \
                 heif-convert"
            }
            Self::Avif => "export it as JPEG, or convert it with avifdec",
            Self::Pdf => "convert its page to a picture, for example with `pdftoppm -r 200 -jpeg`",
            Self::Html => {
                "it may be an error page of the site it came from: fetch the picture again"
            }
            Self::Key => "name the picture's file; nothing of it was read further",
            Self::Base64Text => "decode it first, as with `base64 -d`, without `data:…,` before it",
            Self::Text | Self::Empty | Self::Unknown => "name a file that holds a picture",
        }
    }
}

/// Detects the kind of a file. Its first kilobyte is enough.
pub fn sniff(bytes: &[u8]) -> Kind {
    match bytes {
        [] => Kind::Empty,
        [0xFF, 0xD8, 0xFF, ..] => Kind::Jpeg,
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Kind::Png,
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Kind::Gif,
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Kind::WebP,
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => Kind::Tiff,
        [b'%', b'P', b'D', b'F', b'-', ..] => Kind::Pdf,
        [b'B', b'M', ..] if is_bmp(bytes) => Kind::Bmp,
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => brand(bytes),
        _ => text(bytes),
    }
}

/// A bitmap's two letters are not enough: also check the length of its second header.
fn is_bmp(bytes: &[u8]) -> bool {
    let Some(length) = crate::bytes::le32(bytes, 14) else {
        return bytes.len() < 18 && !bytes.is_ascii();
    };
    matches!(length, 12 | 16 | 40 | 52 | 56 | 64 | 108 | 124)
}

/// HEIC and AVIF share a container with videos; the brands at its beginning tell them apart.
fn brand(bytes: &[u8]) -> Kind {
    let length = crate::bytes::be32(bytes, 0).map_or(0, |length| length as usize);
    let brands = bytes
        .get(8..length.clamp(8, bytes.len().max(8)).min(256))
        .unwrap_or_default();
    let has = |names: &[&[u8]]| brands.chunks_exact(4).any(|brand| names.contains(&brand));
    if has(&[b"avif", b"avis"]) {
        Kind::Avif
    } else if has(&[
        b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1",
    ]) {
        Kind::Heic
    } else {
        Kind::Unknown
    }
}

fn text(bytes: &[u8]) -> Kind {
    let head = part(bytes, 0, bytes.len().min(1024)).unwrap_or_default();
    let head = head
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(head)
        .trim_ascii();
    let says = |word: &[u8]| {
        head.windows(word.len())
            .any(|window| window.eq_ignore_ascii_case(word))
    };
    let begins = |word: &[u8]| {
        head.get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    if says(b"-----BEGIN ") || begins(b"LS0tLS1CRUdJTi") || begins(b"ssh-") {
        return Kind::Key;
    }
    if begins(b"<!doctype html") || begins(b"<html") || (begins(b"<") && says(b"<html")) {
        return Kind::Html;
    }
    let base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=-_\r\n".contains(byte);
    let is_picture = [
        &b"/9j/"[..],
        b"iVBORw0KGgo",
        b"Qk",
        b"R0lGOD",
        b"UklGR",
        b"SUkqA",
        b"TU0AK",
        b"JVBER",
    ]
    .iter()
    .any(|start| head.starts_with(start));
    if begins(b"data:")
        || (head.len() >= 16 && head.iter().all(base64) && (is_picture || head.len() >= 256))
    {
        return Kind::Base64Text;
    }
    // A character may be truncated at the end of the kilobyte.
    let is_text = match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none() && error.valid_up_to() > 0,
    };
    let is_plain = |byte: &u8| *byte >= 0x20 || b"\t\r\n\x0C".contains(byte);
    if is_text && head.iter().all(is_plain) && !head.is_empty() {
        Kind::Text
    } else {
        Kind::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_tell_what_a_file_is() {
        let heic = b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic";
        let cases: &[(&[u8], Kind)] = &[
            (b"", Kind::Empty),
            (b"\xFF\xD8\xFF\xE0", Kind::Jpeg),
            (b"\x89PNG\r\n\x1a\n", Kind::Png),
            (b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", Kind::Bmp),
            (b"GIF89a", Kind::Gif),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Kind::WebP),
            (b"II*\0\x08\0\0\0", Kind::Tiff),
            (b"MM\0*\0\0\0\x08", Kind::Tiff),
            (heic, Kind::Heic),
            (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1", Kind::Avif),
            (b"\0\0\0\x18ftypisom\0\0\0\0isomavc1", Kind::Unknown),
            (b"%PDF-1.7", Kind::Pdf),
            (b"\n<!DOCTYPE HTML><title>404</title>", Kind::Html),
            (b"<?xml version='1.0'?><html>", Kind::Html),
            (b"-----BEGIN RSA PRIVATE KEY-----\n", Kind::Key),
            (b"LS0tLS1CRUdJTiBQVUJMSUMgS0VZLS0tLS0K", Kind::Key),
            (b"ssh-ed25519 AAAA", Kind::Key),
            (b"/9j/4AAQSkZJRgABAQAAAQABAAD/", Kind::Base64Text),
            (b"data:image/jpeg;base64,/9j/4AAQ", Kind::Base64Text),
            ("身份证".as_bytes(), Kind::Text),
            (b"BMW is a car maker and no bitmap", Kind::Text),
            (b"\0\x01\x02\x03", Kind::Unknown),
        ];
        for (bytes, kind) in cases {
            assert_eq!(sniff(bytes), *kind, "{:?}", String::from_utf8_lossy(bytes));
        }
    }
}
