//! Answers whose members have other JSON types than the services' pages say, for every typed answer of the three clouds:
//! what can be read is read, the rest stands raw beside it, and nothing genuine is called forged. And answers that are
//! none: a refusal inside the seal, an empty object, another action's.

mod common;

use std::time::SystemTime;

use bytes::Bytes;
use cardseal::crypto::{SessionKey, built_in};
use cardseal::ctyun::Ctyun;
use cardseal::huawei::{self, Huawei};
use cardseal::tencent::{IdCardRequest, Recognized, RecognizedText, Tencent, TextRequest};
use cardseal::{Call, Credentials, Error, ErrorKind, Image, IvPolicy, Recipient, Settled};
use cardseal_gateway::KeyPair;
use common::driving::{reply, sends};
use common::{b64, unb64};
use http::{Request, Response};
use serde_json::{Map, Value, json};

/// What a member may come as.
fn values() -> Vec<Value> {
    [
        "null",
        "\"\"",
        "\" \"",
        "\"x\"",
        "\"87\"",
        "\"-1.5\"",
        "87",
        "87.0",
        "-1.5",
        "0",
        "1",
        "1e300",
        "11010119900307002",
        "18446744073709551615",
        "true",
        "false",
        "[]",
        "[1,\"2\",null]",
        "[[1.5,\"2\"],{}]",
        "[{\"Position\":null}]",
        "{}",
        "{\"a\":{\"b\":[1]}}",
        "{\"WarnInfos\":[]}",
        "\"{\"",
        "\"[]\"",
    ]
    .map(|text| serde_json::from_str(text).unwrap())
    .to_vec()
}

