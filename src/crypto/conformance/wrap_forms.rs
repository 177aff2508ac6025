//! Recognises wrapped keys in the forms that are written by mistake, so that a report can say what to change.
//!
//! Sources: GB/T 32918.4-2016 §6.1 and its predecessor's order C1‖C2‖C3, GM/T 0009-2012 §7.2 (ASN.1), RFC 8017 §7.1
//! (RSAES-OAEP).

use der::asn1::{OctetStringRef, UintRef};
use der::{Decode, Reader, SliceReader};
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::unwrap::{self, Unwrapped};

/// Length of C1, and of C3.
const C1: usize = 65;
const C3: usize = 32;

/// What a blob for the SM2 key is.
pub(super) fn sm2(blob: &[u8]) -> String {
    let with_prefix = [&[4], blob].concat();
    let in_order = |blob: &[u8]| unwrap::sm2(blob).is_some();
    let in_old_order = |blob: &[u8]| c3_first(blob).is_some_and(|blob| in_order(&blob));
    let forms = [
        (in_old_order(blob), "it is C1‖C2‖C3: put C3 before C2"),
        (
            in_order(&with_prefix),
            "it lacks the byte 04 in front of x‖y",
        ),
        (
            in_old_order(&with_prefix),
            "it is C1‖C2‖C3 and lacks the byte 04 in front: write 04‖x‖y‖C3‖C2",
        ),
        (
            from_der(blob).is_some_and(|blob| in_order(&blob)),
            "it is ASN.1 DER: write the bytes 04‖x‖y‖C3‖C2 instead",
        ),
        (in_order(&reversed(blob)), "its bytes are in reverse order"),
    ];
    told(&forms, blob, "113 bytes, 04‖x‖y‖C3‖C2")
}

/// The session key in a blob for the RSA key; `None` if it is invalid.
pub(super) fn unwrap_rsa(blob: &[u8]) -> Option<Unwrapped> {
    padded(&unwrap::rsa_block(blob)?)
}

/// The session key in a block. One block of RSAES-OAEP in some hundred reads as RSAES-PKCS1-v1_5 by chance; the other way
/// round a hash would have to come out right.
fn padded(block: &[u8]) -> Option<Unwrapped> {
    let is_other = is_oaep::<Sha1>(block) || is_oaep::<Sha256>(block);
    unwrap::rsa(block).filter(|_| !is_other)
}

/// What a blob for the RSA key is.
pub(super) fn rsa(blob: &[u8]) -> String {
    let block = unwrap::rsa_block(blob).unwrap_or_default();
    let forms = [
        (
            is_oaep::<Sha1>(&block),
            "it is padded by RSAES-OAEP with SHA-1: use RSAES-PKCS1-v1_5",
        ),
        (
            is_oaep::<Sha256>(&block),
            "it is padded by RSAES-OAEP with SHA-256: use RSAES-PKCS1-v1_5",
        ),
        (
            block.starts_with(&[0; 16]),
            "it is not padded: use RSAES-PKCS1-v1_5",
        ),
        (
            block.starts_with(&[0, 1]),
            "it is padded as a signature, 00 01: encryption is 00 02",
        ),
        (
            unwrap_rsa(&reversed(blob)).is_some(),
            "its bytes are in reverse order",
        ),
    ];
    told(&forms, blob, "128 bytes, RSAES-PKCS1-v1_5")
}

fn told(forms: &[(bool, &str)], blob: &[u8], expected: &str) -> String {
    let found = forms.iter().find(|(is_that, _)| *is_that);
    match found {
        Some((_, form)) => (*form).to_owned(),
        None => format!(
            "it has {} bytes and no known form; expected are {expected}",
            blob.len()
        ),
    }
}

fn reversed(blob: &[u8]) -> Vec<u8> {
    blob.iter().rev().copied().collect()
}

