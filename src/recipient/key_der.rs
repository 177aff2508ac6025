//! From DER to the parts of a public key: PKCS#1 (RFC 8017 A.1.1) and SubjectPublicKeyInfo (RFC 5280 4.1.2.7, RFC 5480
//! for the curve). The library parses strict DER; `checks` decides which values are allowed.

use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Decode, ErrorKind as DerErrorKind, Reader, SliceReader, Tag, Tagged};
use spki::SubjectPublicKeyInfoRef;

use super::der_kinds::{self, Kind};
use super::key_text::Label;
use crate::error::{KeyCoding, KeyFormat, KeyRejected};

/// rsaEncryption, RFC 8017 A.1.
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// id-ecPublicKey, RFC 5480 2.1.1.
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
/// sm2p256v1, GM/T 0006: the curve; in some programs' keys also the algorithm.
const SM2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.301");

/// The parts of a public key, not yet checked.
pub(crate) enum KeyForm<'a> {
    /// Big-endian, without sign byte.
    Rsa {
        modulus: &'a [u8],
        exponent: &'a [u8],
    },
    /// A point of the SM2 curve in SEC 1 encoding.
    Ec { point: &'a [u8] },
}

/// Parses DER. If PEM gave a label, the content must match it.
pub(super) fn parse(der: &[u8], label: Option<Label>) -> Result<KeyForm<'_>, KeyRejected> {
    check_outer(der)?;
    // The first member decides: PKCS#1 begins with the modulus, SPKI with a SEQUENCE.
    let (form, content) = match first_inside(der)? {
        Tag::Integer => (pkcs1(der)?, Label::Pkcs1),
        _ => (spki(der)?, Label::Spki),
    };
    if label.is_some_and(|label| label != content) {
        return Err(KeyRejected::label_disagrees(&KeyCoding::der()));
    }
    Ok(form)
}

/// One SEQUENCE, nothing after it, and no known structure that is not a public key.
fn check_outer(der: &[u8]) -> Result<(), KeyRejected> {
    match der_kinds::of(der) {
        Some(Kind::Private) => return Err(KeyRejected::PrivateKey),
        Some(Kind::Other(format)) => {
            return Err(KeyRejected::other_format(format, &KeyCoding::der()));
        }
        None => {}
    }
    let mut reader = SliceReader::new(der).map_err(|_| KeyRejected::Malformed)?;
    let outer = AnyRef::decode(&mut reader).map_err(|_| KeyRejected::Malformed)?;
    if outer.tag() != Tag::Sequence {
        return Err(KeyRejected::Malformed);
    }
    if !reader.is_finished() {
        return Err(KeyRejected::TrailingBytes);
    }
    Ok(())
}

fn first_inside(der: &[u8]) -> Result<Tag, KeyRejected> {
    let outer = AnyRef::from_der(der).map_err(|_| KeyRejected::Malformed)?;
    let mut inside = SliceReader::new(outer.value()).map_err(|_| KeyRejected::Malformed)?;
    let first = AnyRef::decode(&mut inside).map_err(|_| KeyRejected::Malformed)?;
    Ok(first.tag())
}

fn pkcs1(der: &[u8]) -> Result<KeyForm<'_>, KeyRejected> {
    let key = pkcs1::RsaPublicKeyRef::from_der(der).map_err(|error| reason(&error))?;
    Ok(KeyForm::Rsa {
        modulus: key.modulus.as_bytes(),
        exponent: key.public_exponent.as_bytes(),
    })
}

fn spki(der: &[u8]) -> Result<KeyForm<'_>, KeyRejected> {
    let spki = SubjectPublicKeyInfoRef::from_der(der).map_err(|error| reason(&error))?;
    let key = spki
        .subject_public_key
        .as_bytes()
        .ok_or(KeyRejected::Malformed)?;
    let parameters = spki.algorithm.parameters;
    match spki.algorithm.oid {
        // RFC 8017 A.1: the parameters of rsaEncryption are NULL; some programs leave them out.
        RSA if parameters.is_none_or(|any| any.is_null()) => {
            check_outer(key).map_err(within)?;
            let form = pkcs1(key)?;
            match parameters {
                Some(_) => Ok(form),
                None => Err(KeyRejected::other_format(
                    KeyFormat::RsaWithoutNull,
                    &KeyCoding::der(),
                )),
            }
        }
        RSA => Err(KeyRejected::Malformed),
        // SM2's own OID as the algorithm: OpenSSL 3.0 and 3.1, TPMs, and GM/T 0015-2023.
        EC | SM2 => {
            check_curve(parameters)?;
            Ok(KeyForm::Ec { point: key })
        }
        _ => Err(KeyRejected::UnknownAlgorithm),
    }
}

/// A structure of another format within a key converts into nothing.
fn within(reason: KeyRejected) -> KeyRejected {
    match reason {
        KeyRejected::OtherFormat { .. } => KeyRejected::Malformed,
        other => other,
    }
}

/// RFC 5480 2.1.1: a named curve is an OID, spelt-out parameters are a SEQUENCE, an inherited curve is NULL.
fn check_curve(parameters: Option<AnyRef<'_>>) -> Result<(), KeyRejected> {
    let parameters = parameters.ok_or(KeyRejected::OtherCurve)?;
    if parameters.tag() == Tag::Sequence {
        return Err(KeyRejected::explicit_curve(&KeyCoding::der()));
    }
    match parameters.decode_as::<ObjectIdentifier>() {
        Ok(SM2) => Ok(()),
        _ => Err(KeyRejected::OtherCurve),
    }
}

fn reason(error: &der::Error) -> KeyRejected {
    match error.kind() {
        DerErrorKind::TrailingData { .. } => KeyRejected::TrailingBytes,
        _ => KeyRejected::Malformed,
    }
}
