//! Ctyun as a caller sees it: who may call, what may be called, every error and every fault.
#![cfg(feature = "server")]

mod common;

use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use cardseal_gateway::{Fault, Fixture, RequestLog, Running};
use common::{Eop, Request, start};
use serde_json::{Value, json};

const ID_CARD: &str = "/v1/aiop/api/2f3os7qq79xc/IdentityCard/ocr/v1/idcard.json";
const GENERAL: &str = "/v1/aiop/api/2f3p1pnxpqm8/ocrdetect/ocr/v1/image.json";
const BUSINESS: &str = "/v1/aiop/api/2k8jo3ghhjwg/businesslicense/ocr/v1/BusinessLicense.json";
const DRIVER: &str = "/v1/aiop/api/3131mkjqbqck/driver-lisence/ocr/detect";
const VEHICLE: &str = "/v1/aiop/api/3131km7vva4g/driving-lisence/ocr/detect";

const JPEG: &[u8] = b"\xff\xd8\xff\xe0\xfb\xef\xbe";

fn picture() -> String {
    STANDARD.encode(JPEG)
}

fn cards(count: usize) -> Value {
    json!({"data": vec![picture(); count]})
}

fn call(path: &str, body: &Value) -> Request {
    Eop::default().sign(path, body.to_string())
}

/// Status and body, whose form is checked.
fn ask(request: &Request, gateway: &Running) -> (u16, Value) {
    let response = request.send(gateway).unwrap();
    assert_eq!(response.header("content-type"), Some("application/json"));
    let answer: Value = serde_json::from_slice(&response.body).unwrap();
    match answer["statusCode"].as_str() {
        None => assert_eq!((response.status, &answer["statusCode"]), (200, &json!(800))),
        Some(code) => {
            let number = code.strip_prefix("CTAPI_").unwrap_or(code);
            assert_eq!([&answer["error"], &answer["code"]], [number; 2], "{answer}");
            assert_eq!(answer["eopErrCode"], number);
            assert_eq!(answer["requestId"].as_str().unwrap().len(), 36);
            assert_eq!(answer["returnObj"], json!({}));
        }
    }
    assert!(!answer["message"].as_str().unwrap().is_empty());
    (response.status, answer)
}

fn result(request: &Request, gateway: &Running) -> Value {
    let (_, answer) = ask(request, gateway);
    assert_eq!(answer["statusCode"], 800, "{answer}");
    answer["returnObj"].clone()
}

/// The code, or "ok".
fn code(request: &Request, gateway: &Running) -> String {
    let (_, answer) = ask(request, gateway);
    answer["statusCode"].as_str().unwrap_or("ok").to_owned()
}

#[test]
fn cards_come_back_the_sides_in_turn() {
    let gateway = start(|_| ());
    let found = result(&call(ID_CARD, &cards(3)), &gateway);
    assert_eq!(found.as_array().unwrap().len(), 3);
    assert_eq!(found[0]["number"], "11010119900307002X");
    assert_eq!(found[0]["name"], "证件样本");
    assert_eq!(found[1]["validity"], "2020.01.01-2040.01.01");
    assert_eq!(found[2], found[0]);
}

#[test]
fn every_api_answers_from_the_fixture() {
    let fixture = r#"{"FRONT":{"Name":"a"},"TEXT":["one","two"],"BUSINESS_LICENSE":{"k":"b"},
        "DRIVER_LICENSE":{"k":"d"},"VEHICLE_LICENSE":{"k":["v"]}}"#;
    let gateway = start(|config| config.fixture = Some(Fixture::from_json(fixture).unwrap()));
    let lines = result(&call(GENERAL, &cards(1)), &gateway);
    assert_eq!(lines[1]["text_line"], "two");
    assert_eq!(lines[1]["detail"][0]["text"], "two");
    for (path, action, wanted) in [
        (BUSINESS, "BusinessCardOCR", json!({"k": "b"})),
        (DRIVER, "DriversLicense", json!({"k": "d"})),
        (VEHICLE, "Anything", json!({"k": ["v"]})),
    ] {
        let body = json!({"Action": action, "ImageData": picture()});
        assert_eq!(result(&call(path, &body), &gateway), wanted, "{path}");
        let without = json!({"ImageData": picture()});
        assert_eq!(code(&call(path, &without), &gateway), "CTAPI_BAD_REQUEST");
        let without = json!({ "Action": action });
        assert_eq!(code(&call(path, &without), &gateway), "CTAPI_BAD_REQUEST");
    }
    let other = json!({"Action": "Another", "ImageData": picture()});
    assert_eq!(code(&call(DRIVER, &other), &gateway), "CTAPI_BAD_REQUEST");
    // A card without a back answers with its front.
    assert_eq!(result(&call(ID_CARD, &cards(2)), &gateway)[1]["name"], "a");
}

