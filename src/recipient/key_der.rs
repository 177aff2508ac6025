//! From DER to the parts of a public key: PKCS#1 (RFC 8017 A.1.1) and SubjectPublicKeyInfo (RFC 5280 4.1.2.7,
//! RFC 5480 for the curve). Strict DER by the library; the parts are checked before anybody is handed them.

use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Decode, ErrorKind as DerErrorKind, Reader, SliceReader, Tag, Tagged};
use spki::SubjectPublicKeyInfoRef;

use super::key_text::Label;
use super::{rsa_validation, sm2_point};
use crate::error::KeyRejected;

/// rsaEncryption, RFC 8017 A.1.
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// id-ecPublicKey, RFC 5480 2.1.1.
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
/// sm2p256v1, GM/T 0006.
const SM2_CURVE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.301");

/// The parts of a public key, checked.
pub(crate) enum KeyForm<'a> {
    /// Big-endian, without zero bytes in front.
    Rsa {
        modulus: &'a [u8],
        exponent: &'a [u8],
    },
    /// A point of the SM2 curve in SEC 1 encoding.
    Ec { point: &'a [u8] },
}

/// Parses DER and checks the key in it. Where PEM named a label, the content must be what the label says.
pub(super) fn parse(der: &[u8], label: Option<Label>) -> Result<KeyForm<'_>, KeyRejected> {
    let form = read(der, label)?;
    match form {
        KeyForm::Rsa { modulus, exponent } => {
            let checked = rsa_validation::check(modulus, exponent)?;
            let modulus = checked.modulus();
            Ok(KeyForm::Rsa { modulus, exponent })
        }
        KeyForm::Ec { point } => sm2_point::check(point).map(|_| form),
    }
}

fn read(der: &[u8], label: Option<Label>) -> Result<KeyForm<'_>, KeyRejected> {
    check_outer(der)?;
    match label {
        Some(Label::Pkcs1) => pkcs1(der),
        Some(Label::Spki) => spki(der),
        // Unlabelled: the first thing inside tells. PKCS#1 begins with the modulus, SPKI with a SEQUENCE.
        None => match first_inside(der)? {
            Tag::Integer => pkcs1(der),
            _ => spki(der),
        },
    }
}

/// One SEQUENCE, nothing after it, and no private key inside.
fn check_outer(der: &[u8]) -> Result<(), KeyRejected> {
    let mut reader = SliceReader::new(der).map_err(|_| KeyRejected::Malformed)?;
    let outer = AnyRef::decode(&mut reader).map_err(|_| KeyRejected::Malformed)?;
    if outer.tag() != Tag::Sequence {
        return Err(KeyRejected::Malformed);
    }
    if !reader.is_finished() {
        return Err(KeyRejected::TrailingBytes);
    }
    // PKCS#8, PKCS#1 and SEC 1 private keys all begin with a version number, 0 or 1. A modulus is never that.
    if matches!(outer.value(), [0x02, 0x01, 0x00 | 0x01, ..]) {
        return Err(KeyRejected::PrivateKey);
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
        // RFC 8017 A.1: the parameters of rsaEncryption are NULL.
        RSA if parameters.is_some_and(|any| any.is_null()) => {
            check_outer(key)?;
            pkcs1(key)
        }
        RSA => Err(KeyRejected::Malformed),
        EC => {
            check_curve(parameters)?;
            Ok(KeyForm::Ec { point: key })
        }
        _ => Err(KeyRejected::UnknownAlgorithm),
    }
}

/// RFC 5480 2.1.1: a named curve is an OID, spelt-out parameters are a SEQUENCE, an inherited curve is NULL.
fn check_curve(parameters: Option<AnyRef<'_>>) -> Result<(), KeyRejected> {
    let parameters = parameters.ok_or(KeyRejected::OtherCurve)?;
    if parameters.tag() == Tag::Sequence {
        return Err(KeyRejected::ExplicitCurve);
    }
    match parameters.decode_as::<ObjectIdentifier>() {
        Ok(SM2_CURVE) => Ok(()),
        _ => Err(KeyRejected::OtherCurve),
    }
}

fn reason(error: &der::Error) -> KeyRejected {
    match error.kind() {
        DerErrorKind::TrailingData { .. } => KeyRejected::TrailingBytes,
        _ => KeyRejected::Malformed,
    }
}
