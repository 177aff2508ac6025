//! The faults that show in an answer of this cloud: each is a few lines at the stage where it belongs.

use aes::Aes256;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeEncrypt, KeyIvInit};
use zeroize::Zeroizing;

use super::answer::{Answer, Encryption};
use super::ciphers::{self, Cipher, CipherError, Sealed};
use super::errors::{self, ServiceError};
use super::id_card::CardReply;
use crate::{Fault, entropy};

/// A tag that belongs to nothing, for a list with one entry too many.
const STRAY_TAG: [u8; 16] = [0x5a; 16];

/// What a shortened tag is cut to: a length that GCM allows and this protocol does not.
const SHORT_TAG: usize = 12;

/// The refusals that a fault makes of a good request; throttling is part of the quota.
pub(super) fn refusal(fault: Option<Fault>) -> Option<ServiceError> {
    match fault? {
        Fault::InternalError => Some(errors::internal()),
        Fault::Expired => Some(errors::signature_expired()),
        _ => None,
    }
}

/// The encrypted object, before it is encrypted. It starts with `{"Name":"`.
pub(super) fn spoil_plaintext(fault: Option<Fault>, plaintext: Vec<u8>) -> Vec<u8> {
    match fault {
        Some(Fault::InnerNotJson) => b"not JSON".to_vec(),
        Some(Fault::DuplicateMemberInner) => insert(plaintext, b"{", b"\"Name\":\"x\","),
        Some(Fault::NotUtf8) => insert(plaintext, b"{\"Name\":\"", b"\xff"),
        _ => plaintext,
    }
}

/// Encrypts the answer; without a fault, as the cipher does.
pub(super) fn seal(
    fault: Option<Fault>,
    cipher: &Cipher,
    key: &[u8],
    iv: &[u8],
    plaintext: &[u8],
) -> Result<Sealed, CipherError> {
    let seal = cipher.seal;
    match fault {
        Some(Fault::OtherKey) => {
            let mut other = Zeroizing::new(vec![0; key.len()]);
            entropy::fill(&mut other).map_err(|_| CipherError)?;
            seal(&other, iv, plaintext)
        }
        Some(fault @ Fault::BadPadding) if fault.applies_to(cipher.suite) => {
            seal_with_bad_padding(key, iv, plaintext)
        }
        _ => seal(key, iv, plaintext),
    }
}

/// The answer as an object, before it becomes text. `card` is what stands encrypted in it.
pub(super) fn spoil_answer(fault: Option<Fault>, answer: &mut Answer, card: CardReply) {
    let (Some(fault), Some(encryption)) = (fault, answer.encryption.as_mut()) else {
        return;
    };
    match fault {
        Fault::ClearText => {
            answer.card = card;
            answer.encrypted_body.clear();
            answer.encryption = None;
        }
        Fault::ClearTextBeside => answer.card = card,
        Fault::LooseBase64 => answer.encrypted_body.insert(4, '\n'),
        _ => spoil_encryption(fault, encryption),
    }
}

/// The part of the answer that says how it is encrypted.
pub(super) fn spoil_encryption(fault: Fault, encryption: &mut Encryption) {
    match fault {
        Fault::WrongAlgorithm => {
            let other = ciphers::named(encryption.algorithm).and_then(ciphers::other_than);
            encryption.algorithm = other.map_or("", |other| other.algorithm);
        }
        Fault::WrongEncryptList => encryption.encrypt_list = vec!["EncryptionBody"],
        Fault::WrongIvLength => {
            change_bytes(&mut encryption.iv, |iv| {
                iv.truncate(iv.len().saturating_sub(1))
            });
        }
        Fault::WrongTag => change_tags(&mut encryption.tag_list, |tag| {
            if let Some(last) = tag.last_mut() {
                *last ^= 1;
            }
        }),
        Fault::ShortTag => change_tags(&mut encryption.tag_list, |tag| tag.truncate(SHORT_TAG)),
        Fault::MissingTag => {
            if let Some(tags) = &mut encryption.tag_list {
                tags.clear();
            }
        }
        Fault::ExtraTag => encryption
            .tag_list
            .get_or_insert_default()
            .push(STANDARD.encode(STRAY_TAG)),
        _ => {}
    }
}

/// The answer as text.
pub(super) fn spoil_text(fault: Option<Fault>, text: String) -> String {
    match fault {
        Some(Fault::DuplicateMemberOuter) => text.replacen(
            "{\"Response\":{",
            "{\"Response\":{\"EncryptedBody\":\"AAAA\",",
            1,
        ),
        _ => text,
    }
}

/// Fills the last block with zeros: PKCS#7 ends in 1 to 16, never in 0.
fn seal_with_bad_padding(key: &[u8], iv: &[u8], plaintext: &[u8]) -> Result<Sealed, CipherError> {
    let cipher = cbc::Encryptor::<Aes256>::new_from_slices(key, iv).map_err(|_| CipherError)?;
    let mut padded = Zeroizing::new(plaintext.to_vec());
    padded.resize((plaintext.len() / 16 + 1) * 16, 0);
    let body = cipher.encrypt_padded_vec::<NoPadding>(&padded);
    Ok(Sealed { body, tag: None })
}

fn insert(mut text: Vec<u8>, after: &[u8], what: &[u8]) -> Vec<u8> {
    if text.starts_with(after) {
        text.splice(after.len()..after.len(), what.iter().copied());
    }
    text
}

fn change_tags(tags: &mut Option<Vec<String>>, change: impl Fn(&mut Vec<u8>)) {
    for tag in tags.iter_mut().flatten() {
        change_bytes(tag, &change);
    }
}

fn change_bytes(text: &mut String, change: impl Fn(&mut Vec<u8>)) {
    let mut bytes = STANDARD.decode(text.as_bytes()).unwrap_or_default();
    change(&mut bytes);
    *text = STANDARD.encode(bytes);
}
