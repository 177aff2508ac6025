//! Keys and inputs of the jobs, and the judge of what contenders make of them.
//!
//! What a contender sealed is opened here with OpenSSL's AES and RSA and with RustCrypto's SM4 and SM2, whoever it
//! was; where a result is determined by its input, it is compared with the first contender's.

use aes_gcm::AesGcm;
use aes_gcm::aead::consts::{U12, U16};
use aes_gcm::aead::{Aead, KeyInit};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cardseal::signing::Payload;
use openssl::pkey::Private;
use openssl::rsa::{Padding, Rsa};
use openssl::symm;
use rand::TryRng;
use rand::rngs::SysRng;
use serde_json::{Value, json};
use sm2::pke::DecryptingKey;

use crate::ours::Signing;
use crate::work::{Job, Suite, Work};

pub type Sm4Gcm = AesGcm<sm4::Sm4, U12, U16>;

/// Before an SM2 point in a SubjectPublicKeyInfo (RFC 5480; curve 1.2.156.10197.1.301).
const SM2_SPKI: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d, 0x03, 0x42, 0x00,
];

/// The service's key pairs.
pub struct Fixture {
    rsa: Rsa<Private>,
    sm2: DecryptingKey,
    sm2_public: Vec<u8>,
}

impl Fixture {
    pub fn generate() -> Self {
        let secret = sm2::SecretKey::from_slice(&[0x5a; 32]).expect("a scalar in range");
        let point = secret.public_key().to_sec1_bytes();
        Self {
            rsa: Rsa::generate(1024).expect("a fresh key"),
            sm2_public: [&SM2_SPKI[..], &point].concat(),
            sm2: DecryptingKey::new(secret),
        }
    }

    /// The public key of a suite as SubjectPublicKeyInfo.
    pub fn public_key(&self, suite: Suite) -> Vec<u8> {
        match suite {
            Suite::Sm => self.sm2_public.clone(),
            Suite::Intl => self.rsa.public_key_to_der().expect("DER"),
        }
    }

    /// A job with inputs of its own.
    pub fn job(&self, work: Work, bytes: usize) -> Job {
        let (key, iv, input) = match work {
            Work::Sm4GcmSeal => (random(16), random(12), object(bytes)),
            Work::AesCbcEncrypt => (random(32), random(16), object(bytes)),
            Work::Sm4GcmOpen => sealed(Suite::Sm, bytes),
            Work::AesCbcDecrypt => sealed(Suite::Intl, bytes),
            Work::Sm2Wrap => (self.public_key(Suite::Sm), vec![], random(bytes)),
            Work::RsaWrap => (self.public_key(Suite::Intl), vec![], random(bytes)),
            Work::Request(suite) => (self.public_key(suite), vec![], object(bytes)),
            Work::Image(suite) => (self.public_key(suite), vec![], random(bytes)),
            Work::Reply(suite) => {
                let (key, iv, sealed) = sealed(suite, bytes);
                let body = reply(suite, &iv, &sealed);
                (key, iv, body)
            }
        };
        Job {
            work,
            bytes,
            key,
            iv,
            input,
        }
    }

    /// Whether `output` is right; what is wrong about it, if not.
    pub fn judge(&self, job: &Job, output: &[u8]) -> Result<(), String> {
        let good = match job.work {
            Work::Sm4GcmSeal => output == encrypt(Suite::Sm, &job.key, &job.iv, &job.input),
            Work::AesCbcEncrypt => output == encrypt(Suite::Intl, &job.key, &job.iv, &job.input),
            Work::Sm4GcmOpen | Work::AesCbcDecrypt | Work::Reply(_) => output == object(job.bytes),
            Work::Sm2Wrap => self.unwrap(Suite::Sm, output)? == job.input,
            Work::RsaWrap => self.unwrap(Suite::Intl, output)? == job.input,
            Work::Request(suite) => self.open_request(suite, output)? == job.input,
            Work::Image(suite) => {
                let plaintext = self.open_request(suite, output)?;
                let card: Value = serde_json::from_slice(&plaintext).map_err(|e| e.to_string())?;
                card["ImageBase64"].as_str() == Some(&b64(&job.input))
            }
        };
        good.then_some(())
            .ok_or_else(|| "another result than the reference".into())
    }