/// The text that a member's value stands for.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        // Beyond what a card has; written as a fraction is.
        Value::Number(number) if number.is_f64() => number.as_f64().unwrap().to_string(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

fn credentials() -> Credentials {
    Credentials::new("id", "key")
        .unwrap()
        .with_app_key("app")
        .unwrap()
}

fn url() -> Image {
    Image::from_url("https://h.example/a.jpg").unwrap()
}

fn ask<T>(
    mut call: Call<T>,
    answer: impl FnOnce(&Request<Bytes>) -> Response<Bytes>,
) -> Result<T, Error> {
    let request = sends(&mut call, SystemTime::now());
    match call.settle(Ok(answer(&request))) {
        Settled::Done(answer) => Ok(answer),
        Settled::Fail(error) => Err(error),
        _ => panic!("tries again"),
    }
}

/// `RecognizeEncryptedIDCardOCR`, answered by whoever holds the private key.
fn sealed(
    pair: &KeyPair,
    recipient: &Recipient,
    inner: &str,
    change: &dyn Fn(&mut Value),
) -> Result<Recognized, Error> {
    let card = IdCardRequest::new(url());
    let call = Tencent::new(credentials()).recognize_encrypted_id_card(
        recipient,
        &card,
        IvPolicy::BySuite,
    );
    ask(call.unwrap(), |request| {
        let request: Value = serde_json::from_slice(request.body()).unwrap();
        let mut how = request["Encryption"].clone();
        let key = pair
            .unwrap_key(&unb64(how["CiphertextBlob"].as_str().unwrap()))
            .unwrap();
        let suite = built_in().suite(recipient.algorithm()).unwrap();
        let session = suite.restore(SessionKey::restore(&key).unwrap()).unwrap();
        let mut body = inner.as_bytes().to_vec();
        if !suite.facts().authenticates() {
            let padding = 16 - body.len() % 16;
            body.resize(body.len() + padding, padding as u8);
        }
        let tag = session
            .seal(&unb64(how["Iv"].as_str().unwrap()), &mut body)
            .unwrap();
        how["TagList"] = tag.map_or(Value::Null, |tag| json!([b64(&tag)]));
        let mut answer = json!({"EncryptedBody": b64(&body), "Encryption": how, "RequestId": "r"});
        change(&mut answer);
        reply(200, &json!({ "Response": answer }).to_string())
    })
}

const CARD: [&str; 8] = [
    "Name",
    "Sex",
    "Nation",
    "Birth",
    "Address",
    "IdNum",
    "Authority",
    "ValidDate",
];

fn card() -> Map<String, Value> {
    let mut card: Map<String, Value> = CARD
        .iter()
        .map(|name| ((*name).to_owned(), json!(format!("the {name}"))))
        .collect();
    card.insert(
        "AdvancedInfo".into(),
        json!(r#"{"Quality":50,"WarnInfos":[-9102]}"#),
    );
    card.insert(
        "ReflectDetailInfos".into(),
        json!([{"Position": "Portrait"}]),
    );
    card
}

fn texts(card: &cardseal::tencent::IdCard) -> [&str; 8] {
    [
        &card.name,
        &card.sex,
        &card.nation,
        &card.birth,
        &card.address,
        &card.id_num,
        &card.authority,
        &card.valid_date,
    ]
    .map(|text| text.expose())
}

/// Each member of a card as each value; the others must come through.
fn each_card(read: &dyn Fn(&Value) -> Result<(cardseal::tencent::IdCard, String), Error>) {
    for name in card().keys() {
        for value in values() {
            let mut changed = card();
            changed.insert(name.clone(), value.clone());
            let changed = Value::Object(changed);
            let (read, raw) =
                read(&changed).unwrap_or_else(|error| panic!("{name} {value}: {error}"));
            let raw: Value = serde_json::from_str(&raw).unwrap();
            assert_eq!(raw[name], value, "raw {name}");
            let expected = CARD.map(|member| text_of(&changed[member]));
            assert_eq!(
                texts(&read),
                expected.each_ref().map(String::as_str),
                "{name} {value}"
            );
            let (reflections, quality) = (read.reflect_details.len(), read.advanced_info.quality);
            assert!(
                name == "AdvancedInfo" || quality == Some(50),
                "{name} {value}"
            );
            assert!(
                name == "ReflectDetailInfos" || reflections == 1,
                "{name} {value}"
            );
        }
    }
    // Within AdvancedInfo, as a text and as the object itself.
    for member in [
        "IdCard",
        "Portrait",
        "Quality",
        "BorderCodeValue",
        "WarnInfos",
    ] {
        for value in values() {
            let mut advanced = json!({"IdCard": "QUJD", "Quality": 50, "WarnInfos": [-9102]});
            advanced[member] = value.clone();
            for written in [json!(advanced.to_string()), advanced] {
                let mut changed = card();
                changed.insert("AdvancedInfo".into(), written);
                let (read, _) = read(&Value::Object(changed)).unwrap();
                let info = read.advanced_info;
                assert_eq!(read.name.expose(), "the Name");
                assert!(
                    member == "Quality" || info.quality == Some(50),
                    "{member} {value}"
                );
                assert!(
                    member == "WarnInfos" || info.warnings.len() == 1,
                    "{member} {value}"
                );
                assert!(
                    member == "IdCard" || info.id_card.is_some(),
                    "{member} {value}"
                );
            }
        }
    }
}

#[test]
fn s11_every_member_of_a_sealed_card_may_have_any_type() {
    let (pairs, recipients) = common::service_keys();
    for (pair, recipient) in pairs.iter().zip(&recipients) {
        each_card(&|card| {
            let read = sealed(pair, recipient, &card.to_string(), &|_| {})?;
            assert_eq!(read.authenticated, recipient.algorithm() == "SM4-GCM");
            Ok((read.card, read.raw.expose().to_owned()))
        });
    }
}

#[test]
fn s11_every_member_of_a_card_in_clear_may_have_any_type() {
    each_card(&|card| {
        let mut card = card.clone();
        card["RequestId"] = json!("r");
        let read = in_clear(&json!({ "Response": card }).to_string())?;
        Ok((read.card, read.raw.expose().to_owned()))
    });
    // The instances of public reports, with the value each must give.
    for (member, value, quality, warnings) in [
        ("AdvancedInfo", json!(r#"{"Quality":"87"}"#), Some(87), 0),
        ("AdvancedInfo", json!(r#"{"Quality":87.0}"#), Some(87), 0),
        ("AdvancedInfo", json!(r#"{"WarnInfos":["-9102"]}"#), None, 1),
        ("AdvancedInfo", json!({"WarnInfos": []}), None, 0),
        ("AdvancedInfo", json!(" "), None, 0),
        ("IdNum", json!(11_010_119_900_307_002_i64), Some(50), 1),
        (
            "ReflectDetailInfos",
            json!([{"Position": null}]),
            Some(50),
            1,
        ),
        ("RequestId", json!(7), Some(50), 1),
        ("RequestId", json!([7]), Some(50), 1),
    ] {
        let mut card = Value::Object(card());
        card[member] = value.clone();
        let read = in_clear(&json!({ "Response": card }).to_string()).unwrap();
        let info = &read.card.advanced_info;
        assert_eq!(
            (info.quality, info.warnings.len()),
            (quality, warnings),
            "{member} {value}"
        );
    }
}

fn in_clear(text: &str) -> Result<cardseal::tencent::RecognizedInClear, Error> {
    let card = IdCardRequest::new(url());
    let call = Tencent::new(credentials()).recognize_id_card(&card);
    ask(call.unwrap(), |_| reply(200, text))
}

fn text(body: &str) -> Result<RecognizedText, Error> {
    let call = Tencent::new(credentials()).recognize_text(&TextRequest::new(url()));
    ask(call.unwrap(), |_| reply(200, body))
}

/// An answer of `GeneralBasicOCR`.
fn lines() -> Value {
    json!({
        "TextDetections": [{
            "DetectedText": "a", "Confidence": 99, "Polygon": [{"X": 1, "Y": 2}], "AdvancedInfo": "{}",
            "ItemPolygon": {"X": 1, "Y": 2, "Width": 3, "Height": 4}, "Words": [{"Character": "a", "Confidence": 98}],
            "WordCoordPoint": [{"WordCoordinate": [{"X": 5, "Y": 6}]}],
        }],
        "Language": "zh", "Angel": 1.5, "Angle": 1.5, "PdfPageSize": 2, "RequestId": "r",
    })
}

/// The places of all members of a value, at any depth.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    let mut below: Vec<(String, &Value)> = Vec::new();
    match value {
        Value::Object(members) => below.extend(
            members
                .iter()
                .map(|(name, one)| (format!("{at}/{name}"), one)),
        ),
        Value::Array(elements) => below.extend(
            elements
                .iter()
                .enumerate()
                .map(|(place, one)| (format!("{at}/{place}"), one)),
        ),
        _ => {}
    }
    for (pointer, one) in below {
        found.push(pointer.clone());
        pointers(one, &pointer, found);
    }
}

#[test]
fn s11_every_member_of_recognised_text_may_have_any_type() {
    let mut places = Vec::new();
    pointers(&lines(), "", &mut places);
    assert!(places.len() > 25, "{places:?}");
    for place in places {
        for value in values() {
            let mut answer = lines();
            *answer.pointer_mut(&place).unwrap() = value.clone();
            let read = text(&json!({ "Response": answer }).to_string());
            let read = read.unwrap_or_else(|error| panic!("{place} {value}: {error}"));
            let raw: Value = serde_json::from_str(read.raw.expose()).unwrap();
            assert_eq!(raw, answer);
            let touches = |name: &str| place.starts_with(name);
            assert!(touches("/Language") || read.language == "zh");
            assert!(touches("/Angle") || read.angle == Some(1.5));
            assert!(touches("/PdfPageSize") || read.pdf_page_size == 2);
            if !touches("/TextDetections/0/") && !touches("/TextDetections") {
                assert_eq!(read.lines[0].text.expose(), "a");
            }
            if touches("/TextDetections/0/") && !touches("/TextDetections/0/DetectedText") {
                assert_eq!(read.lines[0].text.expose(), "a", "{place} {value}");
            }
        }
    }
    // Of public reports.
    for (place, value, expected) in [
        ("/Angel", json!("0.5"), [0.5, 99.0, 1.0, 2.0]),
        ("/Angel", json!(null), [0.0, 99.0, 1.0, 2.0]),
        ("/Angel", json!(3), [3.0, 99.0, 1.0, 2.0]),
        (
            "/TextDetections/0/Confidence",
            json!("99.5"),
            [1.5, 99.5, 1.0, 2.0],
        ),
        (
            "/TextDetections/0/Polygon/0/X",
            json!(1.6),
            [1.5, 99.0, 2.0, 2.0],
        ),
        ("/PdfPageSize", json!("7"), [1.5, 99.0, 1.0, 7.0]),
        ("/PdfPageSize", json!(null), [1.5, 99.0, 1.0, 0.0]),
    ] {
        let mut answer = lines();
        *answer.pointer_mut(place).unwrap() = value.clone();
        answer.as_object_mut().unwrap().remove("RequestId");
        let read = text(&json!({ "Response": answer }).to_string()).unwrap();
        let line = &read.lines[0];
        let got = [
            read.angel,
            line.confidence,
            line.polygon[0].x as f64,
            read.pdf_page_size as f64,
        ];
        assert_eq!(got, expected, "{place} {value}");
    }
}

fn huawei_card(result: &Value) -> Result<huawei::Recognized, Error> {
    let account = Huawei::new(
        credentials(),
        cardseal::Endpoint::custom("https://h.example")
            .unwrap()
            .region("cn-north-4")
            .unwrap(),
        &"0".repeat(32),
    )
    .unwrap();
    let call = account.id_card(&huawei::IdCardRequest::new(url()));
    ask(call.unwrap(), |_| {
        reply(200, &json!({ "result": result }).to_string())
    })
}

#[test]
fn s11_every_member_of_huaweis_card_may_have_any_type() {
    let card = json!({
        "name": "a", "sex": "b", "birth": "c", "ethnicity": "d", "address": "e", "number": "f", "issue": "g",
        "valid_from": "h", "valid_to": "i", "verification_result": {"valid_number": true},
        "text_location": {"name": [[1, 2]]}, "portrait_location": [[1, 2]], "portrait_image": "QUJD",
        "adjusted_image": "QUJD", "detect_copy_result": true, "score_info": {"copy_score": 7},
        "front": {"name": "a"}, "back": {"issue": "g"},
    });
    let mut places = Vec::new();
    pointers(&card, "", &mut places);
    for place in places {
        for value in values() {
            let mut result = card.clone();
            *result.pointer_mut(&place).unwrap() = value.clone();
            let read =
                huawei_card(&result).unwrap_or_else(|error| panic!("{place} {value}: {error}"));
            let raw: Value = serde_json::from_str(read.raw.expose()).unwrap();
            assert_eq!(raw, result);
            let expected =
                ["name", "sex", "number", "issue", "valid_to"].map(|name| text_of(&result[name]));
            let card = &read.card;
            let got = [
                &card.name,
                &card.sex,
                &card.number,
                &card.issue,
                &card.valid_to,
            ]
            .map(|text| text.expose());
            assert_eq!(
                got,
                expected.each_ref().map(String::as_str),
                "{place} {value}"
            );
            assert!(
                place.starts_with("/detect") || card.detections.copied == Some(true),
                "{place} {value}"
            );
            assert!(
                place.starts_with("/front") || card.front.as_ref().unwrap().name.expose() == "a"
            );
        }
    }
}

#[test]
fn s11_every_member_of_ctyuns_cards_and_licences_may_have_any_type() {
    let image = || Image::from_base64(PNG).unwrap();
    let account = || Ctyun::new(credentials());
    let answer = |result: &Value| {
        reply(
            200,
            &json!({"statusCode": 800, "returnObj": result, "requestId": 7}).to_string(),
        )
    };
    for changed in ["name", "number", "address"] {
        for value in values() {
            let mut one = json!({"name": "a", "number": "b", "address": "c"});
            one[changed] = value.clone();
            // As it is written, since every digit counts.
            let said = |name: &str| match &one[name] {
                Value::Number(number) => number.to_string(),
                other => text_of(other),
            };
            let expected = [said("name"), said("number"), said("address")];
            let raw =
                |text: &str| assert_eq!(serde_json::from_str::<Value>(text).unwrap(), json!([one]));

            let read = ask(account().id_cards(&[image()]).unwrap(), |_| {
                answer(&json!([one]))
            })
            .unwrap();
            let card = &read.found[0];
            assert_eq!(
                [&card.name, &card.number, &card.address].map(|text| text.expose()),
                expected.each_ref().map(String::as_str),
                "{value}"
            );
            raw(read.raw.expose());
            assert_eq!(read.request_id, "7");

            let read = ask(account().business_license(&image()).unwrap(), |_| {
                answer(&json!([one]))
            })
            .unwrap();
            assert_eq!(read.found[0].name.expose(), expected[0]);
            let read = ask(account().driver_license(&image()).unwrap(), |_| {
                answer(&json!([one]))
            })
            .unwrap();
            assert_eq!(read.found[0].address.expose(), expected[2]);
            raw(read.raw.expose());
        }
    }
    for value in values() {
        let one = json!({"owner": "a", "plate_number": "b", "text_line": value});
        let call = account().general_text(&[image()]).unwrap();
        let read = ask(call, |_| answer(&json!([one]))).unwrap();
        let said = match &value {
            Value::Number(number) => number.to_string(),
            other => text_of(other),
        };
        assert_eq!(read.found[0].text.expose(), said);
    }
}

/// One pixel.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// What was sealed and is no card: the service's no is its no, a wrapped answer is unwrapped, and what has none of a
/// card's members is no card.
#[test]
fn s10_an_opened_answer_that_is_no_card_is_not_an_empty_one() {
    let (pairs, recipients) = common::service_keys();
    let refusal = r#"{"Error":{"Code":"FailedOperation.ImageBlur","Message":"m"},"RequestId":"x"}"#;
    for (pair, recipient) in pairs.iter().zip(&recipients) {
        let sealed = |inner: &str| sealed(pair, recipient, inner, &|_| {});
        for inner in [refusal.to_owned(), format!("{{\"Response\":{refusal}}}")] {
            let error = sealed(&inner).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Service);
            assert_eq!(error.service_code(), Some("FailedOperation.ImageBlur"));
            assert_eq!(error.request_id(), Some("r"));
        }
        let wrapped = sealed(r#"{"Response":{"Name":"甲","IdNum":"1","RequestId":"x"}}"#).unwrap();
        assert_eq!(wrapped.card.name.expose(), "甲");
        for none in [
            "{}",
            r#"{"RequestId":"x"}"#,
            r#"{"Response":{}}"#,
            r#"{"Response":{"Response":{"Name":"x"}}}"#,
            r#"{"Error":null}"#,
            r#"{"ImageBase64":"QUJD"}"#,
        ] {
            let error = sealed(none).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Protocol, "{none}: {error}");
            assert!(
                error
                    .to_string()
                    .contains("none of the members of an ID card"),
                "{error}"
            );
            assert_eq!(error.request_id(), Some("r"));
        }
        // An empty card is one all the same.
        assert!(
            sealed(r#"{"Name":"","IdNum":null}"#)
                .unwrap()
                .card
                .name
                .is_empty()
        );
    }
}

#[test]
fn s10_no_typed_answer_in_clear_is_made_of_nothing() {
    let lines = json!({ "Response": lines() }).to_string();
    let card = json!({ "Response": card() }).to_string();
    for (answer, is_card, is_text) in [
        (r#"{"Response":{"RequestId":"r"}}"#, false, false),
        (lines.as_str(), false, true),
        (card.as_str(), true, false),
    ] {
        let kind = |error: Error| (error.kind() == ErrorKind::Protocol).then_some(()).unwrap();
        assert_eq!(
            in_clear(answer).map(drop).map_err(kind).is_ok(),
            is_card,
            "{answer}"
        );
        assert_eq!(
            text(answer).map(drop).map_err(kind).is_ok(),
            is_text,
            "{answer}"
        );
    }
    for result in [
        json!({}),
        json!({"words": []}),
        json!({"error": "x"}),
        json!(null),
        json!([]),
    ] {
        assert_eq!(
            huawei_card(&result).unwrap_err().kind(),
            ErrorKind::Protocol,
            "{result}"
        );
    }
    for (result, is_answer) in [
        (json!(null), false),
        (json!({}), false),
        (json!(""), false),
        (json!([]), true),
    ] {
        let image = Image::from_base64(PNG).unwrap();
        let call = Ctyun::new(credentials()).id_cards(&[image]).unwrap();
        let body = json!({"statusCode": 800, "returnObj": result}).to_string();
        let read = ask(call, |_| reply(200, &body));
        assert_eq!(read.is_ok(), is_answer, "{result}");
        assert!(read.is_ok_and(|read| read.found.is_empty()) || !is_answer);
    }
}

/// A sealed answer may state no algorithm and no list.
#[test]
fn a4_a_typed_answer_may_leave_algorithm_and_list_out() {
    let (pairs, recipients) = common::service_keys();
    for (pair, recipient) in pairs.iter().zip(&recipients) {
        for member in ["Algorithm", "EncryptList"] {
            let change = |answer: &mut Value| answer["Encryption"][member] = Value::Null;
            let read = sealed(pair, recipient, r#"{"Name":"甲"}"#, &change).unwrap();
            assert_eq!(read.card.name.expose(), "甲");
            let other = |answer: &mut Value| answer["Encryption"][member] = json!("x");
            let error = sealed(pair, recipient, r#"{"Name":"甲"}"#, &other).unwrap_err();
            assert!(matches!(
                error.kind(),
                ErrorKind::Open | ErrorKind::Protocol
            ));
        }
    }
}
