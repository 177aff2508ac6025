//! Strict standard base64 with padding (RFC 4648 §4); uses SIMD if the processor has it.

use ::base64::Engine;

use crate::Wiped;

#[cfg(any(
    target_arch = "x86_64",
    all(target_arch = "aarch64", target_feature = "neon")
))]
static BASE64: std::sync::LazyLock<::base64::engine::Simd> = std::sync::LazyLock::new(|| {
    ::base64::engine::Simd::standard(::base64::engine::general_purpose::PAD)
});

/// The fallback if the library has no SIMD for the architecture.
#[cfg(not(any(
    target_arch = "x86_64",
    all(target_arch = "aarch64", target_feature = "neon")
)))]
use ::base64::engine::general_purpose::STANDARD as BASE64;

/// Encodes `bytes`.
pub fn encode(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// Encodes to the front of `out`. Returns the number of characters, or `None` if they do not fit.
pub fn encode_into(bytes: &[u8], out: &mut [u8]) -> Option<usize> {
    BASE64.encode_slice(bytes, out).ok()
}

/// Appends the encoded bytes to `out`. `None` only if the base64 library fails, which does not happen with a buffer of
/// the right size.
pub fn append(bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let start = out.len();
    out.resize(start.saturating_add(encoded_len(bytes.len())), 0);
    encode_into(bytes, out.get_mut(start..)?).map(drop)
}

/// The length of the base64 of `bytes` bytes, in characters.
pub fn encoded_len(bytes: usize) -> usize {
    bytes.div_ceil(3).saturating_mul(4)
}

/// Decodes the standard alphabet with canonical padding, without whitespace or stray bits; `None` for anything else.
pub fn decode(text: impl AsRef<[u8]>) -> Option<Wiped> {
    let text = text.as_ref();
    let mut bytes = Wiped::new(Vec::with_capacity(room_for(text.len())));
    for piece in pieces(text) {
        append_decoded(piece, &mut bytes)?;
    }
    Some(bytes)
}

/// The capacity that [`append_decoded`] needs for all pieces of a text of this many characters, in bytes.
pub fn room_for(characters: usize) -> usize {
    characters.div_ceil(4).saturating_mul(3)
}

/// A text in pieces that are decoded by themselves, small enough for the first-level cache. Each but the last makes
/// 12,288 bytes.
pub fn pieces(text: &[u8]) -> impl Iterator<Item = Piece<'_>> {
    let mut left = text.chunks(PIECE);
    core::iter::from_fn(move || {
        let text = left.next()?;
        Some(Piece {
            text,
            is_last: left.len() == 0,
        })
    })
}

/// A part of a base64 text.
pub struct Piece<'t> {
    text: &'t [u8],
    is_last: bool,
}

/// Characters of a piece: its bytes are whole blocks of every cipher.
const PIECE: usize = 16 * 1024;

/// Appends the bytes of the next piece; `None` if the text is not as [`decode`] wants it.
pub fn append_decoded(piece: Piece<'_>, bytes: &mut Wiped) -> Option<()> {
    let before = bytes.len();
    BASE64.decode_vec(piece.text, bytes).ok()?;
    // Padding ends a text.
    let added = bytes.len().checked_sub(before)?;
    (piece.is_last || added == room_for(PIECE)).then_some(())
}

/// [`decode`] of at most `N` bytes, on the stack: of an IV, of a tag. The bytes, and how many they are.
pub fn decode_short<const N: usize>(text: impl AsRef<[u8]>) -> Option<([u8; N], usize)> {
    let mut bytes = [0; N];
    // The library wants room for the padding as well.
    let mut room = [0; SHORT];
    let len = BASE64.decode_slice(text.as_ref(), &mut room).ok()?;
    bytes.get_mut(..len)?.copy_from_slice(room.get(..len)?);
    Some((bytes, len))
}

/// More than any IV, tag or block has, in bytes.
const SHORT: usize = 48;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_strict() {
        for loose in [
            "AB==", "QUJ=", "AA", "QUJD\n", " QUJD", "QUJ_", "QUJD=", "QUJD====", "=",
        ] {
            assert!(decode(loose).is_none(), "{loose:?} was taken");
        }
        assert_eq!(decode("QUJD").unwrap().as_slice(), b"ABC");
        assert_eq!(decode("").unwrap().as_slice(), b"");
    }

    #[test]
    fn what_is_short_is_decoded_alike() {
        for len in 0..=20 {
            let bytes: Vec<u8> = (0..len).collect();
            let decoded = decode_short::<16>(&encode(&bytes));
            match decoded {
                Some((decoded, count)) => assert_eq!(decoded[..count], bytes),
                None => assert!(len > 16),
            }
            assert_eq!(decoded.is_some(), len <= 16, "{len}");
        }
        for loose in ["AB==", "QUJ=", "AA", "QUJD\n", " QUJD", "QUJ_", "="] {
            assert!(decode_short::<16>(loose).is_none(), "{loose:?} was taken");
        }
        assert!(decode_short::<16>(&"A".repeat(400)).is_none());
    }

    #[test]
    fn the_length_formula_is_the_encoded_length() {
        for len in 0..50 {
            assert_eq!(encode(&vec![0; len]).len(), encoded_len(len));
        }
    }

    /// As the library's usual decoder takes it, whatever stands where in a piece.
    #[test]
    fn pieces_are_as_strict_as_the_whole() {
        use ::base64::engine::general_purpose::STANDARD;
        let bytes: Vec<u8> = (0..3 * PIECE).map(|at| (at * 7 + at / 251) as u8).collect();
        let compare = |text: &[u8]| {
            let decoded = decode(text).map(|bytes| bytes.to_vec());
            assert_eq!(
                decoded,
                STANDARD.decode(text).ok(),
                "{} characters",
                text.len()
            );
            decoded.is_some()
        };
        let room = room_for(PIECE);
        for len in [
            0,
            1,
            2,
            3,
            48,
            room - 1,
            room,
            room + 1,
            room + 2,
            2 * room,
            2 * room + 1,
        ] {
            let text = STANDARD.encode(&bytes[..len]).into_bytes();
            assert!(compare(&text));
            let ends = (0..5).chain(text.len().saturating_sub(5)..text.len());
            for at in ends
                .chain(PIECE - 5..PIECE + 5)
                .chain(2 * PIECE - 5..2 * PIECE + 5)
            {
                if at >= text.len() {
                    continue;
                }
                for byte in *b"A/=-_ \n\0\xff" {
                    let mut changed = text.clone();
                    changed[at] = byte;
                    compare(&changed);
                }
                compare(&text[..at]);
            }
        }
    }
}