#[test]
fn pictures_in_either_alphabet() {
    let gateway = start(|_| ());
    let url_safe = URL_SAFE_NO_PAD.encode(JPEG);
    assert!(picture().contains('/') && url_safe.starts_with("_9j_"));
    for (data, wanted) in [
        (json!([picture(), url_safe]), "ok"),
        (json!(["_9j/"]), "CTAPI_BAD_IMAGE"),
        (
            json!([format!("data:image/jpeg;base64,{}", picture())]),
            "CTAPI_BAD_IMAGE",
        ),
        (json!([STANDARD.encode("GIF89a")]), "CTAPI_BAD_IMAGE"),
        (json!([""]), "CTAPI_BAD_IMAGE"),
        (json!([1]), "CTAPI_BAD_REQUEST"),
        (json!([]), "CTAPI_BAD_REQUEST"),
        (json!(picture()), "CTAPI_BAD_REQUEST"),
        (json!(vec![picture(); 51]), "CTAPI_BAD_REQUEST"),
        (json!(vec![picture(); 50]), "ok"),
    ] {
        for path in [ID_CARD, GENERAL] {
            let request = call(path, &json!({ "data": data }));
            assert_eq!(code(&request, &gateway), wanted, "{path} {data}");
        }
    }
    let mut large = JPEG.to_vec();
    large.resize(7 * 1024 * 1024, 0);
    let large = STANDARD.encode(large);
    let body = json!({"Action": "DriversLicense", "ImageData": large});
    assert_eq!(code(&call(DRIVER, &body), &gateway), "CTAPI_BAD_IMAGE");
    assert_eq!(
        code(&call(ID_CARD, &json!({"data": [large]})), &gateway),
        "ok"
    );
}

#[test]
fn requests_that_are_not_authentic() {
    let gateway = start(|config| config.app_key = Some("app-key-of-the-tests".into()));
    let sign = |signer: Eop| code(&signer.sign(ID_CARD, cards(1).to_string()), &gateway);
    let usual = Eop::default;
    let names = |names: &str| Eop {
        names: names.into(),
        ..Eop::default()
    };
    assert_eq!(sign(usual()), "ok");
    assert_eq!(sign(names("ctyun-eop-request-id;eop-date")), "ok");
    assert_eq!(
        sign(names("appkey;ctyun-eop-request-id;eop-date;host")),
        "ok"
    );
    for bad in [
        "eop-date",
        "appkey;eop-date",
        "eop-date;ctyun-eop-request-id",
    ] {
        assert_eq!(sign(names(bad)), "CTAPI_10009", "{bad}");
    }
    let (access_key, secret_key) = ("unknown".to_owned(), "wrong".to_owned());
    assert_eq!(
        sign(Eop {
            access_key,
            ..usual()
        }),
        "CTAPI_10002"
    );
    assert_eq!(
        sign(Eop {
            secret_key,
            ..usual()
        }),
        "CTAPI_10009"
    );
    let app_key = "another".to_owned();
    assert_eq!(sign(Eop { app_key, ..usual() }), "CTAPI_10002");
    for (date, wanted) in [
        ("20190226T002925Z", "ok"),
        ("20190226T005925Z", "ok"),
        ("20190226T002924Z", "CTAPI_10009"),
        ("20190226T005926Z", "CTAPI_10009"),
        // The right moment, in UTC.
        ("20190225T164425Z", "CTAPI_10009"),
        ("20190226004425ZZ", "CTAPI_10009"),
    ] {
        let date = date.to_owned();
        assert_eq!(sign(Eop { date, ..usual() }), wanted);
    }
    let good = call(ID_CARD, &cards(1));
    for (header, wanted) in [
        ("Eop-Authorization", "CTAPI_MISSING_HEADER"),
        ("eop-date", "CTAPI_MISSING_HEADER"),
        ("ctyun-eop-request-id", "CTAPI_MISSING_HEADER"),
        ("appkey", "CTAPI_10009"),
    ] {
        assert_eq!(
            code(good.clone().remove(header), &gateway),
            wanted,
            "{header}"
        );
    }
    // Not signed, and still required.
    let mut unsigned = names("ctyun-eop-request-id;eop-date").sign(ID_CARD, cards(1).to_string());
    assert_eq!(
        code(unsigned.remove("appkey"), &gateway),
        "CTAPI_MISSING_HEADER"
    );
    let authorization = good.header("Eop-Authorization").to_owned();
    for (from, to) in [
        (" Headers=", "  Headers="),
        ("Headers=", "Header="),
        ("appkey;", "Appkey;"),
        ("Signature=", "Signature=*"),
        (" Signature=", ", Signature="),
    ] {
        let bad = authorization.replacen(from, to, 1);
        assert_ne!(bad, authorization);
        let request = good.clone().set("Eop-Authorization", &bad).clone();
        assert_eq!(code(&request, &gateway), "CTAPI_10009", "{bad}");
    }
}

