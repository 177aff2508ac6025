//! OpenSSL of this machine, through the `openssl` crate.

use std::hint::black_box;

use openssl::base64::{decode_block, encode_block};
use openssl::cipher::Cipher;
use openssl::cipher_ctx::CipherCtx;
use openssl::encrypt::Encrypter;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rand::rand_bytes;
use openssl::rsa::{Padding, Rsa};
use openssl::sha::sha256;
use openssl::sign::Signer;
use serde_json::{Value, json};

use crate::contender::{Ready, timed};
use crate::fixture::split_tag;
use crate::work::{Job, Suite, Work, account};

/// `OpenSSL 3.0.19`.
pub fn name() -> String {
    let version = openssl::version::version();
    let words: Vec<&str> = version.split(' ').take(2).collect();
    words.join(" ")
}

pub fn prepare(job: &Job) -> Ready {
    match job.work {
        Work::Sm4GcmSeal => sm4_gcm_seal(job),
        Work::Sm4GcmOpen => sm4_gcm_open(job),
        Work::AesCbcEncrypt => aes_cbc_encrypt(job),
        Work::AesCbcDecrypt => aes_cbc_decrypt(job),
        Work::Sm2Wrap => sm2_wrap(job),
        Work::RsaWrap => rsa_wrap(job),
        Work::Request(Suite::Intl) => request(job, <[u8]>::to_vec),
        Work::Image(Suite::Intl) => request(job, |image| {
            json!({"ImageBase64": encode_block(image)})
                .to_string()
                .into_bytes()
        }),
        Work::Reply(Suite::Intl) => reply(job),
        Work::Request(Suite::Sm) | Work::Image(Suite::Sm) | Work::Reply(Suite::Sm) => {
            sm4_gcm().map(|_| ())?;
            Err("composed for RSA/AES only".into())
        }
    }
}

fn sm4_gcm() -> Result<Cipher, String> {
    Cipher::fetch(None, "SM4-GCM", None).map_err(|_| "this OpenSSL has no SM4-GCM".into())
}

fn repeated(mut step: impl FnMut() -> Result<(), ErrorStack> + 'static) -> crate::contender::Run {
    Box::new(move |times| timed(times, || step().expect("as the first time")))
}

fn sm4_gcm_seal(job: &Job) -> Ready {
    let cipher = sm4_gcm()?;
    let (key, iv, input) = (job.key.clone(), job.iv.clone(), job.input.clone());
    let mut context = CipherCtx::new().map_err(text)?;
    let mut output = vec![0; input.len() + 16];
    let mut seal = move |output: &mut Vec<u8>| {
        let (sealed, tag) = output.split_at_mut(input.len());
        context.encrypt_init(Some(&cipher), Some(black_box(&key)), Some(&iv))?;
        context.cipher_update(black_box(&input), Some(sealed))?;
        context.cipher_final(&mut [])?;
        context.tag(tag)
    };
    seal(&mut output).map_err(text)?;
    Ok((output.clone(), repeated(move || seal(&mut output))))
}

fn sm4_gcm_open(job: &Job) -> Ready {
    let cipher = sm4_gcm()?;
    let (key, iv) = (job.key.clone(), job.iv.clone());
    let (sealed, tag) = split_tag(&job.input);
    let mut context = CipherCtx::new().map_err(text)?;
    let mut output = vec![0; sealed.len()];
    let mut open = move |output: &mut Vec<u8>| {
        context.decrypt_init(Some(&cipher), Some(black_box(&key)), Some(&iv))?;
        context.cipher_update(black_box(&sealed), Some(output))?;
        context.set_tag(&tag)?;
        context.cipher_final(&mut []).map(drop)
    };
    open(&mut output).map_err(text)?;
    Ok((output.clone(), repeated(move || open(&mut output))))
}

fn aes_cbc_encrypt(job: &Job) -> Ready {
    let (key, iv, input) = (job.key.clone(), job.iv.clone(), job.input.clone());
    let mut context = CipherCtx::new().map_err(text)?;
    let mut output = vec![0; input.len() + 32];
    let mut encrypt = move |output: &mut Vec<u8>| {
        context.encrypt_init(
            Some(Cipher::aes_256_cbc()),
            Some(black_box(&key)),
            Some(&iv),
        )?;
        finish(&mut context, black_box(&input), output)
    };
    let len = encrypt(&mut output).map_err(text)?;
    let run = repeated({
        let mut output = output.clone();
        move || encrypt(&mut output).map(drop)
    });
    output.truncate(len);
    Ok((output, run))
}

fn aes_cbc_decrypt(job: &Job) -> Ready {
    let (key, iv, input) = (job.key.clone(), job.iv.clone(), job.input.clone());
    let mut context = CipherCtx::new().map_err(text)?;
    let mut output = vec![0; input.len() + 32];
    let mut decrypt = move |output: &mut Vec<u8>| {
        context.decrypt_init(
            Some(Cipher::aes_256_cbc()),
            Some(black_box(&key)),
            Some(&iv),
        )?;
        finish(&mut context, black_box(&input), output)
    };
    let len = decrypt(&mut output).map_err(text)?;
    let run = repeated({
        let mut output = output.clone();
        move || decrypt(&mut output).map(drop)
    });
    output.truncate(len);
    Ok((output, run))
}

