//! A13: the log says which step of opening an envelope failed, and no answer does.

mod common;

use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cardseal_gateway::{Running, Suite};
use common::{Envelope, Request, encrypt, good_inner, key_pem, start, wrap};
use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;
use rsa::pkcs1::DecodeRsaPublicKey;
use serde_json::{Value, json};

type Steps = Arc<Mutex<Vec<Option<&'static str>>>>;

fn watched() -> (Running, Steps) {
    let steps = Steps::default();
    let noted = Arc::clone(&steps);
    let gateway = start(|config| {
        config.on_request = Some(Arc::new(move |log| noted.lock().unwrap().push(log.step)));
    });
    (gateway, steps)
}

fn with_blob(suite: Suite, blob: &[u8]) -> Value {
    let mut body = Envelope::seal(suite, &good_inner()).body;
    body["Encryption"]["CiphertextBlob"] = STANDARD.encode(blob).into();
    body
}

/// SEQUENCE of two INTEGERs and two OCTET STRINGs.
fn asn1(blob: &[u8]) -> Vec<u8> {
    let (x, y) = (&blob[1..33], &blob[33..65]);
    let whole: [&[u8]; 8] = [
        &[0x30, 0x7a, 0x02, 0x21, 0],
        x,
        &[0x02, 0x21, 0],
        y,
        &[0x04, 0x20],
        &blob[65..97],
        &[0x04, 0x10],
        &blob[97..],
    ];
    whole.concat()
}

/// An envelope that is good but for one step, and a word of what the log says of it.
fn faults() -> Vec<(Value, &'static str)> {
    let (rsa, sm2) = (Suite::Aes256CbcRsa, Suite::Sm4GcmSm2);
    let key: Vec<u8> = (0..16).collect();
    let good = wrap(sm2, &key);
    // Whose x begins with the byte that ASN.1 begins with.
    let mut blobs = std::iter::repeat_with(|| wrap(sm2, &key));
    let like_asn1 = blobs.find(|blob| blob[1] == 0x30).unwrap();
    let (c1, rest) = good.split_at(65);
    let (c3, c2) = rest.split_at(32);
    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let public = rsa::PublicKey::from_pkcs1_pem(&key_pem(rsa).1).unwrap();
    let long: Vec<u8> = (0..32).collect();
    let long_hex: String = long.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut random = UnwrapErr(SysRng);
    let oaep = public
        .encrypt(&mut random, rsa::Oaep::<sha1::Sha1>::new(), &long)
        .unwrap();
    let oaep256 = public
        .encrypt(&mut random, rsa::Oaep::<sha2::Sha256>::new(), &long)
        .unwrap();
    let mut damaged = good.clone();
    damaged[70] ^= 1;
    let mut faults = vec![
        (with_blob(sm2, &[c1, c2, c3].concat()), "C1C2C3"),
        (with_blob(sm2, &wrap(sm2, hex.as_bytes())), "32 hex digits"),
        (with_blob(sm2, &good[1..]), "04 before C1"),
        (with_blob(sm2, &like_asn1[1..]), "04 before C1"),
        (with_blob(sm2, &asn1(&good)), "ASN.1"),
        (with_blob(sm2, &damaged), "C3 does not match"),
        (with_blob(sm2, &wrap(sm2, &[7; 24])), "length"),
        (with_blob(rsa, &oaep), "OAEP"),
        (with_blob(rsa, &oaep256), "OAEP"),
        (
            with_blob(rsa, &wrap(rsa, long_hex.as_bytes())),
            "64 hex digits",
        ),
        (with_blob(rsa, &wrap(rsa, &key)), "length"),
        (with_blob(rsa, &[1; 128]), "PKCS#1"),
    ];
    let with = |suite, change: &dyn Fn(&mut Value)| {
        let mut body = Envelope::seal(suite, &good_inner()).body;
        change(&mut body);
        body
    };
    let of = |value: &Value| STANDARD.decode(value.as_str().unwrap()).unwrap();
    faults.push((
        with(sm2, &|body| {
            let tag = of(&body["Encryption"]["TagList"][0]);
            let both = [of(&body["EncryptedBody"]), tag].concat();
            body["EncryptedBody"] = STANDARD.encode(both).into();
        }),
        "left on",
    ));
    faults.push((
        with(sm2, &|body| {
            body["Encryption"]["TagList"] = json!([STANDARD.encode([0; 16])]);
        }),
        "tag: it does not match",
    ));
    faults.push((
        with(sm2, &|body| body["Encryption"]["TagList"] = json!([])),
        "TagList",
    ));
    faults.push((
        with(rsa, &|body| {
            let (other, _) = encrypt(rsa, &[9; 32], &[7; 16], b"{\"ImageUrl\":\"https://h/a\"}");
            body["EncryptedBody"] = STANDARD.encode(other).into();
        }),
        "padding",
    ));
    faults.push((
        with(rsa, &|body| {
            body["EncryptedBody"] = STANDARD.encode([0; 17]).into()
        }),
        "16-byte blocks",
    ));
    faults.push((
        with(rsa, &|body| {
            body["Encryption"]["Iv"] = STANDARD.encode([0; 12]).into()
        }),
        "Iv",
    ));
    for suite in Suite::ALL {
        faults.push((Envelope::seal_bytes(suite, b"not JSON").body, "plaintext"));
    }
    faults
}

#[test]
fn a13_the_log_names_the_step_and_the_answer_does_not() {
    let (gateway, steps) = watched();
    let mut answers = Vec::new();
    for (body, says) in faults() {
        let request = Request::signed("RecognizeEncryptedIDCardOCR", body.to_string());
        let answer = request.ask(&gateway);
        assert_eq!(answer["Error"]["Code"], "FailedOperation.UnKnowError");
        answers.push(answer["Error"].clone());
        let step = steps.lock().unwrap().pop().flatten().unwrap_or_default();
        assert!(step.contains(says), "{says:?} is not in {step:?}");
    }
    // One and the same, whatever the step was.
    assert!(
        answers.windows(2).all(|pair| pair[0] == pair[1]),
        "{answers:?}"
    );
    for suite in Suite::ALL {
        let code = Envelope::seal(suite, &good_inner())
            .request()
            .code(&gateway);
        assert_eq!(code, "ok");
        assert_eq!(steps.lock().unwrap().pop(), Some(None));
    }
}
