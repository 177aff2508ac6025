//! What is no answer, and what may be left out of one.

use super::*;

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
