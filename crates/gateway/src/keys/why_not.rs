//! Why a wrapped key cannot be unwrapped, for the log of whoever runs the gateway. The answer never says it, and no such
//! key is used: a service that told its callers would be an oracle.

use rand::rngs::SysRng;
use rsa::traits::PublicKeyParts;
use rsa::{BoxedUint, Oaep, hazmat};
use sha1::Sha1;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::unwrap_key::{self, C1, C3};
use super::{KeyPair, PrivateKey};

/// Bytes before the key in a PKCS#1 v1.5 block, at least: `00 02`, eight of padding, `00`.
const PKCS1_HEAD: usize = 11;

impl KeyPair {
    /// What is wrong with a blob, or with the key of `wanted` bytes that it should hold. `None` where nothing is.
    pub(crate) fn why_not(&self, blob: &[u8], wanted: usize) -> Option<&'static str> {
        match &self.private {
            PrivateKey::Rsa(key) => rsa(key, blob, wanted),
            PrivateKey::Sm2(key) => sm2(key, blob, wanted),
        }
    }
}

fn sm2(key: &sm2::SecretKey, blob: &[u8], wanted: usize) -> Option<&'static str> {
    let Some(point) = blob.get(..C1).and_then(unwrap_key::point) else {
        let with_prefix = [&[0x04], blob].concat();
        let has_lost_it = with_prefix.get(..C1).and_then(unwrap_key::point).is_some();
        let begins_as_asn1 = blob.first() == Some(&0x30) && blob.len() != C1 + C3 + wanted;
        // Of the points without it one in 256 begins as ASN.1 does.
        return Some(match (has_lost_it, begins_as_asn1) {
            (true, _) => "CiphertextBlob: the 04 before C1 is missing",
            (false, true) => {
                "CiphertextBlob: it is SM2 in ASN.1; the service takes the raw bytes 04‖x‖y‖C3‖C2"
            }
            (false, false) => {
                "CiphertextBlob: it does not begin with a point of the SM2 curve; is the key another suite's?"
            }
        });
    };
    let rest = blob.get(C1..).unwrap_or_default();
    let Some((c3, c2)) = rest.split_at_checked(C3) else {
        return Some("CiphertextBlob: it ends within C3");
    };
    if let Some(message) = unwrap_key::decrypt(key, &point, c3, c2) {
        return length(&message, wanted);
    }
    let swapped = rest
        .len()
        .checked_sub(C3)
        .and_then(|at| rest.split_at_checked(at));
    let is_swapped =
        swapped.is_some_and(|(c2, c3)| unwrap_key::decrypt(key, &point, c3, c2).is_some());
    Some(match is_swapped {
        true => "CiphertextBlob: its order is C1C2C3; the service takes C1C3C2 (GB/T 32918.4)",
        false => {
            "CiphertextBlob: C3 does not match; it was wrapped for another public key, or was damaged"
        }
    })
}

fn rsa(key: &rsa::PrivateKey, blob: &[u8], wanted: usize) -> Option<&'static str> {
    if blob.len() != key.size() {
        return Some("CiphertextBlob: it has not the length of the key's modulus");
    }
    let Some(block) = raw(key, blob) else {
        return Some("CiphertextBlob: as a number it is not below the key's modulus");
    };
    if let Some(message) = pkcs1_message(&block) {
        return length(message, wanted);
    }
    let is_oaep = key.decrypt(Oaep::<Sha1>::new(), blob).is_ok()
        || key.decrypt(Oaep::<Sha256>::new(), blob).is_ok();
    Some(match is_oaep {
        true => "CiphertextBlob: its padding is OAEP; the service takes PKCS#1 v1.5",
        false => {
            "CiphertextBlob: its padding is not PKCS#1 v1.5's; it was wrapped for another public key, or otherwise"
        }
    })
}

/// The block as it was padded, as long as the modulus.
fn raw(key: &rsa::PrivateKey, blob: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let number = BoxedUint::from_be_slice(blob, key.n().as_ref().bits_precision()).ok()?;
    // Unblinded: this is no key of anybody's.
    let block = hazmat::rsa_decrypt_and_check(key, None::<&mut SysRng>, &number).ok()?;
    let bytes = Zeroizing::new(block.to_be_bytes().to_vec());
    let start = bytes.len().checked_sub(blob.len())?;
    Some(Zeroizing::new(bytes.get(start..)?.to_vec()))
}

/// What stands behind `00 02`, eight bytes or more that are not zero, and `00`.
fn pkcs1_message(block: &[u8]) -> Option<&[u8]> {
    let padded = block.strip_prefix(&[0, 2])?;
    let end = padded.iter().position(|byte| *byte == 0)?;
    (end + 3 >= PKCS1_HEAD).then(|| padded.get(end + 1..))?
}

/// What is wrong with a key that came out well.
fn length(key: &[u8], wanted: usize) -> Option<&'static str> {
    let is_hex = key.iter().all(u8::is_ascii_hexdigit);
    match key.len() {
        len if len == wanted => None,
        32 if is_hex => Some(
            "CiphertextBlob: what is wrapped is text of 32 hex digits; wrap the 16 bytes that they mean",
        ),
        64 if is_hex => Some(
            "CiphertextBlob: what is wrapped is text of 64 hex digits; wrap the 32 bytes that they mean",
        ),
        _ => Some("CiphertextBlob: the wrapped key has not the length of the suite's"),
    }
}
