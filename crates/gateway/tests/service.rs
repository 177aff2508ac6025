//! The service as a caller sees it: who may call, what may be called, and the shape of the answer.
#![cfg(feature = "server")]

mod common;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cardseal_gateway::{GatewayConfig, IvMode, KeyPair, RequestLog, Running, Suite};
use common::{Envelope, Request, Signer, good_inner, key_pem, start};
use serde_json::{Value, json};

const ENCRYPTED: &str = "RecognizeEncryptedIDCardOCR";
const CLEAR: &str = "IDCardOCR";

fn clear(body: Value) -> Request {
    Request::signed(CLEAR, body.to_string())
}

#[test]
fn a_card_comes_back_encrypted() {
    let gateway = start(|_| ());
    for suite in Suite::ALL {
        let envelope = Envelope::seal(suite, &good_inner());
        let answer = envelope.request().ask(&gateway);
        for field in [
            "Name",
            "Sex",
            "Nation",
            "Birth",
            "Address",
            "IdNum",
            "Authority",
            "ValidDate",
            "AdvancedInfo",
        ] {
            assert_eq!(answer[field], "", "{field}");
        }
        assert_eq!(answer["ReflectDetailInfos"], json!([]));
        let (sent, echoed) = (&envelope.body["Encryption"], &answer["Encryption"]);
        for member in ["CiphertextBlob", "Iv", "Algorithm", "EncryptList"] {
            assert_eq!(echoed[member], sent[member], "{member}");
        }
        match suite {
            Suite::Aes256CbcRsa => assert_eq!(echoed["TagList"], Value::Null),
            _ => assert_eq!(
                STANDARD
                    .decode(echoed["TagList"][0].as_str().unwrap())
                    .unwrap()
                    .len(),
                16
            ),
        }
        assert_eq!(answer.as_object().unwrap().len(), 13);
        assert_eq!(
            envelope.open_json(&answer),
            json!({
                "Name": "证件样本", "Sex": "女", "Nation": "汉", "Birth": "1990/3/7",
                "Address": "北京市东城区样本路0号（仅供测试）", "IdNum": "11010119900307002X",
                "Authority": "", "ValidDate": "", "AdvancedInfo": "{\"WarnInfos\":[]}", "ReflectDetailInfos": [],
            })
        );
    }
}

#[test]
fn a_fresh_iv_when_told_so() {
    let gateway = start(|config| config.iv_mode = IvMode::Fresh);
    for suite in Suite::ALL {
        let envelope = Envelope::seal(suite, &good_inner());
        let answers: Vec<_> = (0..2).map(|_| envelope.request().ask(&gateway)).collect();
        let ivs: Vec<_> = answers
            .iter()
            .map(|answer| &answer["Encryption"]["Iv"])
            .collect();
        assert_ne!(ivs[0], ivs[1]);
        for answer in &answers {
            assert_ne!(
                answer["Encryption"]["Iv"],
                envelope.body["Encryption"]["Iv"]
            );
            assert_eq!(envelope.open_json(answer)["Sex"], "女");
            assert_ne!(answer["RequestId"], answers[0]["EncryptedBody"]);
        }
        assert_ne!(answers[0]["RequestId"], answers[1]["RequestId"]);
    }
}

#[test]
fn requests_that_are_not_authentic() {
    let gateway = start(|_| ());
    let sign = |signer: Signer| signer.sign(CLEAR, good_inner().to_string()).code(&gateway);
    assert_eq!(sign(Signer::default()), "ok");
    assert_eq!(
        sign(Signer {
            signed_headers: "content-type;host;x-tc-action".into(),
            ..Signer::default()
        }),
        "ok"
    );
    assert_eq!(
        sign(Signer {
            content_type: "application/json; charset=utf-8".into(),
            ..Signer::default()
        }),
        "ok"
    );
    assert_eq!(
        sign(Signer {
            secret_id: "AKID-unknown".into(),
            ..Signer::default()
        }),
        "AuthFailure.SecretIdNotFound"
    );
    assert_eq!(
        sign(Signer {
            secret_key: "wrong".into(),
            ..Signer::default()
        }),
        "AuthFailure.SignatureFailure"
    );
    assert_eq!(
        sign(Signer {
            date: "2019-02-24".into(),
            ..Signer::default()
        }),
        "AuthFailure.SignatureFailure"
    );
    assert_eq!(
        sign(Signer {
            timestamp: common::NOW + 301,
            ..Signer::default()
        }),
        "AuthFailure.SignatureExpire"
    );
    assert_eq!(
        sign(Signer {
            timestamp: common::NOW - 301,
            ..Signer::default()
        }),
        "AuthFailure.SignatureExpire"
    );
    assert_eq!(
        sign(Signer {
            timestamp: common::NOW - 300,
            ..Signer::default()
        }),
        "ok"
    );
    let mut request = clear(good_inner());
    assert_eq!(
        request.remove("Authorization").code(&gateway),
        "AuthFailure.InvalidAuthorization"
    );

    let mut unsigned = Signer {
        payload: Some(b"UNSIGNED-PAYLOAD".to_vec()),
        ..Signer::default()
    }
    .sign(CLEAR, good_inner().to_string());
    assert_eq!(unsigned.code(&gateway), "AuthFailure.SignatureFailure");
    assert_eq!(
        unsigned
            .set("X-TC-Content-SHA256", "UNSIGNED-PAYLOAD")
            .code(&gateway),
        "ok"
    );
}

