//! SM2 keys with SM2's own OID as their algorithm (1.2.156.10197.1.301), where RFC 5480 has id-ecPublicKey: OpenSSL 3.0 and
//! 3.1, TPMs and GM/T 0015-2023 write them so. The curve beside it is SM2's, by name.

use pkcs8::der::Document;
use pkcs8::{EncodePublicKey, ObjectIdentifier, PrivateKeyInfoRef, SecretDocument};

const SM2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.301");

/// SubjectPublicKeyInfo with this algorithm, up to the 65 bytes of the point.
const SPKI_HEAD: [u8; 27] = [
    0x30, 0x5a, 0x30, 0x14, 0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d, 0x06, 0x08,
    0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d, 0x03, 0x42, 0x00,
];
const POINT: usize = 65;

/// A private key as PKCS#8; `Err` if it is anything else.
pub(super) fn read(pem: &str) -> Result<sm2::SecretKey, pkcs8::Error> {
    let (label, document) = SecretDocument::from_pem(pem)?;
    let info = PrivateKeyInfoRef::try_from(document.as_bytes())?;
    let curve = info
        .algorithm
        .parameters
        .and_then(|curve| curve.decode_as::<ObjectIdentifier>().ok());
    if label != "PRIVATE KEY" || info.algorithm.oid != SM2 || curve != Some(SM2) {
        return Err(pkcs8::Error::KeyMalformed(pkcs8::KeyError::Invalid));
    }
    sm2::SecretKey::from_sec1_der(info.private_key.as_bytes())
        .map_err(|_| pkcs8::Error::KeyMalformed(pkcs8::KeyError::Invalid))
}

/// Whether this text is the public half in that form.
pub(super) fn is_public_half(text: &str, key: &sm2::SecretKey) -> bool {
    let Ok(spki) = key.public_key().to_public_key_der() else {
        return false;
    };
    let theirs = Document::from_pem(text.trim()).ok();
    theirs
        .zip(spki.as_bytes().last_chunk::<POINT>())
        .is_some_and(|((label, theirs), point)| {
            label == "PUBLIC KEY" && theirs.as_bytes() == [&SPKI_HEAD[..], &point[..]].concat()
        })
}