/// C1‖C3‖C2 of C1‖C2‖C3.
fn c3_first(blob: &[u8]) -> Option<Vec<u8>> {
    let (c1, rest) = blob.split_at_checked(C1)?;
    let (c2, c3) = rest.split_at_checked(rest.len().checked_sub(C3)?)?;
    Some([c1, c3, c2].concat())
}

/// C1‖C3‖C2 of SEQUENCE { INTEGER x, INTEGER y, OCTET STRING C3, OCTET STRING C2 }. Bytes after it are passed over: a
/// wrapped key is as long as every other, which DER is not.
fn from_der(blob: &[u8]) -> Option<Vec<u8>> {
    let mut reader = SliceReader::new(blob).ok()?;
    let parts = reader.sequence(|inside| {
        Ok::<_, der::Error>((
            UintRef::decode(inside)?,
            UintRef::decode(inside)?,
            <&OctetStringRef>::decode(inside)?,
            <&OctetStringRef>::decode(inside)?,
        ))
    });
    let (x, y, c3, c2) = parts.ok()?;
    let mut written = vec![4];
    for number in [x.as_bytes(), y.as_bytes()] {
        written.resize(
            written
                .len()
                .saturating_add(32_usize.checked_sub(number.len())?),
            0,
        );
        written.extend_from_slice(number);
    }
    written.extend_from_slice(c3.as_bytes());
    written.extend_from_slice(c2.as_bytes());
    Some(written)
}

/// RFC 8017 §7.1.2, step 3, with the empty label.
fn is_oaep<D: Digest>(block: &[u8]) -> bool {
    let Some((&0, masked)) = block.split_first() else {
        return false;
    };
    let Some((seed, data)) = masked.split_at_checked(<D as Digest>::output_size()) else {
        return false;
    };
    let seed = unmasked::<D>(seed, data);
    unmasked::<D>(data, &seed).starts_with(D::digest(b"").as_slice())
}

/// `masked` without the mask that MGF1 makes of `seed` (RFC 8017 B.2.1).
fn unmasked<D: Digest>(masked: &[u8], seed: &[u8]) -> Vec<u8> {
    let mask = (0_u32..).flat_map(|number| {
        let hash = D::new().chain_update(seed);
        hash.chain_update(number.to_be_bytes())
            .finalize()
            .as_slice()
            .to_vec()
    });
    masked.iter().zip(mask).map(|(a, b)| a ^ b).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A block as RFC 8017 §7.1.1 makes it of a seed, for the message "key".
    fn oaep(seed: &[u8; 32]) -> Vec<u8> {
        let mut data = Sha256::digest(b"").to_vec();
        data.extend([0; 20]);
        data.extend(b"\x01key");
        let masked_data = unmasked::<Sha256>(&data, seed);
        let masked_seed = unmasked::<Sha256>(seed, &masked_data);
        [&[0][..], &masked_seed, &masked_data].concat()
    }

    #[test]
    fn oaep_that_begins_as_the_other_padding_does_is_not_unwrapped() {
        let blocks = (0..=u8::MAX).flat_map(|a| (0..=u8::MAX).map(move |b| (a, b)));
        let mut alike = blocks.filter_map(|(a, b)| {
            let mut seed = [9; 32];
            (seed[0], seed[1]) = (a, b);
            Some(oaep(&seed)).filter(|block| unwrap::rsa(block).is_some())
        });
        let block = alike.next().unwrap();
        assert!(padded(&block).is_none());
        let right = [&[0, 2][..], &[7; 40], &[0], &[5; 32]].concat();
        assert_eq!(padded(&right).unwrap().key, [5; 32]);
    }

    #[test]
    fn oaep_is_told_from_other_blocks() {
        let block = oaep(&[9; 32]);
        assert!(is_oaep::<Sha256>(&block));
        assert!(!is_oaep::<Sha1>(&block));
        assert!(!is_oaep::<Sha256>(&block[1..]));
    }
}
