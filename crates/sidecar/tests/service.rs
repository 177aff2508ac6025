//! What the sidecar is for: seal, sign, send by other means, open; and recognise in one step.

mod common;

use std::io::Write;
use std::net::SocketAddr;

use cardseal::Recipient;
use cardseal_gateway::{GatewayConfig, KeyPair, Running as Gateway, Suite};
use common::{SECRET_KEY, accounts, config, connect, gateway, get, post, read, start};
use serde_json::{Value, json};

const SUITES: [(Suite, &str); 2] = [
    (Suite::Aes256CbcRsa, "AES-256-CBC"),
    (Suite::Sm4GcmSm2, "SM4-GCM"),
];

/// Seals a card, signs and sends it by other means: what was sealed, and the reply.
fn answered(address: SocketAddr, host: SocketAddr) -> (Value, Value) {
    let card = json!({"ImageUrl": "https://h.example/card.jpg", "CardSide": "FRONT"});
    let sealed = post(address, "/v1/seal", &json!({"json": card}))
        .expect(200)
        .json();
    assert!(!sealed.to_string().contains("h.example"));
    let body = sealed["sealed"].to_string();
    let head = format!(
        "POST / HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n\
         X-TC-Action: RecognizeEncryptedIDCardOCR\r\nX-TC-Version: 2018-11-19\r\n"
    );
    let asked = json!({"scheme": "tc3-hmac-sha256", "service": "ocr",
                       "request": format!("{head}\r\n{body}")});
    let signed = post(address, "/v1/sign", &asked).expect(200).json();
    let mut request = head;
    for (name, value) in signed["headers"].as_object().unwrap() {
        request += &format!("{name}: {}\r\n", value.as_str().unwrap());
    }
    request += &format!(
        "Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let mut stream = connect(host);
    stream.write_all(request.as_bytes()).unwrap();
    let reply: Value = read(stream).expect(200).json();
    (sealed, reply)
}

#[test]
fn sealed_signed_sent_and_opened_by_hand_or_in_one_step() {
    for (suite, algorithm) in SUITES {
        let pair = KeyPair::generate(suite).unwrap();
        let key = pair.public_b64();
        let gateway = gateway(pair);
        let mut config = config();
        config.key = Some(Recipient::parse(key.as_bytes()).unwrap());
        config.accounts = accounts(&gateway.url());
        config.cloud = Some(cardseal_sidecar::Cloud::Tencent);
        let (_running, address) = start(config);

        let (sealed, reply) = answered(address, gateway.addr());
        assert_eq!(sealed["algorithm"], algorithm);
        let asked = json!({"opener": sealed["opener"], "reply": reply});
        let opened = post(address, "/v1/open", &asked).expect(200).json();
        assert_eq!(opened["result"]["IdNum"], "11010119900307002X");
        assert_eq!(opened["request_id"], reply["Response"]["RequestId"]);
        assert_eq!(opened["authenticated"], suite == Suite::Sm4GcmSm2);
        assert_eq!(opened["sealed"], json!(["EncryptedBody"]));

        let asked = json!({"url": "https://h.example/card.jpg", "side": "front"});
        let found = post(address, "/v1/recognize", &asked).expect(200).json();
        assert_eq!(found["result"]["IdNum"], "11010119900307002X");
        assert_eq!(found["iv_reused"], true);

        let figures = get(address, "/metrics").expect(200).body;
        let line = r#"cardseal_requests_total{route="/v1/open",status="200"} 1"#;
        assert!(figures.contains(line), "{figures}");
        assert!(figures.contains("\ncardseal_openers 0\n"), "{figures}");
    }
}

#[test]
fn what_a_billed_answer_opened_to_is_the_callers_where_it_cannot_be_read() {
    for (suite, status, kind, opened) in [
        (Suite::Sm4GcmSm2, 502, "protocol", json!("bm90IEpTT04=")),
        // No tag proves that this one is the service's.
        (Suite::Aes256CbcRsa, 502, "open", Value::Null),
    ] {
        let pair = KeyPair::generate(suite).unwrap();
        let mut config = config();
        config.key = Some(Recipient::parse(pair.public_b64().as_bytes()).unwrap());
        let mut service = GatewayConfig::new(vec![pair], "test-id", SECRET_KEY);
        service.fault = Some("inner-not-json".parse().unwrap());
        let gateway = Gateway::start(service, "127.0.0.1:0".parse().unwrap()).unwrap();
        config.accounts = accounts(&gateway.url());
        config.cloud = Some(cardseal_sidecar::Cloud::Tencent);
        let (_running, address) = start(config);
        let asked = json!({"url": "https://h.example/card.jpg", "side": "front"});
        let error = post(address, "/v1/recognize", &asked).expect_error(status, kind);
        assert_eq!(error.json()["error"]["opened"], opened, "{suite:?}");

        // Sent by other means it is the same, and what was there to open it with is used.
        let (sealed, reply) = answered(address, gateway.addr());
        let asked = json!({"opener": sealed["opener"], "reply": reply});
        let error = post(address, "/v1/open", &asked).expect_error(422, kind);
        assert_eq!(error.json()["error"]["opened"], opened, "{suite:?}");
        let id = &reply["Response"]["RequestId"];
        assert_eq!(&error.json()["error"]["request_id"], id, "{suite:?}");
        post(address, "/v1/open", &asked).expect_error(404, "not_found");
        let figures = get(address, "/metrics").expect(200).body;
        assert!(!figures.contains("not JSON") && !figures.contains("bm90"));
    }
}

#[test]
fn members_are_sealed_where_they_stand_and_bytes_as_they_are() {
    let (_running, address) = start(config());
    let json = json!({"IdCard": "11010119900307002X", "Name": "证件样本"});
    let asked = json!({"json": json, "fields": ["IdCard"]});
    let sealed = post(address, "/v1/seal", &asked).expect(200).json();
    assert_eq!(sealed["sealed"]["Name"], "证件样本");
    assert_ne!(sealed["sealed"]["IdCard"], json["IdCard"]);
    let both = json!({"json": json, "fields": ["IdCard", "Name"]});
    post(address, "/v1/seal", &both).expect_error(422, "input");
    let both =
        json!({"json": json, "fields": ["IdCard", "Name"], "accept_repeated_gcm_nonce": true});
    post(address, "/v1/seal", &both).expect(200);
    post(address, "/v1/seal", &json!({"plaintext": "e30="})).expect(200);
    for (wrong, status) in [
        (json!({}), 422),
        (json!({"json": {}, "plaintext": "e30="}), 422),
        (json!({"json": [1]}), 422),
        (json!({"plaintext": "e30"}), 422),
        (json!({"json": {}, "key": "no key"}), 422),
        (json!({"json": {}, "fields": []}), 422),
        (json!({"json": {}, "other": 1}), 400),
        (json!({"plaintext": null}), 400),
        (json!([]), 400),
        (json!([{}]), 400),
        (json!("{}"), 400),
    ] {
        post(address, "/v1/seal", &wrong).expect(status);
    }
}

#[test]
fn what_is_not_served_is_said() {
    let (_running, address) = start(config());
    let card = json!({"url": "https://h.example/card.jpg"});
    post(address, "/v1/recognize", &card).expect_error(422, "input");
    let card = json!({"cloud": "huawei", "url": "https://h.example/card.jpg"});
    post(address, "/v1/recognize", &card).expect_error(422, "input");
    let other = json!({"cloud": "mars", "url": "https://h.example/card.jpg"});
    post(address, "/v1/recognize", &other).expect_error(400, "input");
    get(address, "/nowhere").expect_error(404, "not_found");
    let other = get(address, "/v1/seal").expect_error(405, "method");
    assert!(other.head.contains("allow: post"), "{other:?}");
    get(address, "/healthz").expect(200);
    get(address, "/readyz").expect(200);
}

#[test]
fn the_description_names_every_path_and_is_what_is_served() {
    let (_running, address) = start(config());
    let served = get(address, "/openapi.json").expect(200);
    assert_eq!(served.body, cardseal_sidecar::openapi());
    let document = served.json();
    assert_eq!(document["openapi"], "3.1.0");
    let paths: Vec<_> = document["paths"].as_object().unwrap().keys().collect();
    assert_eq!(
        paths,
        [
            "/healthz",
            "/metrics",
            "/openapi.json",
            "/readyz",
            "/v1/open",
            "/v1/recognize",
            "/v1/seal",
            "/v1/sign"
        ]
    );
    for path in &paths[4..] {
        let post = &document["paths"][path]["post"];
        assert_eq!(post["security"], json!([{"token": []}]), "{path}");
    }
}
