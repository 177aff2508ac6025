//! What a public key may be made of, and every reason to refuse one.

mod common;

use cardseal::{KeyFormat, KeyRejected, Recipient};
use common::keys::{
    E, EC_OID, P256_OID, RSA_OID, SM2_OID, ec_spki, modulus, pkcs1, point, refused, rsa_pkcs1,
    rsa_spki, sm2_spki, spki,
};
use common::{der, der_integer, der_sequence, pem, unb64, unhex};

#[test]
fn the_published_keys_parse() {
    let rsa = common::rsa();
    assert_eq!(rsa.algorithm(), "AES-256-CBC");
    assert_eq!(rsa.key_name(), "RSA-1024");
    assert_eq!(
        rsa.fingerprint(),
        "63350c29ad1c5d2736f041dbed79428a47666f2e7d3055472d7908af12cc1c30"
    );
    let sm2 = common::sm2();
    assert_eq!(sm2.algorithm(), "SM4-GCM");
    assert_eq!(sm2.key_name(), "SM2");
    assert_eq!(
        sm2.fingerprint(),
        "be32f06bee0a7b639e81e2ac591b76df41befafa3038440f0929b23700e5a3bc"
    );
}

#[test]
fn rsa_moduli_of_1024_to_4096_bits() {
    for bits in [1024, 1025, 2047, 2048, 3072, 4095, 4096] {
        let key = Recipient::from_der(&pkcs1(&modulus(bits), E)).unwrap();
        assert_eq!(key.key_name(), format!("RSA-{bits}"));
        let (sealed, _) = key.seal(b"{}").unwrap();
        assert_eq!(
            unb64(&sealed.encryption().ciphertext_blob).len(),
            bits.div_ceil(8),
            "{bits}"
        );
    }
    for bits in [64, 512, 1016, 1023, 4097, 8192] {
        assert_eq!(
            refused(pkcs1(&modulus(bits), E)),
            KeyRejected::ModulusSize { bits }
        );
        assert_eq!(
            refused(rsa_spki(&pkcs1(&modulus(bits), E))),
            KeyRejected::ModulusSize { bits }
        );
    }
}

#[test]
fn an_even_modulus_is_refused() {
    let mut even = modulus(2048);
    *even.last_mut().unwrap() &= 0xfe;
    assert_eq!(refused(pkcs1(&even, E)), KeyRejected::EvenModulus);
}

#[test]
fn an_exponent_other_than_65537_is_refused() {
    for exponent in [
        &[1][..],
        &[2],
        &[3],
        &[5],
        &[17],
        &[1, 0, 0],
        &[1, 0, 3],
        &[1, 0, 1, 0, 1],
        &[0xff; 9],
        &[1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1],
    ] {
        assert_eq!(
            refused(pkcs1(&modulus(2048), exponent)),
            KeyRejected::Exponent,
            "{exponent:?}"
        );
    }
}

#[test]
fn a_point_must_be_on_the_curve_and_in_range() {
    let with = |point: &[u8]| ec_spki(unhex(SM2_OID), point);
    assert!(Recipient::from_der(&with(&point())).is_ok());

    for bit in [0, 7, 100, 255, 256, 300, 511] {
        let mut off = point();
        off[1 + bit / 8] ^= 1 << (bit % 8);
        let reason = refused(with(&off));
        assert!(
            matches!(reason, KeyRejected::OffCurve | KeyRejected::CoordinateRange),
            "{reason}"
        );
    }
    assert_eq!(
        refused(with(&[[4].as_slice(), &[0; 64]].concat())),
        KeyRejected::OffCurve
    );
    assert_eq!(refused(with(&[0])), KeyRejected::PointAtInfinity);

    // x + p is the same residue, and no canonical coordinate.
    let p = unhex("fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff");
    for at in [1, 33] {
        let mut high = point();
        high[at..at + 32].copy_from_slice(&p);
        assert_eq!(refused(with(&high)), KeyRejected::CoordinateRange);
        high[at..at + 32].fill(0xff);
        assert_eq!(refused(with(&high)), KeyRejected::CoordinateRange);
    }

    let compressed = [[2 + (point()[64] & 1)].as_slice(), &point()[1..33]].concat();
    let hybrid = [[6 + (point()[64] & 1)].as_slice(), &point()[1..]].concat();
    let told = refused(with(&compressed));
    assert!(
        matches!(told, KeyRejected::PointCompressed { .. }),
        "{told:?}"
    );
    for odd in [
        hybrid,
        point()[..64].to_vec(),
        [point(), vec![0]].concat(),
        vec![],
        vec![4],
    ] {
        assert_eq!(refused(with(&odd)), KeyRejected::PointEncoding, "{odd:?}");
    }
}

#[test]
fn s14_sm2s_own_oid_as_the_algorithm_is_taken() {
    // As OpenSSL 3.0 and GM/T 0015-2023 write it: with SM2's curve beside it, only.
    let own = |curve: &[Vec<u8>]| spki(&[&[unhex(SM2_OID)], curve].concat(), &point());
    assert_eq!(
        Recipient::from_der(&own(&[unhex(SM2_OID)]))
            .unwrap()
            .algorithm(),
        "SM4-GCM"
    );
    for curve in [vec![], vec![vec![0x05, 0x00]], vec![unhex(P256_OID)]] {
        assert_eq!(refused(own(&curve)), KeyRejected::OtherCurve, "{curve:?}");
    }
    // It is one and the same key, and what is sealed to it is sealed to the other.
    let usual = Recipient::from_der(&sm2_spki()).unwrap();
    let of_own = Recipient::from_der(&own(&[unhex(SM2_OID)])).unwrap();
    assert_eq!(of_own.key_name(), usual.key_name());
    assert!(of_own.seal(b"{}").is_ok());
}

