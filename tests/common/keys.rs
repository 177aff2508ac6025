//! Public keys built by hand, right and wrong.

use cardseal::{KeyRejected, Recipient};

use super::{der, der_integer, der_sequence, unb64, unhex};

pub(crate) fn demo_der(outer: &str) -> Vec<u8> {
    let pem = String::from_utf8(unb64(outer)).unwrap();
    let body: String = pem
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    unb64(&body)
}

pub(crate) fn rsa_pkcs1() -> Vec<u8> {
    demo_der(super::RSA_KEY)
}

pub(crate) fn sm2_spki() -> Vec<u8> {
    demo_der(super::SM2_KEY)
}

pub(crate) const RSA_OID: &str = "06092a864886f70d010101";
pub(crate) const EC_OID: &str = "06072a8648ce3d0201";
pub(crate) const SM2_OID: &str = "06082a811ccf5501822d";
pub(crate) const P256_OID: &str = "06082a8648ce3d030107";

pub(crate) fn spki(algorithm: &[Vec<u8>], key: &[u8]) -> Vec<u8> {
    let mut bits = vec![0];
    bits.extend_from_slice(key);
    der_sequence(&[der_sequence(algorithm), der(0x03, &bits)])
}

pub(crate) fn rsa_spki(pkcs1: &[u8]) -> Vec<u8> {
    spki(&[unhex(RSA_OID), vec![0x05, 0x00]], pkcs1)
}

pub(crate) fn ec_spki(curve: Vec<u8>, point: &[u8]) -> Vec<u8> {
    spki(&[unhex(EC_OID), curve], point)
}

pub(crate) fn pkcs1(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    der_sequence(&[der_integer(modulus), der_integer(exponent)])
}

pub(crate) fn point() -> Vec<u8> {
    let spki = sm2_spki();
    spki[spki.len() - 65..].to_vec()
}

pub(crate) const E: &[u8] = &[1, 0, 1];

/// A modulus of exactly `bits` bits that no prime below 752 divides. It is no product of two primes; whoever has no
/// better than the public key cannot tell.
pub(crate) fn modulus(bits: usize) -> Vec<u8> {
    let mut bytes = vec![0xa5; bits.div_ceil(8)];
    bytes[0] = 1 << ((bits - 1) % 8);
    for end in (1_u16..).step_by(2) {
        let place = bytes.len() - 2;
        bytes[place..].copy_from_slice(&end.to_be_bytes());
        if (3..752).step_by(2).all(|small| residue(&bytes, small) != 0) {
            return bytes;
        }
    }
    unreachable!("a seventh of all odd numbers have no factor below 752")
}

fn residue(number: &[u8], small: u32) -> u32 {
    number
        .iter()
        .fold(0, |rest, byte| (rest << 8 | u32::from(*byte)) % small)
}

#[track_caller]
pub(crate) fn refused(key: impl AsRef<[u8]>) -> KeyRejected {
    match Recipient::parse(key.as_ref()) {
        Ok(recipient) => panic!("taken as {recipient:?}"),
        Err(reason) => reason,
    }
}
