//! Answers whose members have other JSON types than the services' pages say, for every typed answer of the three clouds:
//! what can be read is read, the rest stands raw beside it, and nothing genuine is called forged. And answers that are
//! none: a refusal inside the seal, an empty object, another action's.

#[path = "../common/mod.rs"]
mod common;
mod card;
mod clouds;
mod nothing;

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

fn in_clear(text: &str) -> Result<cardseal::tencent::RecognizedInClear, Error> {
    let card = IdCardRequest::new(url());
    let call = Tencent::new(credentials()).recognize_id_card(&card);
    ask(call.unwrap(), |_| reply(200, text))
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

fn text(body: &str) -> Result<RecognizedText, Error> {
    let call = Tencent::new(credentials()).recognize_text(&TextRequest::new(url()));
    ask(call.unwrap(), |_| reply(200, body))
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

/// One pixel.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
