//! Huawei as a caller sees it: what may be called, every error and every fault.
#![cfg(feature = "server")]

mod common;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cardseal_gateway::{Fault, Fixture, GatewayConfig};
use common::huawei::{ask, call, code, good, ok, path, refused, result};
use common::{SdkHmac, start};
use serde_json::{Value, json};

#[test]
fn sides() {
    let gateway = start(|_| ());
    let url = "https://example.com/card.jpg";
    let front = result(json!({"url": url}), &gateway);
    assert_eq!(
        front,
        json!({
            "name": "证件样本", "sex": "女", "birth": "1990-3-7", "ethnicity": "汉",
            "address": "北京市东城区样本路0号（仅供测试）", "number": "11010119900307002X",
        })
    );
    let back = result(json!({"url": url, "side": "back"}), &gateway);
    assert_eq!(back["valid_from"], "2020-01-01");
    assert_eq!(back["valid_to"], "2040-01-01");
    assert_eq!(back["issue"], "样本市公安局（仅供测试）");
    assert_eq!(back.as_object().unwrap().len(), 3);
    let both = result(json!({"url": url, "side": "double_side"}), &gateway);
    assert_eq!(both, json!({"front": front, "back": back}));
    let side_less = result(json!({"url": url, "side": "", "image": null}), &gateway);
    assert_eq!(side_less, front);
}

#[test]
fn what_is_asked_for_and_nothing_else() {
    let fixture = r#"{"FRONT":{"IdNum":"110101199003070020","WarnInfos":[-9102,-9107],"Quality":10,
        "Portrait":"AAAA","IdCard":"BBBB"}}"#;
    let gateway = start(|config| config.fixture = Some(Fixture::from_json(fixture).unwrap()));
    let mut body = good();
    assert_eq!(
        result(body.clone(), &gateway),
        json!({"number": "110101199003070020"})
    );
    for name in [
        "return_verification",
        "return_text_location",
        "return_portrait_location",
        "return_portrait_image",
        "return_adjusted_image",
        "detect_reproduce",
        "detect_copy",
        "detect_tampering",
        "detect_border_integrity",
        "detect_blocking_within_border",
        "detect_blur",
        "detect_interim",
        "detect_glare",
    ] {
        body[name] = json!(true);
    }
    assert_eq!(
        result(body, &gateway),
        json!({
            "number": "110101199003070020", "verification_result": {"valid_number": false},
            "portrait_image": "AAAA", "adjusted_image": "BBBB",
            "detect_reproduce_result": false, "detect_copy_result": true, "detect_tampering_result": false,
            "detect_border_integrity_result": false, "detect_blocking_within_border_result": false,
            "detect_blur_result": true, "detect_interim_result": false, "detect_glare_result": true,
        })
    );
}

