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
    matches!(inside(der), Some([0x02, 0x01, 0x00 | 0x01, ..]))
}

/// Whether a private key starts at any of these bytes.
pub(super) fn private_key_starts_in(bytes: &[u8]) -> bool {
    (0..bytes.len()).any(|place| bytes.get(place..).is_some_and(starts_a_private_key))
}

/// Whether these bytes are a public key or a certificate by their first members: a list of an algorithm or of facts, or a
/// modulus.
pub(super) fn is_public(der: &[u8]) -> bool {
    !matches!(of(der), Some(Kind::Private))
        && matches!(
            inside(der),
            Some([0x30, ..] | [0x02, 0x41..=0x7f | 0x81 | 0x82, ..])
        )
}

/// How many bytes a public key or a certificate has that they start with; none if they start with neither, or with a part
/// of one.
pub(super) fn public_end(bytes: &[u8]) -> usize {
    let rest = SliceReader::new(bytes).and_then(|mut reader| {
        AnyRef::decode(&mut reader)?;
        usize::try_from(reader.position())
    });
    rest.ok().filter(|_| is_public(bytes)).unwrap_or_default()
}

/// Whether these bytes start with a private key, whatever comes after. It asks for more than [`of`], because a public key
/// or a certificate is searched at every place: there, a number 0 or 1 alone may be a version or a serial number.
pub(super) fn starts_a_private_key(bytes: &[u8]) -> bool {
    match inside(bytes) {
        // PKCS#1: the version, and a long number.
        Some([0x02, 0x01, 0x00 | 0x01, 0x02, 0x81 | 0x82, ..]) => true,
        // SEC 1: the version, and a scalar of 16 to 66 bytes.
        Some([0x02, 0x01, 0x01, 0x04, 0x10..=0x42, ..]) => true,
        // PKCS#12: the version, 3, and a content.
        Some([0x02, 0x01, 0x03, 0x30, 0x80..=0x82, ..]) => true,
        // PKCS#8: the version, an algorithm, and the key in an OCTET STRING.
        Some([0x02, 0x01, 0x00 | 0x01, rest @ ..]) => algorithm_and_octets(rest),
        // PKCS#8, encrypted: an algorithm of PKCS#5 or PKCS#12, and an OCTET STRING.
        Some(
            rest @ [
                0x30,
                _,
                0x06,
                _,
                0x2a,
                0x86,
                0x48,
                0x86,
                0xf7,
                0x0d,
                0x01,
                0x05 | 0x0c,
                ..,
            ],
        ) => algorithm_and_octets(rest),
        _ => false,
    }
}

/// An AlgorithmIdentifier and the tag of an OCTET STRING after it. Where that is cut off, the algorithm must be one of
/// keys: the parameters of a curve and an old certificate begin the same.
fn algorithm_and_octets(bytes: &[u8]) -> bool {
    match bytes {
        [0x30, len @ 0..=0x7f, algorithm @ ..] => match algorithm.get(usize::from(*len)) {
            Some(tag) => *tag == 0x04 && algorithm.first() == Some(&0x06),
            None => is_key_algorithm(algorithm),
        },
        _ => false,
    }
}

/// Whether an OBJECT IDENTIFIER is of RSA keys, curves, DSA, Edwards curves, or a password's.
fn is_key_algorithm(oid: &[u8]) -> bool {
    let rsa_pkcs = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01];
    let x962 = [0x06, 0x07, 0x2a, 0x86, 0x48, 0xce];
    match oid.strip_prefix(&rsa_pkcs).or(oid.strip_prefix(&x962)) {
        // rsaEncryption, RSAES-OAEP, RSASSA-PSS; PKCS#5; id-ecPublicKey; DSA.
        Some([0x01, 0x01 | 0x07 | 0x0a, ..] | [0x05, ..] | [0x3d, 0x02, ..] | [0x38, 0x04, ..]) => {
            true
        }
        Some(_) => false,
        None => matches!(
            oid,
            // SM2's curve as the algorithm; PKCS#12; X25519 to Ed448.
            [0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, ..]
                | [0x06, _, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, ..]
                | [0x06, 0x03, 0x2b, 0x65, ..]
        ),
    }
}

/// What follows the head of a SEQUENCE, also of a truncated one.
fn inside(der: &[u8]) -> Option<&[u8]> {
    match der {
        [0x30, 0x82, _, _, inside @ ..] | [0x30, 0x81, _, inside @ ..] => Some(inside),
        [0x30, 0..=0x7f, inside @ ..] => Some(inside),
        _ => None,
    }
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
