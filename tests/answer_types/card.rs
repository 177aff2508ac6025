//! Every member of a card, sealed and in clear, as each value.

use super::*;

/// Each member of a card as each value; the others must come through.
fn each_card(read: impl Fn(&Value) -> Result<(cardseal::tencent::IdCard, String), Error>) {
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
        each_card(|card| {
            let read = sealed(pair, recipient, &card.to_string(), &|_| {})?;
            assert_eq!(read.authenticated, recipient.algorithm() == "SM4-GCM");
            Ok((read.card, read.raw.expose().to_owned()))
        });
    }
}

#[test]
fn s11_every_member_of_a_card_in_clear_may_have_any_type() {
    each_card(|card| {
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
