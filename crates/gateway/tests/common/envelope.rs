//! Envelopes by hand: sealed as the vendor's demos seal them, and opened again.

use aes_gcm::aead::{AeadInOut, KeyInit};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cardseal_gateway::Suite;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;
use rsa::pkcs1::DecodeRsaPublicKey;
use serde_json::{Value, json};
use sm2::pkcs8::DecodePublicKey;

use super::{Request, key_pem};

/// A sealed request body and the key that opens its answer.
pub(crate) struct Envelope {
    pub suite: Suite,
    pub key: Vec<u8>,
    pub iv: Vec<u8>,
    pub body: Value,
}

impl Envelope {
    pub(crate) fn seal(suite: Suite, inner: &Value) -> Self {
        Envelope::seal_bytes(suite, inner.to_string().as_bytes())
    }

    pub(crate) fn seal_bytes(suite: Suite, plaintext: &[u8]) -> Self {
        let (key, iv) = match suite {
            Suite::Aes256CbcRsa => ((0..32).collect::<Vec<u8>>(), vec![7; 16]),
            _ => ((0..16).collect::<Vec<u8>>(), vec![7; 12]),
        };
        let blob = wrap(suite, &key);
        let (body, tags) = encrypt(suite, &key, &iv, plaintext);
        let body = json!({
            "EncryptedBody": STANDARD.encode(body),
            "Encryption": {
                "CiphertextBlob": STANDARD.encode(blob),
                "Iv": STANDARD.encode(&iv),
                "Algorithm": if suite == Suite::Aes256CbcRsa { "AES-256-CBC" } else { "SM4-GCM" },
                "EncryptList": ["EncryptedBody"],
                "TagList": tags.iter().map(|tag| STANDARD.encode(tag)).collect::<Vec<_>>(),
            },
        });
        Envelope {
            suite,
            key,
            iv,
            body,
        }
    }

    pub(crate) fn request(&self) -> Request {
        Request::signed("RecognizeEncryptedIDCardOCR", self.body.to_string())
    }

    /// Opens an answer under this envelope's key, or says what is wrong with it.
    pub(crate) fn open(&self, answer: &Value) -> Result<Vec<u8>, String> {
        let encryption = &answer["Encryption"];
        let decode = |value: &Value| {
            STANDARD
                .decode(value.as_str().ok_or("no text")?)
                .map_err(|e| e.to_string())
        };
        let body = decode(&answer["EncryptedBody"])?;
        let iv = decode(&encryption["Iv"])?;
        match self.suite {
            Suite::Aes256CbcRsa => cbc::Decryptor::<aes::Aes256>::new_from_slices(&self.key, &iv)
                .map_err(|_| "IV length")?
                .decrypt_padded_vec::<Pkcs7>(&body)
                .map_err(|_| "padding".into()),
            _ => {
                let tag = decode(&encryption["TagList"][0])?;
                let cipher =
                    aes_gcm::AesGcm::<sm4::Sm4, aes_gcm::aead::consts::U12>::new_from_slice(
                        &self.key,
                    )
                    .unwrap();
                let nonce = iv.as_slice().try_into().map_err(|_| "IV length")?;
                let tag = tag.as_slice().try_into().map_err(|_| "tag length")?;
                let mut body = body;
                cipher
                    .decrypt_inout_detached(nonce, &[], body.as_mut_slice().into(), tag)
                    .map_err(|_| "tag")?;
                Ok(body)
            }
        }
    }

    pub(crate) fn open_json(&self, answer: &Value) -> Value {
        serde_json::from_slice(&self.open(answer).unwrap()).unwrap()
    }
}

pub(crate) fn wrap(suite: Suite, key: &[u8]) -> Vec<u8> {
    let pem = &key_pem(suite).1;
    match suite {
        Suite::Aes256CbcRsa => rsa::PublicKey::from_pkcs1_pem(pem)
            .unwrap()
            .encrypt(&mut UnwrapErr(SysRng), rsa::Pkcs1v15Encrypt, key)
            .unwrap(),
        _ => sm2::pke::EncryptingKey::new(sm2::PublicKey::from_public_key_pem(pem).unwrap())
            .encrypt(&mut UnwrapErr(SysRng), key)
            .unwrap(),
    }
}

pub(crate) fn encrypt(
    suite: Suite,
    key: &[u8],
    iv: &[u8],
    plaintext: &[u8],
) -> (Vec<u8>, Vec<Vec<u8>>) {
    match suite {
        Suite::Aes256CbcRsa => {
            let cipher = cbc::Encryptor::<aes::Aes256>::new_from_slices(key, iv).unwrap();
            (cipher.encrypt_padded_vec::<Pkcs7>(plaintext), Vec::new())
        }
        _ => {
            let cipher =
                aes_gcm::AesGcm::<sm4::Sm4, aes_gcm::aead::consts::U12>::new_from_slice(key)
                    .unwrap();
            let mut body = plaintext.to_vec();
            let tag = cipher
                .encrypt_inout_detached(iv.try_into().unwrap(), &[], body.as_mut_slice().into())
                .unwrap();
            (body, vec![tag.to_vec()])
        }
    }
}
