//! The business of IDCardOCR: the checks of the request, and what the fixture makes of it.
#![cfg(feature = "server")]

mod common;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cardseal_gateway::{Fixture, Running, Suite};
use common::{Envelope, Request, start};
use serde_json::{Value, json};

const ENCRYPTED: &str = "RecognizeEncryptedIDCardOCR";
const CLEAR: &str = "IDCardOCR";

/// A one-pixel PNG.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

fn clear(body: Value) -> Request {
    Request::signed(CLEAR, body.to_string())
}

/// The code for this inner request, which must be the same in clear and in both envelopes.
fn code_everywhere(gateway: &Running, inner: Value) -> String {
    let code = clear(inner.clone()).code(gateway);
    for suite in Suite::ALL {
        assert_eq!(
            Envelope::seal(suite, &inner).request().code(gateway),
            code,
            "{suite} {inner}"
        );
    }
    code
}

#[test]
fn the_back_comes_when_asked_for_and_the_front_when_nothing_is() {
    let gateway = start(|_| ());
    let envelope = Envelope::seal(
        Suite::Sm4GcmSm2,
        &json!({"ImageBase64": PNG, "CardSide": "BACK"}),
    );
    let back = envelope.open_json(&envelope.request().ask(&gateway));
    assert_eq!(back["ValidDate"], "2020.01.01-2040.01.01");
    assert_eq!(back["Authority"], "样本市公安局（仅供测试）");
    assert_eq!(back["Name"], "");
    let front = clear(json!({"ImageBase64": PNG})).ask(&gateway);
    assert_eq!(front["Name"], "证件样本");
    assert_eq!(front.as_object().unwrap().len(), 11);
}

#[test]
fn business_checks_are_the_same_in_clear_and_sealed() {
    let gateway = start(|_| ());
    let url = "https://example.com/a.jpg";
    for (inner, code) in [
        (json!({"ImageUrl": url}), "ok"),
        (
            json!({"ImageUrl": "http://example.com/a.jpg", "ImageBase64": "*"}),
            "ok",
        ),
        (
            json!({"ImageBase64": PNG, "EnableRecognitionRectify": false}),
            "ok",
        ),
        (
            json!({"ImageBase64": STANDARD.encode(b"BM and so on")}),
            "ok",
        ),
        (
            json!({"ImageBase64": STANDARD.encode(b"\xff\xd8\xff\xe0")}),
            "ok",
        ),
        (json!({}), "FailedOperation.EmptyImageError"),
        (
            json!({"ImageBase64": "", "ImageUrl": null}),
            "FailedOperation.EmptyImageError",
        ),
        (
            json!({"ImageUrl": "ftp://example.com/a.jpg"}),
            "FailedOperation.DownLoadError",
        ),
        (
            json!({"ImageBase64": "*"}),
            "FailedOperation.ImageDecodeFailed",
        ),
        (
            json!({"ImageBase64": format!("data:image/png;base64,{PNG}")}),
            "FailedOperation.ImageDecodeFailed",
        ),
        (
            json!({"ImageBase64": format!("{PNG}\n")}),
            "FailedOperation.ImageDecodeFailed",
        ),
        (
            json!({"ImageBase64": format!("{PNG}*")}),
            "FailedOperation.ImageDecodeFailed",
        ),
        (
            json!({"ImageBase64": STANDARD.encode(b"%PDF-1.4 and so on")}),
            "FailedOperation.ImageDecodeFailed",
        ),
        (
            json!({"ImageBase64": "中文中文中文"}),
            "FailedOperation.ImageDecodeFailed",
        ),
        (
            json!({"ImageUrl": url, "Action": ENCRYPTED}),
            "UnknownParameter",
        ),
        (
            json!({"ImageUrl": url, "Version": "2018-11-19"}),
            "UnknownParameter",
        ),
        (
            json!({"ImageUrl": url, "cardSide": "FRONT"}),
            "UnknownParameter",
        ),
        (json!({"ImageUrl": 1}), "InvalidParameter"),
        (
            json!({"ImageUrl": url, "EnableReflectDetail": "true"}),
            "InvalidParameter",
        ),
        (
            json!({"ImageUrl": url, "CardSide": "front"}),
            "InvalidParameterValue.InvalidParameterValueLimit",
        ),
        (
            json!({"ImageUrl": url, "CardWarnType": "Full"}),
            "InvalidParameterValue.InvalidParameterValueLimit",
        ),
        (
            json!({"ImageUrl": url, "CardWarnType": "Advanced", "Config": "{}"}),
            "ok",
        ),
        (
            json!({"ImageUrl": url, "Config": "{\"CropIdCard\":true,\"TempIdWarn\":false}"}),
            "ok",
        ),
        (
            json!({"ImageUrl": url, "Config": {"CropIdCard": true}}),
            "InvalidParameter.ConfigFormatError",
        ),
        (
            json!({"ImageUrl": url, "Config": "CropIdCard"}),
            "InvalidParameter.ConfigFormatError",
        ),
        (
            json!({"ImageUrl": url, "Config": "[]"}),
            "InvalidParameter.ConfigFormatError",
        ),
        (
            json!({"ImageUrl": url, "Config": "{\"CropIdCard\":1}"}),
            "InvalidParameter.ConfigFormatError",
        ),
        (
            json!({"ImageUrl": url, "Config": "{\"Crop\":true}"}),
            "InvalidParameter.ConfigFormatError",
        ),
        (
            json!({"ImageUrl": url, "Config": "{\"Quality\":true,\"Quality\":true}"}),
            "InvalidParameter.ConfigFormatError",
        ),
    ] {
        assert_eq!(code_everywhere(&gateway, inner.clone()), code, "{inner}");
    }
    assert_eq!(
        clear(json!({"ImageUrl": url, "EnableDateVerify": true})).code(&gateway),
        "ok"
    );
}

