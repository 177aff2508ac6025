//! What the integration tests share: vectors, injected randomness, DER by hand, and skipping aloud.
#![allow(dead_code)]

pub(crate) mod child;
pub(crate) mod driving;
pub(crate) mod http;
pub(crate) mod keys;
pub(crate) mod nobody;
pub(crate) mod shell;
mod skip;
pub(crate) mod variables;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cardseal::crypto::{OsRandom, ProviderError, SecureRandom, built_in};
use cardseal::{Opener, Recipient};
#[cfg(not(miri))]
use cardseal_gateway::{KeyPair, Suite};
use serde_json::Value;
#[allow(unused_imports, reason = "every test file uses its own part")]
pub(crate) use skip::{skip, whole};

pub(crate) const RSA_KEY: &str = include_str!("../../vectors/keys/tencent-demo-rsa.b64");
pub(crate) const SM2_KEY: &str = include_str!("../../vectors/keys/tencent-demo-sm2.b64");

pub(crate) fn vectors(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("vectors")
        .join(path)
}

pub(crate) fn vector(path: &str) -> Value {
    let path = vectors(path);
    let text = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub(crate) fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name]
        .as_str()
        .unwrap_or_else(|| panic!("no text `{name}` in the vector"))
}

pub(crate) fn b64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// In the alphabet for URLs, without padding.
pub(crate) fn b64url(bytes: &[u8]) -> String {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn unb64(text: &str) -> Vec<u8> {
    STANDARD.decode(text).expect("base64")
}

pub(crate) fn unhex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hex"))
        .collect()
}

pub(crate) fn rsa() -> Recipient {
    Recipient::parse(RSA_KEY.as_bytes()).expect("the published RSA key")
}

pub(crate) fn sm2() -> Recipient {
    Recipient::parse(SM2_KEY.as_bytes()).expect("the published SM2 key")
}

/// Fresh key pairs of the service's, RSA then SM2, and what is sealed for each.
#[cfg(not(miri))]
pub(crate) fn service_keys() -> (Vec<KeyPair>, Vec<Recipient>) {
    let pair = |suite| {
        let key = KeyPair::generate(suite).unwrap();
        let recipient = Recipient::parse(key.public_b64().as_bytes()).unwrap();
        (key, recipient)
    };
    [Suite::Aes256CbcRsa, Suite::Sm4GcmSm2]
        .into_iter()
        .map(pair)
        .unzip()
}

/// The published keys, RSA then SM2, sealed for under these random bytes.
pub(crate) fn recipients_over(random: impl Fn() -> Arc<dyn SecureRandom>) -> [Recipient; 2] {
    [RSA_KEY, SM2_KEY].map(|key| recipient_over(key, random()))
}

/// A public key, sealed for under these random bytes: for the IV, the session key, the key wrap.
pub(crate) fn recipient_over(key: &str, random: Arc<dyn SecureRandom>) -> Recipient {
    Recipient::parse_with(key.as_bytes(), &built_in().with_random(random)).unwrap()
}

/// Random bytes.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    OsRandom.fill(&mut bytes).unwrap();
    bytes
}

/// Gives what it was told to, then random bytes.
pub(crate) struct Injected(Mutex<Vec<u8>>);

impl Injected {
    pub(crate) fn new(parts: &[&[u8]]) -> Arc<Self> {
        Arc::new(Self(Mutex::new(parts.concat())))
    }
}

impl SecureRandom for Injected {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), ProviderError> {
        let mut left = self.0.lock().unwrap();
        if left.is_empty() {
            return OsRandom.fill(buffer);
        }
        let given: Vec<u8> = left.drain(..buffer.len()).collect();
        buffer.copy_from_slice(&given);
        Ok(())
    }
}

/// The same opener as another program would hand it over: algorithm, key and IV. It does not know its request, so that
/// a sealed request can stand for an answer made under the same key.
pub(crate) fn forgetful(opener: Opener) -> Opener {
    let text = opener.expose_for_storage().unwrap();
    let mut kept: Value = serde_json::from_str(&text).unwrap();
    let kept_members = kept.as_object_mut().unwrap();
    kept_members.retain(|name, _| ["Algorithm", "Key", "Iv"].contains(&name.as_str()));
    Opener::restore(kept.to_string().as_bytes()).unwrap()
}

/// One DER element.
pub(crate) fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match content.len() {
        len @ 0..=127 => out.push(len as u8),
        len @ 128..=255 => out.extend([0x81, len as u8]),
        len => out.extend([0x82, (len >> 8) as u8, len as u8]),
    }
    out.extend_from_slice(content);
    out
}

/// A non-negative INTEGER.
pub(crate) fn der_integer(bytes: &[u8]) -> Vec<u8> {
    let mut content = bytes.to_vec();
    if content.first().is_some_and(|first| first & 0x80 != 0) {
        content.insert(0, 0);
    }
    der(0x02, &content)
}

pub(crate) fn der_sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    der(0x30, &parts.concat())
}

pub(crate) fn pem(label: &str, der: &[u8], line_end: &str) -> String {
    let body = b64(der);
    let lines: Vec<&str> = body
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN {label}-----{line_end}{}{line_end}-----END {label}-----{line_end}",
        lines.join(line_end)
    )
}

/// How many random cases to run: `CARDSEAL_CASES`, or the given number.
pub(crate) fn cases(usual: usize) -> usize {
    std::env::var("CARDSEAL_CASES")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(usual)
}
