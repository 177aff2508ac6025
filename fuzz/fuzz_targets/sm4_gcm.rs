//! Any key, nonce and text through SM4-GCM: every backend of this CPU seals like RustCrypto, at once, in pieces, and
//! beside a hash, opens what it sealed, and opens nothing else.
#![no_main]

use aes_gcm::AesGcm;
use aes_gcm::aead::consts::{U12, U16};
use aes_gcm::aead::{AeadInOut, KeyInit};
use cardseal_kernels::sha256::Sha256;
use cardseal_kernels::{Backend, Sm4Gcm};
use libfuzzer_sys::fuzz_target;
use sha2::Digest;

type Input<'i> = ([u8; 16], [u8; 12], Vec<u8>, Pieces, &'i [u8]);

/// How many times the text is repeated, where it is cut, and which of its bits is flipped.
type Pieces = (u8, Vec<u8>, u32);

fuzz_target!(|input: Input<'_>| {
    let (key, nonce, aad, (repeats, cuts, flip), text) = input;
    // A fuzzer's texts are short; repeated, they reach the groups and pieces that long ones are worked in.
    let plaintext = text.repeat(1 + usize::from(repeats % 64));
    let mut expected = plaintext.clone();
    let tag: [u8; 16] = AesGcm::<sm4::Sm4, U12, U16>::new(&key.into())
        .encrypt_inout_detached(&nonce.into(), &aad, expected.as_mut_slice().into())
        .expect("short")
        .into();
    let digest: [u8; 32] = sha2::Sha256::digest(&plaintext).into();

    for backend in Backend::available() {
        let cipher = Sm4Gcm::with_backend(&key, backend).expect("available");
        let mut buffer = plaintext.clone();
        let sealed = cipher.seal_in_place(&nonce, &aad, &mut buffer).expect("short");
        assert!(buffer == expected && sealed == tag, "{backend}: sealed at once");

        cipher.open_in_place(&nonce, &aad, &mut buffer, &tag).expect("genuine");
        assert!(buffer == plaintext, "{backend}: opened");

        let mut sealer = cipher.sealer(&nonce, &aad);
        let (mut blocks, tail) = buffer.as_chunks_mut();
        for cut in &cuts {
            let (piece, rest) = blocks.split_at_mut(usize::from(*cut).min(blocks.len()));
            sealer.update(piece).expect("short");
            blocks = rest;
        }
        sealer.update(blocks).expect("short");
        let sealed = sealer.finish(tail).expect("short");
        assert!(buffer == expected && sealed == tag, "{backend}: sealed in pieces");

        // What is hashed meanwhile is another text, in pieces of other lengths.
        buffer.copy_from_slice(&plaintext);
        let (mut sealer, mut hash) = (cipher.sealer(&nonce, &aad), Sha256::new());
        let (mut blocks, tail) = buffer.as_chunks_mut();
        let (mut texts, rest) = plaintext.as_chunks();
        for cut in &cuts {
            let (piece, later) = blocks.split_at_mut(usize::from(*cut).min(blocks.len()));
            let (text, remaining) = texts.split_at(usize::from(*cut % 23).min(texts.len()));
            sealer.update_hashing(piece, &mut hash, text).expect("short");
            (blocks, texts) = (later, remaining);
        }
        sealer.update_hashing(blocks, &mut hash, texts).expect("short");
        let sealed = sealer.finish(tail).expect("short");
        assert!(buffer == expected && sealed == tag, "{backend}: sealed beside a hash");
        assert!(hash.finish(rest) == digest, "{backend}: hashed beside a seal");

        let bits = 8 * (buffer.len() + tag.len());
        let (mut wrong, flip) = (tag, flip as usize % bits);
        match buffer.get_mut(flip / 8) {
            Some(byte) => *byte ^= 1 << (flip % 8),
            None => wrong[flip / 8 - buffer.len()] ^= 1 << (flip % 8),
        }
        let opened = cipher.open_in_place(&nonce, &aad, &mut buffer, &wrong);
        assert!(opened.is_err(), "{backend}: opened what was changed");
        assert!(buffer.iter().all(|byte| *byte == 0), "{backend}: not wiped");
    }
});
