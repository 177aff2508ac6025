//! Whatever is changed, nothing is opened, and the refused buffer is wiped.

mod common;

use cardseal_kernels::{Backend, OpenRefused, Sm4Gcm};
use common::{Random, on_every_backend, thinned};

#[test]
fn every_changed_bit_is_refused_and_the_buffer_wiped() {
    on_every_backend("refusal", |backend| {
        let mut random = Random(6);
        let (key, nonce, aad) = (random.bytes(), random.bytes(), random.vec(21));
        let cipher = Sm4Gcm::with_backend(&key, backend).expect("available");
        for length in thinned(6, [0, 1, 15, 16, 17, 156, 224, 225, 256, 1000, 9000]) {
            let mut sealed = random.vec(length);
            let tag = cipher
                .seal_in_place(&nonce, &aad, &mut sealed)
                .expect("short");

            let refused = |nonce: &[u8; 12], aad: &[u8], sealed: &[u8], tag: &[u8; 16]| {
                let mut buffer = sealed.to_vec();
                let result = cipher.open_in_place(nonce, aad, &mut buffer, tag);
                assert_eq!(result, Err(OpenRefused), "{backend}, {length} bytes");
                let mut place = vec![0xee; sealed.len()];
                let elsewhere = cipher.open_into(nonce, aad, sealed, tag, &mut place);
                assert_eq!(elsewhere, Err(OpenRefused), "{backend}, {length} bytes");
                assert!(
                    buffer.iter().chain(&place).all(|byte| *byte == 0),
                    "{backend}, {length} bytes: not wiped"
                );
            };
            for bit in thinned(127, 0..128) {
                let mut changed = tag;
                changed[bit / 8] ^= 1 << (bit % 8);
                refused(&nonce, &aad, &sealed, &changed);
            }
            for bit in thinned(20, (0..8 * length).step_by(1 + length / 40)) {
                let mut changed = sealed.clone();
                changed[bit / 8] ^= 1 << (bit % 8);
                refused(&nonce, &aad, &changed, &tag);
            }
            let mut other_nonce = nonce;
            other_nonce[random.below(12)] ^= 0x10;
            refused(&other_nonce, &aad, &sealed, &tag);
            refused(&nonce, &aad[1..], &sealed, &tag);
            refused(&nonce, &[&aad[..], &[0]].concat(), &sealed, &tag);
            refused(&nonce, &aad, &[&sealed[..], &[0]].concat(), &tag);
            if let Some((_, shorter)) = sealed.split_last() {
                refused(&nonce, &aad, shorter, &tag);
            }
        }
    });
}

#[test]
fn a_place_of_another_length_is_refused_and_wiped() {
    on_every_backend("places of other lengths", |backend| {
        let cipher = Sm4Gcm::with_backend(&[7; 16], backend).expect("available");
        let mut sealed = [9; 300];
        let tag = cipher
            .seal_in_place(&[1; 12], b"", &mut sealed)
            .expect("short");
        for length in [0, 1, 299, 301, 1000] {
            let mut place = vec![0xee; length];
            let result = cipher.open_into(&[1; 12], b"", &sealed, &tag, &mut place);
            assert_eq!(result, Err(OpenRefused), "{backend}, {length} bytes");
            assert!(place.iter().all(|byte| *byte == 0), "{backend}, {length}");
        }
    });
}

#[test]
fn the_best_backend_is_the_first_available() {
    let best = Backend::available()
        .next()
        .expect("at least the portable one");
    assert_eq!(Sm4Gcm::new(&[0; 16]).backend(), best);
    println!("best backend: {best}");
}

#[test]
fn a_backend_of_another_architecture_is_not_available() {
    let foreign = if cfg!(target_arch = "aarch64") {
        Backend::SseAesNi
    } else {
        Backend::NeonAes
    };
    assert!(Sm4Gcm::with_backend(&[0; 16], foreign).is_none());
}