#[test]
fn only_the_named_sm2_curve() {
    assert_eq!(
        refused(ec_spki(unhex(P256_OID), &point())),
        KeyRejected::OtherCurve
    );
    // NULL: an inherited curve.
    assert_eq!(
        refused(ec_spki(vec![0x05, 0x00], &point())),
        KeyRejected::OtherCurve
    );
    assert_eq!(
        refused(spki(&[unhex(EC_OID)], &point())),
        KeyRejected::OtherCurve
    );
    // SEQUENCE { version 1, … }: parameters spelt out, though they be the SM2 curve's own.
    let explicit = der_sequence(&[der_integer(&[1]), der_sequence(&[])]);
    let told = refused(ec_spki(explicit, &point()));
    assert!(
        matches!(told, KeyRejected::ExplicitCurve { .. }),
        "{told:?}"
    );
}

#[test]
fn other_algorithms_are_refused() {
    // Ed25519 (RFC 8410) and RSASSA-PSS (RFC 4055).
    let ed25519 = spki(&[unhex("06032b6570")], &[7; 32]);
    assert_eq!(refused(ed25519), KeyRejected::UnknownAlgorithm);
    let pss = spki(&[unhex("06092a864886f70d01010a")], &rsa_pkcs1());
    assert_eq!(refused(pss), KeyRejected::UnknownAlgorithm);
}

#[test]
fn trailing_bytes_are_refused_at_every_level() {
    let junk = |mut key: Vec<u8>| {
        key.push(0);
        key
    };
    assert_eq!(refused(junk(rsa_pkcs1())), KeyRejected::TrailingBytes);
    assert_eq!(refused(junk(sm2_spki())), KeyRejected::TrailingBytes);
    assert_eq!(
        refused(rsa_spki(&junk(rsa_pkcs1()))),
        KeyRejected::TrailingBytes
    );
    assert_eq!(
        refused(pem("PUBLIC KEY", &junk(sm2_spki()), "\n")),
        KeyRejected::TrailingBytes
    );
    let inside = der_sequence(&[
        der_integer(&modulus(2048)),
        der_integer(E),
        vec![0x05, 0x00],
    ]);
    assert_eq!(refused(inside), KeyRejected::TrailingBytes);
    let algorithm = der_sequence(&[unhex(RSA_OID), vec![0x05, 0x00]]);
    let bits = der(3, &[&[0], rsa_pkcs1().as_slice()].concat());
    let spki =
        |more: &[Vec<u8>]| der_sequence(&[&[algorithm.clone(), bits.clone()], more].concat());
    assert!(Recipient::from_der(&spki(&[])).is_ok());
    assert_eq!(
        refused(spki(&[vec![0x05, 0x00]])),
        KeyRejected::TrailingBytes
    );
}

#[test]
fn loose_der_is_refused() {
    let key = sm2_spki();
    // Indefinite length, a length with a leading zero, a negative modulus, a padded modulus.
    let indefinite = [&[0x30, 0x80], &key[2..], &[0, 0]].concat();
    let long_form = [&[0x30, 0x81, key[1]], &key[2..]].concat();
    let negative = der_sequence(&[der(2, &modulus(1024)), der_integer(E)]);
    let padded = der_sequence(&[
        der(2, &[[0, 0].as_slice(), &modulus(1024)].concat()),
        der_integer(E),
    ]);
    for bad in [
        indefinite,
        long_form,
        negative,
        padded,
        vec![0x30, 0x03, 2],
        key[..50].to_vec(),
    ] {
        assert!(
            matches!(
                refused(&bad),
                KeyRejected::Malformed | KeyRejected::PrivateKey
            ),
            "{bad:02x?}"
        );
    }
    // Unused bits in the BIT STRING.
    let mut unused = key.clone();
    let bits = key.len() - 66;
    unused[bits] = 1;
    assert!(matches!(refused(&unused), KeyRejected::Malformed));
}

/// RFC 8017, A.1: the parameters of rsaEncryption are NULL, and are there. A key without them is named, with the command
/// that adds them.
#[test]
fn an_rsa_key_with_other_parameters_is_refused() {
    let key =
        |parameters: &[Vec<u8>]| spki(&[&[unhex(RSA_OID)], parameters].concat(), &rsa_pkcs1());
    assert!(Recipient::from_der(&key(&[der(5, &[])])).is_ok());
    let named = refused(key(&[]));
    let command = "openssl pkey -pubin -inform DER -in FILE".to_owned();
    let format = KeyFormat::RsaWithoutNull;
    assert_eq!(named, KeyRejected::OtherFormat { format, command });
    for other in [
        vec![der_integer(&[1])],
        vec![der_sequence(&[])],
        vec![unhex(RSA_OID)],
    ] {
        assert_eq!(refused(key(&other)), KeyRejected::Malformed, "{other:02x?}");
    }
}

/// No prefix, and no single flipped bit, of the published keys makes the parser panic.
#[test]
fn damage_is_an_error_and_never_a_panic() {
    for key in [rsa_pkcs1(), sm2_spki(), rsa_spki(&rsa_pkcs1())] {
        for len in 0..key.len() {
            assert!(Recipient::parse(&key[..len]).is_err());
        }
        for bit in 0..key.len() * 8 {
            let mut flipped = key.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let _ = Recipient::from_der(&flipped);
        }
    }
}
