//! Recognises DER structures that are not public keys, by the tags of their first members.

use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Decode, Reader, SliceReader, Tag, Tagged};

use crate::error::KeyFormat;

pub(super) enum Kind {
    /// It is or contains a private key.
    Private,
    Other(KeyFormat),
}

/// signedData, PKCS#7 and GM/T 0010.
const SIGNED_DATA: [ObjectIdentifier; 2] = [
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2"),
    ObjectIdentifier::new_unwrap("1.2.156.10197.6.1.4.2.2"),
];

/// `None` if it may be a public key or is unknown.
pub(super) fn of(der: &[u8]) -> Option<Kind> {
    if begins_as_private(der) {
        return Some(Kind::Private);
    }
    let outer = members(AnyRef::from_der(der).ok()?)?;
    let tags: Vec<Tag> = outer.iter().map(Tagged::tag).collect();
    match tags.as_slice() {
        // PKCS#12 begins with its version, 3, and a SEQUENCE after it.
        [Tag::Integer, Tag::Sequence, ..] => {
            matches!(outer.first()?.value(), [3]).then_some(Kind::Private)
        }
        // PKCS#8, encrypted.
        [Tag::Sequence, Tag::OctetString] => Some(Kind::Private),
        [Tag::ObjectIdentifier, Tag::ContextSpecific { .. }] => {
            let kind = outer.first()?.decode_as::<ObjectIdentifier>().ok()?;
            SIGNED_DATA
                .contains(&kind)
                .then_some(Kind::Other(KeyFormat::Pkcs7))
        }
        // Something signed: its first members say what.
        [Tag::Sequence, Tag::Sequence, Tag::BitString] => {
            let signed: Vec<Tag> = members(*outer.first()?)?.iter().map(Tagged::tag).collect();
            Some(Kind::Other(match signed.as_slice() {
                [
                    Tag::Integer,
                    Tag::Sequence,
                    Tag::Sequence,
                    Tag::ContextSpecific { .. },
                ] => KeyFormat::CertificateRequest,
                _ => KeyFormat::Certificate,
            }))
        }
        _ => None,
    }
}

/// PKCS#8, PKCS#1 and SEC 1 private keys begin with a version number, 0 or 1; a modulus never has these values. The
/// check does not use the DER library, because a truncated private key is still a private key.
fn begins_as_private(der: &[u8]) -> bool {
    let inside = match der {
        [0x30, 0x82, _, _, inside @ ..] | [0x30, 0x81, _, inside @ ..] => inside,
        [0x30, 0..=0x7f, inside @ ..] => inside,
        _ => return false,
    };
    matches!(inside, [0x02, 0x01, 0x00 | 0x01, ..])
}

/// The members of a SEQUENCE.
fn members(sequence: AnyRef<'_>) -> Option<Vec<AnyRef<'_>>> {
    if sequence.tag() != Tag::Sequence {
        return None;
    }
    let mut inside = SliceReader::new(sequence.value()).ok()?;
    let mut members = Vec::new();
    while !inside.is_finished() {
        members.push(AnyRef::decode(&mut inside).ok()?);
    }
    Some(members)
}
