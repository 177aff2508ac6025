//! Makes the secrets: in a child process, which is this very test.

use std::time::{Duration, SystemTime};

use cardseal::crypto::{OsRandom, SecureRandom};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::common::child::{Again, asked, tell};
use super::common::{self, Injected};

/// What every secret is XORed with where it is kept.
pub(crate) const MASK: u8 = 0xa7;
pub(crate) const ID: &str = "AKIDresidue";
/// The test whose child makes them.
const MAKES: &str = "nothing_secret_is_left_in_memory";

/// 2019-02-25T16:44:25Z.
pub(crate) fn time() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_551_113_065)
}

/// One request's secrets, masked, and a reply sealed under its key.
pub(crate) struct Case {
    /// 0 for AES-256-CBC, 1 for SM4-GCM.
    pub suite: usize,
    pub key: Vec<u8>,
    pub id_number: Vec<u8>,
    pub secret: Vec<u8>,
    /// The keys derived from the secret key at [`time`].
    pub derived: Vec<Vec<u8>>,
    pub reply: String,
}

impl Case {
    /// The reply, damaged.
    pub(crate) fn damaged_reply(&self) -> String {
        damaged(&self.reply, self.suite)
    }
}

/// An answer with its tag, or the last block of its body but one, changed.
pub(crate) fn damaged(answer: &str, suite: usize) -> String {
    let mut answer: Value = serde_json::from_str(answer).unwrap();
    let place = match suite {
        0 => answer.pointer_mut("/EncryptedBody"),
        _ => answer.pointer_mut("/Encryption/TagList/0"),
    };
    let place = place.unwrap();
    let mut bytes = common::unb64(place.as_str().unwrap());
    let at = bytes.len() - if suite == 0 { 17 } else { 1 };
    bytes[at] ^= 0xff;
    *place = Value::from(common::b64(&bytes));
    answer.to_string()
}

pub(crate) fn masked(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|byte| byte ^ MASK).collect()
}

/// How many cases this process is asked to make.
pub(crate) fn asked_for() -> Option<usize> {
    asked(MAKES)?.parse().ok()
}

/// Makes cases in a child process.
pub(crate) fn in_a_child(count: usize) -> Vec<Case> {
    let mut child = Again::start(MAKES, &count.to_string());
    let case = |line: String| serde_json::from_str(&line).map(read).unwrap();
    (0..count).map(|_| case(child.line())).collect()
}

fn read(case: Value) -> Case {
    let bytes = |name: &str| common::unb64(case[name].as_str().unwrap());
    let derived = case["derived"].as_array().unwrap();
    Case {
        suite: case["suite"].as_u64().unwrap() as usize,
        key: bytes("key"),
        id_number: bytes("id_number"),
        secret: bytes("secret"),
        derived: derived
            .iter()
            .map(|key| common::unb64(key.as_str().unwrap()))
            .collect(),
        reply: case["reply"].as_str().unwrap().to_owned(),
    }
}

/// What the child does: prints one case a line, every secret masked.
pub(crate) fn print(count: usize) {
    for number in 0..count {
        let suite = number % 2;
        let mut key = vec![0; if suite == 0 { 32 } else { 16 }];
        OsRandom.fill(&mut key).unwrap();
        let id_number = random_id_number();
        let secret = random_secret();
        let reply = sealed_answer(suite, &id_number, &[&random_iv(suite), &key]);
        let derived: Vec<String> = derived(&secret)
            .iter()
            .map(|key| common::b64(&masked(key)))
            .collect();
        let case = json!({
            "suite": suite,
            "key": common::b64(&masked(&key)),
            "id_number": common::b64(&masked(id_number.as_bytes())),
            "secret": common::b64(&masked(secret.as_bytes())),
            "derived": derived,
            "reply": reply,
        });
        tell(&case.to_string());
    }
}

/// An answer with this ID number, sealed under what is given: IV and session key.
pub(crate) fn sealed_answer(suite: usize, id_number: &str, given: &[&[u8]]) -> String {
    let key = [common::RSA_KEY, common::SM2_KEY][suite];
    let recipient = common::recipient_over(key, Injected::new(given));
    let answer = format!(
        r#"{{"Name":"\u5f20\u4e09","Sex":"","Nation":"","Birth":"","Address":"","IdNum":"{id_number}"}}"#
    );
    let (sealed, _) = recipient.seal(answer.as_bytes()).unwrap();
    String::from_utf8(sealed.into_json()).unwrap()
}

/// An IV of this suite's length.
fn random_iv(suite: usize) -> Vec<u8> {
    let mut iv = vec![0; if suite == 0 { 16 } else { 12 }];
    OsRandom.fill(&mut iv).unwrap();
    iv
}

/// As long as an ID number. Of digits alone, eight that stand in some certificate's date would be taken for a part of it
/// every few runs; the library has no opinion on what is in it.
pub(crate) fn random_id_number() -> String {
    random_text(18)
}

pub(crate) fn random_secret() -> String {
    random_text(32)
}

fn random_text(length: usize) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut random = vec![0_u8; length];
    OsRandom.fill(&mut random).unwrap();
    random
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()]))
        .collect()
}

/// The derived keys of TC3, EOP and V11, and the two blocks that HMAC makes of the secret key itself (RFC 2104), which
/// the other schemes sign with; from their specifications and by nobody's signer.
fn derived(secret: &str) -> Vec<Vec<u8>> {
    let mut keys = tc3_keys(secret, "2019-02-25");
    keys.extend(chained(
        secret.as_bytes(),
        &["20190226T004425Z", ID, "20190226"],
    ));
    // HKDF: the salt is the key of the first HMAC.
    let extracted = hmac(ID.as_bytes(), secret.as_bytes());
    keys.push(hmac(&extracted, b"20190225/cn-north-4/ocr\x01"));
    keys.push(extracted);
    keys.extend([0x36, 0x5c].map(|pad| secret.bytes().map(|byte| byte ^ pad).collect()));
    keys
}

/// TC3's three keys of a day.
pub(crate) fn tc3_keys(secret: &str, day: &str) -> Vec<Vec<u8>> {
    chained(
        format!("TC3{secret}").as_bytes(),
        &[day, "ocr", "tc3_request"],
    )
}

/// Each key makes the next, by HMAC of the next word.
fn chained(first: &[u8], words: &[&str]) -> Vec<Vec<u8>> {
    let mut key = first.to_vec();
    let next = |word: &&str| {
        key = hmac(&key, word.as_bytes());
        key.clone()
    };
    words.iter().map(next).collect()
}

fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}
