//! Answers of the ID card API.

use zeroize::Zeroizing;

use super::*;

fn card(text: &str) -> Result<Recognized, Error> {
    read(Reply {
        text: Zeroizing::new(text.to_owned()),
        request_id: "r1".to_owned(),
    })
}

#[test]
fn s11_every_digit_of_a_number_is_kept() {
    for number in [
        "110105194912310029",
        "110105194912310029.0",
        "1.10105194912310029e17",
    ] {
        let read = card(&format!(
            r#"{{"result":{{"front":{{"number":{number}}}}}}}"#
        ))
        .unwrap();
        let front = read.card.front.unwrap();
        assert_eq!(front.number.expose(), "110105194912310029", "{number}");
    }
}

#[test]
fn s10_sides_that_say_nothing_are_no_card_and_one_that_refuses_is_a_refusal() {
    for nothing in [
        r#"{"front":{},"back":{}}"#,
        r#"{"front":null,"back":null}"#,
        r#"{"name":null,"number":null}"#,
    ] {
        let error = card(&format!(r#"{{"result":{nothing}}}"#)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Protocol, "{nothing}");
    }
    let refused = r#"{"result":{"front":{"error_code":"AIS.0101","error_msg":"x"}}}"#;
    assert_eq!(card(refused).unwrap_err().service_code(), Some("AIS.0101"));
    let half = r#"{"result":{"front":{"error_code":"AIS.0101"},"back":{"issue":"a"}}}"#;
    assert_eq!(card(half).unwrap().card.back.unwrap().issue.expose(), "a");
}

#[test]
fn every_member_of_the_schema_is_read() {
    let text = r#"{"result":{"name":"a","sex":"b","birth":"c","ethnicity":"d","address":"e","number":"f","issue":null,
        "valid_from":"g","valid_to":"h","unheard_of":[1],
        "verification_result":{"valid_number":true,"valid_birth":false,"valid_sex":null,"valid_date":true},
        "text_location":{"name":[[1,2],[3,4]],"sex":null},"portrait_location":[[5,6]],
        "portrait_image":"QUJD","adjusted_image":"REVG","detect_reproduce_result":true,"detect_copy_result":false,
        "detect_tampering_result":true,"detect_border_integrity_result":false,
        "detect_blocking_within_border_result":true,"detect_blur_result":false,"detect_interim_result":true,
        "detect_glare_result":null,"score_info":{"reproduce_score":7,"copy_score":null}}}"#;
    let recognized = card(text).unwrap();
    let card = &recognized.card;
    let texts = [
        &card.name,
        &card.sex,
        &card.birth,
        &card.ethnicity,
        &card.address,
        &card.number,
        &card.issue,
        &card.valid_from,
        &card.valid_to,
    ];
    let texts: Vec<&str> = texts.into_iter().map(Personal::expose).collect();
    assert_eq!(texts, ["a", "b", "c", "d", "e", "f", "", "g", "h"]);
    let verification = card.verification.unwrap();
    assert_eq!(verification.valid_number, Some(true));
    assert_eq!(verification.valid_birth, Some(false));
    assert_eq!(verification.valid_sex, None);
    assert_eq!(verification.valid_validity_period, None);
    let location = card.text_location.as_ref().unwrap();
    assert_eq!(location["name"], Some(vec![vec![1, 2], vec![3, 4]]));
    assert_eq!(card.portrait_location, Some(vec![vec![5, 6]]));
    assert_eq!(card.portrait_image.as_ref().unwrap().expose(), "QUJD");
    assert_eq!(card.adjusted_image.as_ref().unwrap().expose(), "REVG");
    let found = card.detections;
    assert_eq!(
        [
            found.reproduced,
            found.copied,
            found.tampered,
            found.border_incomplete,
            found.covered,
            found.blurred,
            found.temporary,
            found.glaring,
        ],
        [
            Some(true),
            Some(false),
            Some(true),
            Some(false),
            Some(true),
            Some(false),
            Some(true),
            None,
        ]
    );
    assert_eq!(card.scores.as_ref().unwrap()["reproduce_score"], Some(7));
    assert_eq!(recognized.request_id, "r1");
    assert!(recognized.raw.expose().contains("unheard_of"));
}

#[test]
fn both_sides() {
    let both =
        card(r#"{"result":{"front":{"name":"a","detect_copy_result":true},"back":{"issue":"b"}}}"#)
            .unwrap()
            .card;
    let (front, back) = (both.front.unwrap(), both.back.unwrap());
    assert_eq!((front.name.expose(), back.issue.expose()), ("a", "b"));
    assert_eq!(front.detections.copied, Some(true));
    assert!(both.name.is_empty());
}

#[test]
fn another_shape_is_the_services_fault() {
    for text in [
        "null",
        "{}",
        r#"{"result":[]}"#,
        r#"{"result":null}"#,
        r#"{"result":{}}"#,
        r#"{"result":{"error":"x"}}"#,
    ] {
        let error = card(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Protocol, "{text}");
        assert_eq!(error.request_id(), Some("r1"));
    }
}