#[test]
fn a_query_may_be_signed_as_sent_or_sorted() {
    let gateway = start(|_| ());
    let body = cards(1).to_string();
    let mut request = Eop::default().sign(&format!("{ID_CARD}?a=1&b=%20"), body.clone());
    assert_eq!(code(&request, &gateway), "ok");
    request.target = format!("{ID_CARD}?b=%20&a=1");
    assert_eq!(code(&request, &gateway), "ok");
    request.target = format!("{ID_CARD}?b=%20&a=2");
    assert_eq!(code(&request, &gateway), "CTAPI_10009");
    let as_sent = Eop::default().sign(&format!("{ID_CARD}?b=1&a=1"), body);
    assert_eq!(code(&as_sent, &gateway), "ok");
}

#[test]
fn requests_for_something_else() {
    let gateway = start(|_| ());
    let elsewhere = call("/v1/aiop/api/plate", &cards(1));
    assert_eq!(ask(&elsewhere, &gateway).0, 404);
    assert_eq!(code(&elsewhere, &gateway), "CTAPI_NO_SUCH_API");
    let mut get = call(ID_CARD, &cards(1));
    get.method = "GET".into();
    assert_eq!(ask(&get, &gateway).0, 405);
    for body in ["", "[]", "{", r#"{"data":[],"data":[]}"#] {
        let request = Eop::default().sign(ID_CARD, body);
        assert_eq!(ask(&request, &gateway).0, 400, "{body}");
    }
    let mut form = call(ID_CARD, &cards(1));
    form.set("Content-Type", "application/x-www-form-urlencoded");
    assert_eq!(code(&form, &gateway), "CTAPI_BAD_REQUEST");
    let mut large = call(ID_CARD, &cards(1));
    large.body = vec![b' '; 32 * 1024 * 1024 + 1];
    assert_eq!(ask(&large, &gateway).0, 413);
}

#[test]
fn faults_and_fixture_errors() {
    let with = |fault| start(move |config| config.fault = Some(fault));
    let codes = |fault| {
        let gateway = with(fault);
        [(); 2].map(|()| code(&call(ID_CARD, &cards(1)), &gateway))
    };
    assert_eq!(codes(Fault::Throttled), ["CTAPI_THROTTLED"; 2]);
    assert_eq!(codes(Fault::ThrottledOnce), ["CTAPI_THROTTLED", "ok"]);
    assert_eq!(codes(Fault::InternalError), ["CTAPI_INTERNAL"; 2]);
    assert_eq!(codes(Fault::Expired), ["CTAPI_10009"; 2]);
    // A fault is no excuse for a bad signature.
    let mut forged = call(ID_CARD, &cards(1));
    forged.body.push(b' ');
    assert_eq!(code(&forged, &with(Fault::InternalError)), "CTAPI_10009");
    let failed = call(ID_CARD, &cards(1))
        .send(&with(Fault::Http500))
        .unwrap();
    assert_eq!(failed.status, 500);
    let cut = call(ID_CARD, &cards(1))
        .send(&with(Fault::BadJson))
        .unwrap();
    assert!(serde_json::from_slice::<Value>(&cut.body).is_err());
    let throttled = start(|config| config.qps = Some(1));
    assert_eq!(code(&call(ID_CARD, &cards(1)), &throttled), "ok");
    assert_eq!(ask(&call(ID_CARD, &cards(1)), &throttled).0, 429);

    let fixture = Fixture::from_json(r#"{"FRONT":{"Error":"CTAPI_SOME"}}"#).unwrap();
    let gateway = start(|config| config.fixture = Some(fixture));
    assert_eq!(code(&call(ID_CARD, &cards(1)), &gateway), "CTAPI_SOME");
}

#[test]
fn the_log_says_which_cloud() {
    let logged = Arc::new(Mutex::new(Vec::<RequestLog>::new()));
    let entries = Arc::clone(&logged);
    let gateway = start(|config| {
        config.on_request = Some(Arc::new(move |entry| {
            entries.lock().unwrap().push(entry.clone())
        }));
    });
    code(&call(ID_CARD, &cards(1)), &gateway);
    let logged = logged.lock().unwrap();
    assert_eq!(
        (logged[0].cloud, logged[0].action, &logged[0].code),
        ("ctyun", Some("IdentityCard"), &None)
    );
}
