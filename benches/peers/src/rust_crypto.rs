//! RustCrypto, composed by hand: plainly, as most code is, and carefully.
//!
//! Plainly: every step returns its result, `base64`'s usual engine, `serde_json::json!`. Carefully: encrypted in
//! place, `base64`'s SIMD engine, and the body written straight into one text. Both parse keys once and sign alike.

pub mod careful;
pub mod plain;

use std::hint::black_box;

use aes::Aes256;
use aes_gcm::aead::{Aead, AeadInOut};
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use hmac::{Hmac, KeyInit as _, Mac};
use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;
use rsa::pkcs8::DecodePublicKey;
use rsa::{Pkcs1v15Encrypt, PublicKey};
use sha2::{Digest, Sha256};
use sm2::pke::EncryptingKey;

use crate::contender::{Ready, timed};
use crate::fixture::{Sm4Gcm, split_tag};
use crate::work::{Job, Suite, account};

type Encryptor = cbc::Encryptor<Aes256>;
type Decryptor = cbc::Decryptor<Aes256>;

/// A public key, parsed.
pub enum WrapKey {
    Sm2(EncryptingKey),
    Rsa(PublicKey),
}

impl WrapKey {
    fn parse(suite: Suite, spki: &[u8]) -> Self {
        match suite {
            Suite::Sm => Self::Sm2(
                EncryptingKey::from_sec1_bytes(&spki[spki.len() - 65..]).expect("on the curve"),
            ),
            Suite::Intl => Self::Rsa(PublicKey::from_public_key_der(spki).expect("a key")),
        }
    }

    fn wrap(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Sm2(key) => key.encrypt(&mut SysRng, message).expect("wrapped"),
            Self::Rsa(key) => key
                .encrypt(&mut UnwrapErr(SysRng), Pkcs1v15Encrypt, message)
                .expect("wrapped"),
        }
    }
}

fn wrap(job: &Job, suite: Suite) -> Ready {
    let key = WrapKey::parse(suite, &job.key);
    let message = job.input.clone();
    let output = key.wrap(&message);
    let run = move |times| {
        timed(times, || {
            black_box(key.wrap(black_box(&message)));
        })
    };
    Ok((output, Box::new(run)))
}

fn sm4_gcm_seal_in_place(job: &Job) -> Ready {
    let (key, iv) = (job.key.clone(), job.iv.clone());
    let seal = move |buffer: &mut [u8]| {
        let cipher = Sm4Gcm::new_from_slice(black_box(&key)).expect("16 bytes");
        let nonce = iv[..].try_into().expect("12 bytes");
        cipher
            .encrypt_inout_detached(nonce, b"", buffer.into())
            .expect("short")
    };
    let mut buffer = job.input.clone();
    let tag = seal(&mut buffer);
    let output = [&buffer[..], &tag].concat();
    let run = move |times| {
        timed(times, || {
            black_box(seal(black_box(&mut buffer)));
        })
    };
    Ok((output, Box::new(run)))
}

/// From a fresh copy; the copy is part of the time.
fn sm4_gcm_open_in_place(job: &Job) -> Ready {
    let (key, iv) = (job.key.clone(), job.iv.clone());
    let (sealed, tag) = split_tag(&job.input);
    let open = move |buffer: &mut [u8]| {
        buffer.copy_from_slice(&sealed);
        let cipher = Sm4Gcm::new_from_slice(black_box(&key)).expect("16 bytes");
        let nonce = iv[..].try_into().expect("12 bytes");
        cipher
            .decrypt_inout_detached(nonce, b"", buffer.into(), &tag.into())
            .expect("genuine");
    };
    let mut buffer = vec![0; job.input.len() - 16];
    open(&mut buffer);
    let output = buffer.clone();
    let run = move |times| timed(times, || open(black_box(&mut buffer)));
    Ok((output, Box::new(run)))
}

pub fn aes_cbc_encrypt_in_place(job: &Job) -> Ready {
    let (key, iv, len) = (job.key.clone(), job.iv.clone(), job.input.len());
    let mut buffer = job.input.clone();
    buffer.resize((len / 16 + 1) * 16, 0);
    let encrypt = move |buffer: &mut [u8]| {
        Encryptor::new_from_slices(black_box(&key), &iv)
            .expect("lengths")
            .encrypt_padded::<Pkcs7>(buffer, len)
            .expect("room")
            .len()
    };
    encrypt(&mut buffer);
    let output = buffer.clone();
    let run = move |times| {
        timed(times, || {
            black_box(encrypt(black_box(&mut buffer)));
        })
    };
    Ok((output, Box::new(run)))
}

/// From a fresh copy; the copy is part of the time.
pub fn aes_cbc_decrypt_in_place(job: &Job) -> Ready {
    let (key, iv, sealed) = (job.key.clone(), job.iv.clone(), job.input.clone());
    let decrypt = move |buffer: &mut [u8]| {
        buffer.copy_from_slice(&sealed);
        Decryptor::new_from_slices(black_box(&key), &iv)
            .expect("lengths")
            .decrypt_padded::<Pkcs7>(buffer)
            .expect("padding")
            .len()
    };
    let mut buffer = vec![0; job.input.len()];
    let len = decrypt(&mut buffer);
    let output = buffer[..len].to_vec();
    let run = move |times| {
        timed(times, || {
            black_box(decrypt(black_box(&mut buffer)));
        })
    };
    Ok((output, Box::new(run)))
}

/// Whole results, each in memory of its own.
fn seal(suite: Suite, key: &[u8], iv: &[u8], plaintext: &[u8]) -> Vec<u8> {
    match suite {
        Suite::Sm => Sm4Gcm::new_from_slice(key)
            .expect("16 bytes")
            .encrypt(iv.try_into().expect("12 bytes"), plaintext)
            .expect("short"),
        Suite::Intl => Encryptor::new_from_slices(key, iv)
            .expect("lengths")
            .encrypt_padded_vec::<Pkcs7>(plaintext),
    }
}

fn open(suite: Suite, key: &[u8], iv: &[u8], sealed: &[u8]) -> Vec<u8> {
    match suite {
        Suite::Sm => Sm4Gcm::new_from_slice(key)
            .expect("16 bytes")
            .decrypt(iv.try_into().expect("12 bytes"), sealed)
            .expect("genuine"),
        Suite::Intl => Decryptor::new_from_slices(key, iv)
            .expect("lengths")
            .decrypt_padded_vec::<Pkcs7>(sealed)
            .expect("padding"),
    }
}

/// The `Authorization` of TC3-HMAC-SHA256, as the service's page writes it down.
pub fn tc3(body: &[u8]) -> String {
    use account::{CONTENT_TYPE, DAY, HOST, ID, SECRET, SERVICE, TIMESTAMP};
    let canonical = format!(
        "POST\n/\n\ncontent-type:{CONTENT_TYPE}\nhost:{HOST}\n\ncontent-type;host\n{}",
        hex::encode(Sha256::digest(body))
    );
    let scope = format!("{DAY}/{SERVICE}/tc3_request");
    let to_sign = format!(
        "TC3-HMAC-SHA256\n{TIMESTAMP}\n{scope}\n{}",
        hex::encode(Sha256::digest(canonical))
    );
    let date = mac(format!("TC3{SECRET}").as_bytes(), DAY.as_bytes());
    let signing = mac(&mac(&date, SERVICE.as_bytes()), b"tc3_request");
    let signature = hex::encode(mac(&signing, to_sign.as_bytes()));
    format!(
        "TC3-HMAC-SHA256 Credential={ID}/{scope}, SignedHeaders=content-type;host, Signature={signature}"
    )
}

fn mac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}
