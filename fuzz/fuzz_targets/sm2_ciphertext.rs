//! Any bytes as a wrapped key at the service: never a panic, nothing but 113 bytes that begin 04 gives a key, and what
//! gives one gives none with a bit turned. And any bytes as the randomness of a seal: what it wraps, the service unwraps.
//! Of the scenarios exactly those give their key that are to.
#![no_main]

use std::sync::{Arc, LazyLock, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cardseal::Recipient;
use cardseal::crypto::{ProviderError, SecureRandom, built_in};
use cardseal_fuzz::{Scenario, accept_set};
use cardseal_gateway::KeyPair;
use libfuzzer_sys::fuzz_target;

static RSA: LazyLock<KeyPair> = LazyLock::new(|| {
    pair(include_str!(
        "../../vectors/keys/scenario-rsa-1024-private.pem"
    ))
});
static SM2: LazyLock<KeyPair> =
    LazyLock::new(|| pair(include_str!("../../vectors/keys/scenario-sm2-private.pem")));
fn pair(pem: &str) -> KeyPair {
    KeyPair::from_private_pem(pem).expect("a good key")
}

fn unwraps(scenario: &Scenario) -> bool {
    let pair = if scenario.name.starts_with("rsa") {
        &RSA
    } else {
        &SM2
    };
    let key = pair.unwrap_key(&scenario.bytes("blob"));
    key.is_ok_and(|key| **key == scenario.bytes("key"))
}

/// The fuzzer's bytes, then no more.
struct Given(Mutex<Vec<u8>>);

impl SecureRandom for Given {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), ProviderError> {
        let mut left = self.0.lock().expect("one thread");
        if left.len() < buffer.len() {
            return Err(ProviderError::random());
        }
        buffer.copy_from_slice(&left[..buffer.len()]);
        left.drain(..buffer.len());
        Ok(())
    }
}

fuzz_target!(init: accept_set("unwrap", "unwraps", unwraps), |blob: &[u8]| {
    if let Ok(key) = SM2.unwrap_key(blob) {
        assert_eq!((blob.len(), blob[0], key.len()), (113, 4, 16));
        // Which bit, the blob itself says.
        let bit = usize::from(blob[111]) << 8 | usize::from(blob[112]);
        let bit = bit % (8 * blob.len());
        let mut turned = blob.to_vec();
        turned[bit / 8] ^= 1 << (bit % 8);
        assert!(SM2.unwrap_key(&turned).is_err());
    }
    let over = built_in().with_random(Arc::new(Given(Mutex::new(blob.to_vec()))));
    let key = include_bytes!("../../vectors/keys/scenario-sm2.b64");
    let recipient = Recipient::parse_with(key, &over).expect("a good key");
    if let Ok((sealed, _)) = recipient.seal(b"{}") {
        let wrapped = STANDARD.decode(&sealed.encryption().ciphertext_blob).expect("our own base64");
        let key = SM2.unwrap_key(&wrapped).expect("our own wrap");
        // Twelve bytes for the IV come first.
        assert_eq!(&**key, &blob[12..28]);
    }
});
