//! Every member of the other typed answers.

use super::*;

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
