//! The vectors the standards print: GB/T 32907-2016, annex A, and RFC 8998, appendix A.

mod common;

use cardseal_kernels::{Sm4, Sm4Gcm};
use cipher::{Block, BlockCipherDecrypt, BlockCipherEncrypt};
use common::{array, hex, on_every_backend};

const KEY: &str = "0123456789abcdeffedcba9876543210";

/// GB/T 32907-2016, A.1: one block, key equal to plaintext.
#[test]
fn gbt_32907_a1() {
    on_every_backend("GB/T 32907 A.1", |backend| {
        let cipher = Sm4::with_backend(&array(&hex(KEY)), backend).expect("available");
        let mut block = Block::<Sm4>::try_from(hex(KEY).as_slice()).expect("16 bytes");
        cipher.encrypt_block(&mut block);
        assert_eq!(
            block.as_slice(),
            hex("681edf34d206965e86b3e94f536e4246"),
            "{backend}"
        );
        cipher.decrypt_block(&mut block);
        assert_eq!(block.as_slice(), hex(KEY), "{backend}");
    });
}

/// GB/T 32907-2016, A.2: the same block encrypted 1,000,000 times.
#[test]
#[cfg_attr(miri, ignore = "a million rounds take hours to interpret")]
fn gbt_32907_a2_a_million_rounds() {
    on_every_backend("GB/T 32907 A.2", |backend| {
        let cipher = Sm4::with_backend(&array(&hex(KEY)), backend).expect("available");
        let mut block = Block::<Sm4>::try_from(hex(KEY).as_slice()).expect("16 bytes");
        for _ in 0..1_000_000 {
            cipher.encrypt_block(&mut block);
        }
        assert_eq!(
            block.as_slice(),
            hex("595298c7c6fd271f0402f804c33d3f66"),
            "{backend}"
        );
    });
}

/// RFC 8998, A.1: SM4-GCM.
#[test]
fn rfc_8998_a1() {
    let plaintext = hex(
        "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd
         eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa",
    );
    let ciphertext = hex(
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735
         d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d",
    );
    let aad = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    let nonce = array(&hex("00001234567800000000abcd"));
    let tag = array(&hex("83de3541e4c2b58177e065a9bf7b62ec"));
    on_every_backend("RFC 8998 A.1", |backend| {
        let cipher = Sm4Gcm::with_backend(&array(&hex(KEY)), backend).expect("available");
        let mut buffer = plaintext.clone();
        let made = cipher
            .seal_in_place(&nonce, &aad, &mut buffer)
            .expect("short");
        assert_eq!(buffer, ciphertext, "{backend}");
        assert_eq!(made, tag, "{backend}");
        cipher
            .open_in_place(&nonce, &aad, &mut buffer, &tag)
            .expect("genuine");
        assert_eq!(buffer, plaintext, "{backend}");
    });
}