#[test]
fn an_image_over_ten_million_characters() {
    let gateway = start(|_| ());
    let image = |length: usize| PNG.replace('=', "A") + &"A".repeat(length - PNG.len());
    assert_eq!(
        clear(json!({"ImageBase64": image(10_000_000)})).code(&gateway),
        "ok"
    );
    assert_eq!(
        clear(json!({"ImageBase64": image(10_000_004)})).code(&gateway),
        "LimitExceeded.TooLargeFileError"
    );
}

#[test]
fn fixtures_say_what_is_recognised() {
    let fixture = json!({
        "FRONT": {
            "Name": "甲", "IdNum": "x", "WarnInfos": [-9100, -9101, -9102, -9103, -9104, -9106, -9107, -9110, -9999],
            "Quality": 40, "BorderCodeValue": 60, "IdCard": "AAAA", "Portrait": "BBBB",
            "ReflectDetailInfos": [{"Position": "Portrait"}],
        },
        "BACK": {"Error": "FailedOperation.ImageBlur"},
    });
    let gateway =
        start(|config| config.fixture = Some(Fixture::from_json(&fixture.to_string()).unwrap()));
    let info = |members: Value| {
        let mut request = json!({"ImageUrl": "https://example.com/a.jpg"});
        request
            .as_object_mut()
            .unwrap()
            .extend(members.as_object().unwrap().clone());
        let answer = clear(request).ask(&gateway);
        assert_eq!(answer["Name"], "甲");
        let info: Value = serde_json::from_str(answer["AdvancedInfo"].as_str().unwrap()).unwrap();
        (info, answer["ReflectDetailInfos"].clone())
    };
    assert_eq!(info(json!({})), (json!({"WarnInfos": [-9999]}), json!([])));
    assert_eq!(
        info(json!({"CardWarnType": "Advanced"})).0,
        json!({"WarnInfos": [-9110, -9999]})
    );
    for (switch, expected) in [
        ("InvalidDateWarn", json!({"WarnInfos": [-9100, -9999]})),
        (
            "BorderCheckWarn",
            json!({"WarnInfos": [-9101, -9999], "BorderCodeValue": 60}),
        ),
        ("CopyWarn", json!({"WarnInfos": [-9102, -9999]})),
        ("ReshootWarn", json!({"WarnInfos": [-9103, -9999]})),
        ("TempIdWarn", json!({"WarnInfos": [-9104, -9999]})),
        ("DetectPsWarn", json!({"WarnInfos": [-9106, -9999]})),
        ("ReflectWarn", json!({"WarnInfos": [-9107, -9999]})),
        ("Quality", json!({"WarnInfos": [-9999], "Quality": 40})),
        (
            "CropIdCard",
            json!({"WarnInfos": [-9999], "IdCard": "AAAA"}),
        ),
        (
            "CropPortrait",
            json!({"WarnInfos": [-9999], "Portrait": "BBBB"}),
        ),
        ("MultiCardDetect", json!({"WarnInfos": [-9999]})),
    ] {
        let config = json!({switch: true}).to_string();
        assert_eq!(
            info(json!({"Config": config, "EnableReflectDetail": false})),
            (expected, json!([])),
            "{switch}"
        );
    }
    let reflected =
        info(json!({"Config": "{\"ReflectWarn\":true}", "EnableReflectDetail": true})).1;
    assert_eq!(reflected, json!([{"Position": "Portrait"}]));
    assert_eq!(info(json!({"EnableReflectDetail": true})).1, json!([]));

    let back = json!({"ImageUrl": "https://example.com/a.jpg", "CardSide": "BACK"});
    assert_eq!(
        code_everywhere(&gateway, back.clone()),
        "FailedOperation.ImageBlur"
    );
    let front_only =
        start(|config| config.fixture = Some(Fixture::from_json("{\"FRONT\":{}}").unwrap()));
    assert_eq!(
        code_everywhere(&front_only, back),
        "FailedOperation.CardSideError"
    );
}