/// All of the input and the padding; the bytes written.
fn finish(context: &mut CipherCtx, input: &[u8], output: &mut [u8]) -> Result<usize, ErrorStack> {
    let len = context.cipher_update(input, Some(output))?;
    Ok(len + context.cipher_final(&mut output[len..])?)
}

/// In the ASN.1 form, the only one OpenSSL has.
fn sm2_wrap(job: &Job) -> Ready {
    let key = PKey::public_key_from_der(&job.key).map_err(text)?;
    let message = job.input.clone();
    let mut output = vec![0; 256];
    let len = Encrypter::new(&key)
        .and_then(|encrypter| encrypter.encrypt(&message, &mut output))
        .map_err(text)?;
    let mut buffer = output.clone();
    output.truncate(len);
    let run = repeated(move || {
        let encrypter = Encrypter::new(&key)?;
        encrypter
            .encrypt(black_box(&message), &mut buffer)
            .map(drop)
    });
    Ok((output, run))
}

fn rsa_wrap(job: &Job) -> Ready {
    let key = Rsa::public_key_from_der(&job.key).map_err(text)?;
    let message = job.input.clone();
    let mut output = vec![0; 128];
    let wrap = move |output: &mut [u8]| {
        key.public_encrypt(black_box(&message), output, Padding::PKCS1)
            .map(drop)
    };
    wrap(&mut output).map_err(text)?;
    Ok((output.clone(), repeated(move || wrap(&mut output))))
}

fn request(job: &Job, plaintext: fn(&[u8]) -> Vec<u8>) -> Ready {
    let wrap_key = Rsa::public_key_from_der(&job.key).map_err(text)?;
    let input = job.input.clone();
    let make = move || {
        let plaintext = plaintext(black_box(&input));
        let (mut key, mut iv, mut blob) = ([0; 32], [0; 16], [0; 128]);
        rand_bytes(&mut key)?;
        rand_bytes(&mut iv)?;
        let mut context = CipherCtx::new()?;
        context.encrypt_init(Some(Cipher::aes_256_cbc()), Some(&key), Some(&iv))?;
        let mut sealed = vec![0; plaintext.len() + 32];
        let len = finish(&mut context, &plaintext, &mut sealed)?;
        wrap_key.public_encrypt(&key, &mut blob, Padding::PKCS1)?;
        let body = format!(
            r#"{{"EncryptedBody":"{}","Encryption":{{"CiphertextBlob":"{}","Iv":"{}","Algorithm":"AES-256-CBC","TagList":[],"EncryptList":["EncryptedBody"]}}}}"#,
            encode_block(&sealed[..len]),
            encode_block(&blob),
            encode_block(&iv),
        );
        Ok((tc3(body.as_bytes())?, body))
    };
    let (authorization, body) = make().map_err(text)?;
    let output = format!("{authorization}\n{body}").into_bytes();
    let run = repeated(move || {
        let made: Result<_, ErrorStack> = make();
        black_box(made).map(drop)
    });
    Ok((output, run))
}

fn reply(job: &Job) -> Ready {
    let (key, body) = (job.key.clone(), job.input.clone());
    let read = move || {
        let reply: Value = serde_json::from_slice(black_box(&body)).expect("JSON");
        let response = &reply["Response"];
        let decoded = |value: &Value| decode_block(value.as_str().expect("text"));
        let sealed = decoded(&response["EncryptedBody"])?;
        let iv = decoded(&response["Encryption"]["Iv"])?;
        let mut context = CipherCtx::new()?;
        context.decrypt_init(Some(Cipher::aes_256_cbc()), Some(&key), Some(&iv))?;
        let mut plaintext = vec![0; sealed.len() + 32];
        let len = finish(&mut context, &sealed, &mut plaintext)?;
        plaintext.truncate(len);
        Ok(plaintext)
    };
    let output = read().map_err(text)?;
    let run = repeated(move || {
        let read: Result<_, ErrorStack> = read();
        black_box(read).map(drop)
    });
    Ok((output, run))
}

/// The `Authorization` of TC3-HMAC-SHA256.
fn tc3(body: &[u8]) -> Result<String, ErrorStack> {
    use account::{CONTENT_TYPE, DAY, HOST, ID, SECRET, SERVICE, TIMESTAMP};
    let canonical = format!(
        "POST\n/\n\ncontent-type:{CONTENT_TYPE}\nhost:{HOST}\n\ncontent-type;host\n{}",
        hex::encode(sha256(body))
    );
    let scope = format!("{DAY}/{SERVICE}/tc3_request");
    let canonical_hash = hex::encode(sha256(canonical.as_bytes()));
    let to_sign = format!("TC3-HMAC-SHA256\n{TIMESTAMP}\n{scope}\n{canonical_hash}");
    let date = mac(format!("TC3{SECRET}").as_bytes(), DAY)?;
    let signing = mac(&mac(&date, SERVICE)?, "tc3_request")?;
    let signature = hex::encode(mac(&signing, &to_sign)?);
    Ok(format!(
        "TC3-HMAC-SHA256 Credential={ID}/{scope}, SignedHeaders=content-type;host, Signature={signature}"
    ))
}

fn mac(key: &[u8], message: &str) -> Result<Vec<u8>, ErrorStack> {
    let key = PKey::hmac(key)?;
    let mut signer = Signer::new(MessageDigest::sha256(), &key)?;
    signer.sign_oneshot_to_vec(message.as_bytes())
}

fn text(error: ErrorStack) -> String {
    error.to_string()
}
