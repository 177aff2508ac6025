//! RustCrypto at its best without special compiler flags: in place, SIMD base64, the body written once.

use std::hint::black_box;
use std::sync::LazyLock;

use aes_gcm::aead::{AeadInOut, KeyInit};
use base64::Engine;
use base64::engine::Simd;
use base64::engine::general_purpose::PAD;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use serde::Deserialize;

use super::{Decryptor, Encryptor, WrapKey, tc3};
use crate::contender::{Ready, timed};
use crate::fixture::{Sm4Gcm, random_bytes};
use crate::work::{Job, Suite, Work};

static BASE64: LazyLock<Simd> = LazyLock::new(|| Simd::standard(PAD));

pub fn prepare(job: &Job) -> Ready {
    match job.work {
        Work::Sm4GcmSeal => super::sm4_gcm_seal_in_place(job),
        Work::Sm4GcmOpen => super::sm4_gcm_open_in_place(job),
        Work::AesCbcEncrypt => super::aes_cbc_encrypt_in_place(job),
        Work::AesCbcDecrypt => super::aes_cbc_decrypt_in_place(job),
        Work::Sm2Wrap => super::wrap(job, Suite::Sm),
        Work::RsaWrap => super::wrap(job, Suite::Intl),
        Work::Request(suite) => requesting(job, suite, |input, buffer| {
            buffer.extend_from_slice(input);
        }),
        Work::Image(suite) => requesting(job, suite, |image, buffer| {
            buffer.extend_from_slice(br#"{"ImageBase64":""#);
            let start = buffer.len();
            buffer.resize(start + image.len().div_ceil(3) * 4, 0);
            let written = BASE64.encode_slice(image, &mut buffer[start..]);
            written.expect("room");
            buffer.extend_from_slice(br#""}"#);
        }),
        Work::Reply(suite) => reply(job, suite),
    }
}

fn requesting(job: &Job, suite: Suite, write: fn(&[u8], &mut Vec<u8>)) -> Ready {
    let wrap_key = WrapKey::parse(suite, &job.key);
    let input = job.input.clone();
    let make = move || {
        let (mut key, mut iv) = (vec![0; suite.key_len()], vec![0; suite.iv_len()]);
        random_bytes(&mut key);
        random_bytes(&mut iv);
        let mut buffer = Vec::with_capacity(input.len().div_ceil(3) * 4 + 64);
        write(black_box(&input), &mut buffer);
        let mut tags = String::new();
        match suite {
            Suite::Sm => {
                let nonce = iv[..].try_into().expect("12 bytes");
                let tag = Sm4Gcm::new_from_slice(&key)
                    .expect("16 bytes")
                    .encrypt_inout_detached(nonce, b"", buffer.as_mut_slice().into())
                    .expect("short");
                tags = format!("\"{}\"", BASE64.encode(tag));
            }
            Suite::Intl => {
                let len = buffer.len();
                buffer.resize((len / 16 + 1) * 16, 0);
                Encryptor::new_from_slices(&key, &iv)
                    .expect("lengths")
                    .encrypt_padded::<Pkcs7>(&mut buffer, len)
                    .expect("room");
            }
        }
        let mut body = String::with_capacity(buffer.len().div_ceil(3) * 4 + 512);
        body.push_str(r#"{"EncryptedBody":""#);
        BASE64.encode_string(&buffer, &mut body);
        body.push_str(&format!(
            r#"","Encryption":{{"CiphertextBlob":"{}","Iv":"{}","Algorithm":"{}","TagList":[{tags}],"EncryptList":["EncryptedBody"]}}}}"#,
            BASE64.encode(wrap_key.wrap(&key)),
            BASE64.encode(&iv),
            suite.algorithm(),
        ));
        (tc3(body.as_bytes()), body)
    };
    let (authorization, body) = make();
    let output = format!("{authorization}\n{body}").into_bytes();
    let run = move |times| {
        timed(times, || {
            black_box(make());
        })
    };
    Ok((output, Box::new(run)))
}

/// The members that opening takes, borrowed from the body.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Outer<'b> {
    #[serde(borrow)]
    response: Response<'b>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Response<'b> {
    encrypted_body: &'b str,
    encryption: Encryption<'b>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Encryption<'b> {
    iv: &'b str,
    #[serde(borrow)]
    tag_list: Vec<&'b str>,
}

fn reply(job: &Job, suite: Suite) -> Ready {
    let (key, body) = (job.key.clone(), job.input.clone());
    let read = move || {
        let reply: Outer<'_> = serde_json::from_slice(black_box(&body)).expect("JSON");
        let encryption = &reply.response.encryption;
        let decode = |text: &str| BASE64.decode(text).expect("base64");
        let mut buffer = decode(reply.response.encrypted_body);
        let iv = decode(encryption.iv);
        match suite {
            Suite::Sm => {
                let tag: [u8; 16] = decode(encryption.tag_list[0]).try_into().expect("16");
                Sm4Gcm::new_from_slice(&key)
                    .expect("16 bytes")
                    .decrypt_inout_detached(
                        iv[..].try_into().expect("12 bytes"),
                        b"",
                        buffer.as_mut_slice().into(),
                        &tag.into(),
                    )
                    .expect("genuine");
            }
            Suite::Intl => {
                let len = Decryptor::new_from_slices(&key, &iv)
                    .expect("lengths")
                    .decrypt_padded::<Pkcs7>(&mut buffer)
                    .expect("padding")
                    .len();
                buffer.truncate(len);
            }
        }
        buffer
    };
    let output = read();
    let run = move |times| {
        timed(times, || {
            black_box(read());
        })
    };
    Ok((output, Box::new(run)))
}
