//! As most code composes RustCrypto: each step's result in memory of its own.

use std::hint::black_box;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{WrapKey, open, seal, tc3};
use crate::contender::{Ready, timed};
use crate::fixture::random_bytes;
use crate::work::{Job, Suite, Work};

pub fn prepare(job: &Job) -> Ready {
    match job.work {
        Work::Sm4GcmSeal => sealing(job, Suite::Sm),
        Work::Sm4GcmOpen => opening(job, Suite::Sm),
        Work::AesCbcEncrypt => sealing(job, Suite::Intl),
        Work::AesCbcDecrypt => opening(job, Suite::Intl),
        Work::Sm2Wrap => super::wrap(job, Suite::Sm),
        Work::RsaWrap => super::wrap(job, Suite::Intl),
        Work::Request(suite) => requesting(job, suite, <[u8]>::to_vec),
        Work::Image(suite) => requesting(job, suite, |image| {
            let card = json!({"ImageBase64": STANDARD.encode(image)});
            card.to_string().into_bytes()
        }),
        Work::Reply(suite) => reply(job, suite),
    }
}

fn sealing(job: &Job, suite: Suite) -> Ready {
    let (key, iv, input) = (job.key.clone(), job.iv.clone(), job.input.clone());
    let output = seal(suite, &key, &iv, &input);
    let run = move |times| {
        timed(times, || {
            black_box(seal(suite, black_box(&key), &iv, black_box(&input)));
        })
    };
    Ok((output, Box::new(run)))
}

fn opening(job: &Job, suite: Suite) -> Ready {
    let (key, iv, input) = (job.key.clone(), job.iv.clone(), job.input.clone());
    let output = open(suite, &key, &iv, &input);
    let run = move |times| {
        timed(times, || {
            black_box(open(suite, black_box(&key), &iv, black_box(&input)));
        })
    };
    Ok((output, Box::new(run)))
}

fn requesting(job: &Job, suite: Suite, plaintext: fn(&[u8]) -> Vec<u8>) -> Ready {
    let wrap_key = WrapKey::parse(suite, &job.key);
    let input = job.input.clone();
    let make = move || {
        let plaintext = plaintext(black_box(&input));
        let (mut key, mut iv) = (vec![0; suite.key_len()], vec![0; suite.iv_len()]);
        random_bytes(&mut key);
        random_bytes(&mut iv);
        let mut ciphertext = seal(suite, &key, &iv, &plaintext);
        let tags = match suite {
            Suite::Sm => {
                let tag = ciphertext.split_off(ciphertext.len() - 16);
                vec![STANDARD.encode(tag)]
            }
            Suite::Intl => vec![],
        };
        let body = json!({
            "EncryptedBody": STANDARD.encode(ciphertext),
            "Encryption": {
                "CiphertextBlob": STANDARD.encode(wrap_key.wrap(&key)),
                "Iv": STANDARD.encode(iv),
                "Algorithm": suite.algorithm(),
                "TagList": tags,
                "EncryptList": ["EncryptedBody"],
            },
        });
        let body = body.to_string();
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

fn reply(job: &Job, suite: Suite) -> Ready {
    let (key, body) = (job.key.clone(), job.input.clone());
    let read = move || {
        let reply: Value = serde_json::from_slice(black_box(&body)).expect("JSON");
        let text = |value: &Value| {
            STANDARD
                .decode(value.as_str().expect("text"))
                .expect("base64")
        };
        let response = &reply["Response"];
        let encryption = &response["Encryption"];
        let mut sealed = text(&response["EncryptedBody"]);
        if suite == Suite::Sm {
            sealed.extend(text(&encryption["TagList"][0]));
        }
        open(suite, &key, &text(&encryption["Iv"]), &sealed)
    };
    let output = read();
    let run = move |times| {
        timed(times, || {
            black_box(read());
        })
    };
    Ok((output, Box::new(run)))
}