#[test]
fn requests_for_something_else() {
    let gateway = start(|_| ());
    let body = good_inner().to_string();
    assert_eq!(
        Request::signed("PassportOCR", body.clone()).code(&gateway),
        "InvalidAction"
    );
    assert_eq!(
        Request::signed("idcardocr", body.clone()).code(&gateway),
        "InvalidAction"
    );
    let mut request = clear(good_inner());
    assert_eq!(
        request.set("X-TC-Version", "2018-11-20").code(&gateway),
        "NoSuchVersion"
    );
    let product = Signer {
        service: "cvm".into(),
        ..Signer::default()
    };
    assert_eq!(
        product.sign(CLEAR, body.clone()).code(&gateway),
        "NoSuchProduct"
    );
    // At the vendor's hosts the first label is the product's name, so it is only taken for one at a loopback host.
    let label = |service: &str, host: &str| {
        let signer = Signer {
            service: service.into(),
            host: host.into(),
            ..Signer::default()
        };
        signer.sign(CLEAR, good_inner().to_string()).code(&gateway)
    };
    assert_eq!(label("127", "127.0.0.1:8080"), "ok");
    assert_eq!(label("localhost", "localhost:8080"), "ok");
    assert_eq!(label("ocr", "127.0.0.1:8080"), "ok");
    assert_eq!(label("128", "127.0.0.1:8080"), "NoSuchProduct");
    assert_eq!(label("cvm", "cvm.tencentcloudapi.com"), "NoSuchProduct");
    for header in ["X-TC-Action", "X-TC-Version", "X-TC-Timestamp"] {
        assert_eq!(
            clear(good_inner()).remove(header).code(&gateway),
            "MissingParameter",
            "{header}"
        );
    }
    let mut request = clear(good_inner());
    request.method = "GET".into();
    assert_eq!(request.code(&gateway), "UnsupportedProtocol");
    request.target = "/elsewhere".into();
    assert_eq!(request.send(&gateway).unwrap().status, 404);
    let form = Signer {
        content_type: "application/x-www-form-urlencoded".into(),
        ..Signer::default()
    };
    assert_eq!(form.sign(CLEAR, body).code(&gateway), "InvalidParameter");
}

#[test]
fn bodies_of_the_wrong_size_or_form() {
    let gateway = start(|_| ());
    for body in [
        "",
        "[]",
        "{",
        r#"{"ImageUrl":"https://a/b","ImageUrl":"https://a/c"}"#,
        "{\"ImageUrl\":\"\u{1}\"}",
    ] {
        assert_eq!(
            Request::signed(CLEAR, body).code(&gateway),
            "InvalidParameter",
            "{body}"
        );
    }
    assert_eq!(
        Request::signed(CLEAR, b"{\"ImageUrl\":\"\xff\"}".to_vec()).code(&gateway),
        "InvalidParameter"
    );

    let limit = 10 * 1024 * 1024;
    let padded = |length: usize| {
        let inner = good_inner().to_string();
        let blanks = " ".repeat(length - inner.len());
        inner + &blanks
    };
    assert_eq!(Request::signed(CLEAR, padded(limit)).code(&gateway), "ok");
    assert_eq!(
        Request::signed(CLEAR, padded(limit + 1)).code(&gateway),
        "RequestSizeLimitExceeded"
    );
}

#[test]
fn over_the_limit_of_requests_a_second() {
    let gateway = start(|config| config.qps = Some(3));
    // Refused requests do not count, and the clock stands still.
    assert_eq!(
        Request::signed("PassportOCR", "{}").code(&gateway),
        "InvalidAction"
    );
    let codes: Vec<_> = (0..5).map(|_| clear(good_inner()).code(&gateway)).collect();
    assert_eq!(
        codes,
        [
            "ok",
            "ok",
            "ok",
            "RequestLimitExceeded",
            "RequestLimitExceeded"
        ]
    );
}

#[test]
fn the_log_holds_nothing_a_caller_wrote() {
    let logged = Arc::new(Mutex::new(Vec::<RequestLog>::new()));
    let gateway = start(|config| {
        let logged = Arc::clone(&logged);
        config.on_request = Some(Arc::new(move |entry| {
            logged.lock().unwrap().push(entry.clone())
        }));
    });
    let request = Envelope::seal(Suite::Sm4GcmSm2, &good_inner()).request();
    let answer = request.ask(&gateway);
    Request::signed("Forged\u{7f}Action", "{}")
        .send(&gateway)
        .ok();
    Request::signed("ForgedAction", "{}").ask(&gateway);
    let logged = logged.lock().unwrap();
    let first = &logged[0];
    assert_eq!(
        (first.cloud, first.action, &first.code),
        ("tencent", Some(ENCRYPTED), &None)
    );
    assert_eq!(first.request_id, answer["RequestId"].as_str().unwrap());
    assert_eq!(first.request_bytes, request.body.len());
    assert!(first.response_bytes > 500 && first.elapsed < Duration::from_secs(10));
    let line = first.to_string();
    assert!(
        line.starts_with("tencent RecognizeEncryptedIDCardOCR ok ") && !line.contains('\n'),
        "{line}"
    );
    let last = logged.last().unwrap();
    assert_eq!(
        (last.action, last.code.as_deref()),
        (None, Some("InvalidAction"))
    );
    assert!(!last.to_string().contains("Forged"));
}

#[test]
fn two_keys_of_one_suite_are_refused_at_the_start() {
    let pem = &key_pem(Suite::Sm4GcmSm2).0;
    let keys = (0..2)
        .map(|_| KeyPair::from_private_pem(pem).unwrap())
        .collect();
    let config = GatewayConfig::new(keys, "id", "key");
    let error = Running::start(config, ([127, 0, 0, 1], 0).into())
        .err()
        .unwrap();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
}