    /// The plaintext of a signed request, `AUTHORIZATION LF BODY`, whose signature must be right.
    fn open_request(&self, suite: Suite, output: &[u8]) -> Result<Vec<u8>, String> {
        let end = output.iter().position(|byte| *byte == b'\n');
        let (authorization, body) = output.split_at(end.ok_or("no signature")?);
        let body = &body[1..];
        let expected = Signing::new().authorization(Payload::Bytes(body));
        if expected.as_bytes() != authorization {
            return Err("another signature".into());
        }
        let body: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        let encryption = &body["Encryption"];
        let key = self.unwrap(suite, &unb64(&encryption["CiphertextBlob"])?)?;
        let mut sealed = unb64(&body["EncryptedBody"])?;
        if suite == Suite::Sm {
            sealed.extend(unb64(&encryption["TagList"][0])?);
        }
        decrypt(suite, &key, &unb64(&encryption["Iv"])?, &sealed)
    }

    fn unwrap(&self, suite: Suite, blob: &[u8]) -> Result<Vec<u8>, String> {
        match suite {
            // OpenSSL gives the ASN.1 form, GM/T 0009; everybody else C1, C3, C2.
            Suite::Sm if blob.first() == Some(&0x30) => {
                self.sm2.decrypt_der(blob).map_err(|e| e.to_string())
            }
            Suite::Sm => self.sm2.decrypt(blob).map_err(|e| e.to_string()),
            Suite::Intl => {
                let mut key = vec![0; 128];
                let len = self.rsa.private_decrypt(blob, &mut key, Padding::PKCS1);
                key.truncate(len.map_err(|e| e.to_string())?);
                Ok(key)
            }
        }
    }
}

/// A JSON object of exactly this many bytes.
pub fn object(len: usize) -> Vec<u8> {
    format!("{{\"a\":\"{}\"}}", "x".repeat(len - 8)).into_bytes()
}

/// Key, IV and ciphertext of an object.
fn sealed(suite: Suite, bytes: usize) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
    let (key, iv) = (random(suite.key_len()), random(suite.iv_len()));
    let sealed = encrypt(suite, &key, &iv, &object(bytes));
    (key, iv, sealed)
}

fn encrypt(suite: Suite, key: &[u8], iv: &[u8], plaintext: &[u8]) -> Vec<u8> {
    match suite {
        Suite::Sm => Sm4Gcm::new(key.try_into().expect("16 bytes"))
            .encrypt(iv.try_into().expect("12 bytes"), plaintext)
            .expect("short"),
        Suite::Intl => {
            symm::encrypt(symm::Cipher::aes_256_cbc(), key, Some(iv), plaintext).expect("encrypted")
        }
    }
}

fn decrypt(suite: Suite, key: &[u8], iv: &[u8], sealed: &[u8]) -> Result<Vec<u8>, String> {
    match suite {
        Suite::Sm => Sm4Gcm::new_from_slice(key)
            .map_err(|error| error.to_string())?
            .decrypt(iv.try_into().map_err(|_| "no IV")?, sealed)
            .map_err(|error| error.to_string()),
        Suite::Intl => symm::decrypt(symm::Cipher::aes_256_cbc(), key, Some(iv), sealed)
            .map_err(|error| error.to_string()),
    }
}

/// The body of a reply, as the service writes it.
fn reply(suite: Suite, iv: &[u8], sealed: &[u8]) -> Vec<u8> {
    let tag_len = if suite == Suite::Sm { 16 } else { 0 };
    let (ciphertext, tag) = sealed.split_at(sealed.len() - tag_len);
    let tags: Vec<String> = (!tag.is_empty()).then(|| b64(tag)).into_iter().collect();
    let body = json!({"Response": {
        "EncryptedBody": b64(ciphertext),
        "Encryption": {
            "Algorithm": suite.algorithm(),
            "CiphertextBlob": "",
            "EncryptList": ["EncryptedBody"],
            "Iv": b64(iv),
            "TagList": tags,
        },
        "RequestId": "a-request",
    }});
    body.to_string().into_bytes()
}

/// Ciphertext and tag.
pub fn split_tag(sealed: &[u8]) -> (Vec<u8>, [u8; 16]) {
    let (ciphertext, tag) = sealed.split_last_chunk().expect("a tag");
    (ciphertext.to_vec(), *tag)
}

/// Bytes from the operating system's generator.
pub fn random_bytes(bytes: &mut [u8]) {
    SysRng.try_fill_bytes(bytes).expect("a working generator");
}

fn random(len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    random_bytes(&mut bytes);
    bytes
}

pub fn b64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

fn unb64(text: &Value) -> Result<Vec<u8>, String> {
    let text = text.as_str().ok_or("a member is missing")?;
    STANDARD.decode(text).map_err(|error| error.to_string())
}