#[test]
fn business_errors() {
    let gateway = start(|_| ());
    let url = "https://example.com/card.jpg";
    let image = |bytes: &[u8]| json!({"image": STANDARD.encode(bytes)});
    let tiff = b"II*\0 and so on";
    let large = "A".repeat(10 * 1024 * 1024 + 4);
    for (body, status, wanted) in [
        (image(b"\xff\xd8\xff"), 200, "ok"),
        (image(tiff), 200, "ok"),
        (json!({}), 400, "AIS.0101"),
        (json!({"image": "", "url": ""}), 400, "AIS.0101"),
        (
            json!({"image": STANDARD.encode(tiff), "url": url}),
            400,
            "AIS.0101",
        ),
        (json!({"url": url, "side": "left"}), 400, "AIS.0101"),
        (json!({"url": url, "side": 1}), 400, "AIS.0101"),
        (json!({"url": url, "detect_copy": "true"}), 400, "AIS.0101"),
        (json!({"url": url, "detect_copy": null}), 200, "ok"),
        (json!({"url": url, "detect_forgery": true}), 400, "AIS.0101"),
        (json!({"image": "_9j_"}), 400, "AIS.0102"),
        (json!({ "image": large }), 400, "AIS.0103"),
        (image(b"GIF89a"), 400, "AIS.0104"),
        (json!({"url": "ftp://example.com/a"}), 400, "ModelArts.4704"),
    ] {
        assert_eq!(code(&call(&body), &gateway), refused(status, wanted));
    }
    let only_front = Fixture::from_json(r#"{"FRONT":{}}"#).unwrap();
    let gateway = start(|config| config.fixture = Some(only_front));
    let back = json!({"url": url, "side": "back"});
    assert_eq!(code(&call(&back), &gateway), refused(400, "AIS.0105"));
    let fixture = Fixture::from_json(r#"{"FRONT":{"Error":"AIS.0122"}}"#).unwrap();
    let gateway = start(|config| config.fixture = Some(fixture));
    assert_eq!(code(&call(&good()), &gateway), refused(400, "AIS.0122"));
}

#[test]
fn other_apis() {
    let gateway = start(|_| ());
    let ask_for = |api: &str| {
        let request =
            SdkHmac::default().sign(&path(api), json!({"url": "https://a/b"}).to_string());
        ask(&request, &gateway).1["result"].clone()
    };
    let text = ask_for("general-text");
    assert_eq!(text["words_block_count"], 2);
    assert_eq!(text["words_block_list"][0]["words"], "样本第一行");
    for (api, member) in [
        ("business-license", "number"),
        ("driver-license", "number"),
        ("vehicle-license", "plate"),
    ] {
        assert!(ask_for(api)[member].is_string(), "{api}");
    }
}

#[test]
fn requests_for_something_else() {
    let gateway = start(|_| ());
    let sign = |target: &str| {
        let request = SdkHmac::default().sign(target, good().to_string());
        code(&request, &gateway)
    };
    let absent = refused(404, "APIG.0101");
    for target in [
        "/v2/x",
        "/v2//ocr/id-card",
        "/v1/x",
        "/",
        "/v2/x/ocr/bankcard",
    ] {
        assert_eq!(sign(target), absent, "{target}");
    }
    let mut get = call(&good());
    get.method = "GET".into();
    assert_eq!(code(&get, &gateway), absent);
    assert_eq!(sign(&format!("{}?a=1&b=%20", path("id-card"))), ok());
    for body in [
        "",
        "[]",
        "{",
        r#"{"url":"https://a/b","url":"https://a/c"}"#,
    ] {
        let request = SdkHmac::default().sign(&path("id-card"), body);
        assert_eq!(
            code(&request, &gateway),
            refused(400, "ModelArts.4105"),
            "{body}"
        );
    }
    let form = SdkHmac {
        content_type: "text/plain".into(),
        ..SdkHmac::default()
    };
    let request = form.sign(&path("id-card"), good().to_string());
    assert_eq!(code(&request, &gateway), refused(400, "ModelArts.4105"));
}

#[test]
fn faults() {
    let with = |fault| start(move |config: &mut GatewayConfig| config.fault = Some(fault));
    let codes = |fault| {
        let gateway = with(fault);
        [(); 2].map(|()| code(&call(&good()), &gateway))
    };
    let throttled = refused(429, "APIG.0308");
    assert_eq!(
        codes(Fault::Throttled),
        [throttled.clone(), throttled.clone()]
    );
    assert_eq!(codes(Fault::ThrottledOnce), [throttled, ok()]);
    assert_eq!(codes(Fault::InternalError)[1].0, 500);
    assert_eq!(codes(Fault::Expired)[1], refused(401, "APIG.0301"));
    // It is for tokens only.
    assert_eq!(codes(Fault::TokenExpired), [ok(), ok()]);
    let mut forged = call(&good());
    forged.body.push(b' ');
    assert_eq!(code(&forged, &with(Fault::InternalError)).0, 401);
    let limited = start(|config| config.qps = Some(1));
    assert_eq!(code(&call(&good()), &limited), ok());
    assert_eq!(code(&call(&good()), &limited), refused(429, "APIG.0308"));
    // On the wire a refusal keeps its status.
    let cut = forged.send(&with(Fault::TruncateBody)).unwrap();
    assert_eq!(cut.status, 401);
    assert!(serde_json::from_slice::<Value>(&cut.body).is_err());
}
