//! An answer is opened exactly as the request implies, or not at all; and every refusal is the same.

mod common;

use cardseal::{EncryptedReply, ErrorKind, Expected, IvPolicy, Opener};
use common::{b64, text, unb64, unhex};
use serde_json::{Value, json};

const SUITES: [&str; 2] = ["guide-aes-256-cbc", "guide-sm4-gcm"];

/// The guide's sample as an answer, and its opener.
fn answer(name: &str) -> (Value, impl Fn() -> Opener) {
    let sample = common::vector(&format!("envelope/{name}.json"));
    let tags = if sample["tag"].is_null() {
        json!(null)
    } else {
        json!([sample["tag"]])
    };
    let reply = json!({
        "Name": "", "Sex": "", "IdNum": "", "AdvancedInfo": "", "ReflectDetailInfos": [],
        "EncryptedBody": sample["ciphertext"],
        "Encryption": {
            "Algorithm": sample["algorithm"], "CiphertextBlob": sample["ciphertext_blob"],
            "EncryptList": ["EncryptedBody"], "Iv": sample["iv"], "TagList": tags,
        },
        "RequestId": "r",
    });
    let stored = json!({
        "Algorithm": sample["algorithm"],
        "Key": b64(&unhex(text(&sample, "key_hex"))),
        "Iv": sample["iv"],
    })
    .to_string();
    (reply, move || Opener::restore(stored.as_bytes()).unwrap())
}

fn try_open(reply: &Value, opener: Opener, policy: IvPolicy) -> Result<(), ErrorKind> {
    let body = json!({ "Response": reply }).to_string();
    let parsed = EncryptedReply::parse(body.as_bytes()).map_err(|_| ErrorKind::Open)?;
    let opened = opener.open(&parsed, policy);
    opened.map(drop).map_err(|error| error.kind())
}

/// A change that must make the answer unopenable, for which suites, by name.
type Change = (&'static str, fn(&mut Value));

const CHANGES: &[Change] = &[
    ("no Encryption", |r| r["Encryption"] = Value::Null),
    ("Encryption an array", |r| {
        let e = r["Encryption"].clone();
        r["Encryption"] = json!([e["Iv"], e["Algorithm"], e["TagList"], e["EncryptList"]]);
    }),
    ("no EncryptedBody", |r| r["EncryptedBody"] = Value::Null),
    ("empty EncryptedBody", |r| r["EncryptedBody"] = json!("")),
    ("EncryptedBody absent", |r| {
        r.as_object_mut().unwrap().remove("EncryptedBody");
    }),
    ("an empty Algorithm", |r| {
        r["Encryption"]["Algorithm"] = json!("")
    }),
    ("Algorithm in another case", |r| {
        let name = r["Encryption"]["Algorithm"]
            .as_str()
            .unwrap()
            .to_lowercase();
        r["Encryption"]["Algorithm"] = json!(name);
    }),
    ("the other Algorithm", |r| {
        let other = if r["Encryption"]["Algorithm"] == "SM4-GCM" {
            "AES-256-CBC"
        } else {
            "SM4-GCM"
        };
        r["Encryption"]["Algorithm"] = json!(other);
    }),
    ("an unknown Algorithm", |r| {
        r["Encryption"]["Algorithm"] = json!("AES-256-GCM")
    }),
    ("empty EncryptList", |r| {
        r["Encryption"]["EncryptList"] = json!([])
    }),
    ("EncryptionBody", |r| {
        r["Encryption"]["EncryptList"] = json!(["EncryptionBody"])
    }),
    ("EncryptList longer", |r| {
        r["Encryption"]["EncryptList"] = json!(["EncryptedBody", "EncryptedBody"]);
    }),
    ("no Iv", |r| r["Encryption"]["Iv"] = Value::Null),
    ("Iv one byte short", |r| shorten(&mut r["Encryption"]["Iv"])),
    ("Iv one byte long", |r| lengthen(&mut r["Encryption"]["Iv"])),
    ("Iv not base64", |r| r["Encryption"]["Iv"] = json!("!!!!")),
    ("body not base64", |r| r["EncryptedBody"] = json!("****")),
    ("body with a line break", |r| {
        let body = format!("{}\n", r["EncryptedBody"].as_str().unwrap());
        r["EncryptedBody"] = json!(body);
    }),
    ("body unpadded", |r| {
        let body = r["EncryptedBody"]
            .as_str()
            .unwrap()
            .trim_end_matches('=')
            .to_owned();
        r["EncryptedBody"] = json!(format!("{body}A"));
    }),
    ("first byte flipped", |r| flip(&mut r["EncryptedBody"], 0)),
    ("last byte flipped", |r| {
        let last = unb64(r["EncryptedBody"].as_str().unwrap()).len() - 1;
        flip(&mut r["EncryptedBody"], last);
    }),
    ("body one byte short", |r| shorten(&mut r["EncryptedBody"])),
    ("body one byte long", |r| lengthen(&mut r["EncryptedBody"])),
    ("an extra tag", |r| {
        let mut tags = r["Encryption"]["TagList"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        tags.push(json!(b64(&[0; 16])));
        r["Encryption"]["TagList"] = json!(tags);
    }),
    ("Name in clear", |r| r["Name"] = json!("张三")),
    ("IdNum in clear", |r| {
        r["IdNum"] = json!("11010119900307123X")
    }),
    ("Address in clear, a number", |r| r["Address"] = json!(0)),
    ("a blank in clear", |r| r["Authority"] = json!(" ")),
    ("AdvancedInfo in clear", |r| r["AdvancedInfo"] = json!("{}")),
    ("ReflectDetailInfos in clear", |r| {
        r["ReflectDetailInfos"] = json!([{"Position": "Portrait"}]);
    }),
];

const SM4_CHANGES: &[Change] = &[
    ("no TagList", |r| r["Encryption"]["TagList"] = Value::Null),
    ("empty TagList", |r| r["Encryption"]["TagList"] = json!([])),
    ("tag flipped", |r| {
        flip(&mut r["Encryption"]["TagList"][0], 15)
    }),
    ("tag cut to 15", |r| {
        shorten(&mut r["Encryption"]["TagList"][0])
    }),
    ("tag cut to 12", |r| {
        let tag = unb64(r["Encryption"]["TagList"][0].as_str().unwrap());
        r["Encryption"]["TagList"] = json!([b64(&tag[..12])]);
    }),
    ("tag of 17", |r| {
        lengthen(&mut r["Encryption"]["TagList"][0])
    }),
    ("tag empty", |r| r["Encryption"]["TagList"] = json!([""])),
    ("tag moved into the body", |r| {
        let mut body = unb64(r["EncryptedBody"].as_str().unwrap());
        body.extend(unb64(r["Encryption"]["TagList"][0].as_str().unwrap()));
        r["EncryptedBody"] = json!(b64(&body));
        r["Encryption"]["TagList"] = json!([""]);
    }),
    ("Iv flipped", |r| flip(&mut r["Encryption"]["Iv"], 3)),
];

fn flip(value: &mut Value, byte: usize) {
    let mut bytes = unb64(value.as_str().unwrap());
    bytes[byte] ^= 1;
    *value = json!(b64(&bytes));
}

fn shorten(value: &mut Value) {
    let mut bytes = unb64(value.as_str().unwrap());
    bytes.pop();
    *value = json!(b64(&bytes));
}

fn lengthen(value: &mut Value) {
    let mut bytes = unb64(value.as_str().unwrap());
    bytes.push(0);
    *value = json!(b64(&bytes));
}

#[test]
fn every_change_is_refused_alike() {
    for suite in SUITES {
        let (good, opener) = answer(suite);
        assert_eq!(
            try_open(&good, opener(), IvPolicy::BySuite),
            Ok(()),
            "{suite}"
        );
        let more = if suite == "guide-sm4-gcm" {
            SM4_CHANGES
        } else {
            &[]
        };
        for (name, change) in CHANGES.iter().chain(more) {
            let mut reply = good.clone();
            change(&mut reply);
            assert_eq!(
                try_open(&reply, opener(), IvPolicy::BySuite),
                Err(ErrorKind::Open),
                "{suite}: {name}"
            );
        }
    }
}

/// The service's pages say that both may be null: they are the request's then.
#[test]
fn a4_an_algorithm_or_list_that_is_null_or_absent_is_the_requests() {
    for suite in SUITES {
        let (good, opener) = answer(suite);
        for names in [
            &["Algorithm"][..],
            &["EncryptList"],
            &["Algorithm", "EncryptList"],
        ] {
            let (mut null, mut absent) = (good.clone(), good.clone());
            for name in names {
                null["Encryption"][name] = Value::Null;
                absent["Encryption"].as_object_mut().unwrap().remove(*name);
            }
            for reply in [null, absent] {
                let outcome = try_open(&reply, opener(), IvPolicy::Same);
                assert_eq!(outcome, Ok(()), "{suite}: {names:?}");
            }
        }
    }
}

/// `null` and `[]` are both how the service says that AES-256-CBC has no tags.
#[test]
fn aes_takes_no_tags_in_either_spelling() {
    let (mut reply, opener) = answer("guide-aes-256-cbc");
    for none in [json!(null), json!([])] {
        reply["Encryption"]["TagList"] = none;
        assert_eq!(try_open(&reply, opener(), IvPolicy::BySuite), Ok(()));
    }
    reply["Encryption"]
        .as_object_mut()
        .unwrap()
        .remove("TagList");
    assert_eq!(try_open(&reply, opener(), IvPolicy::BySuite), Ok(()));
}

/// Two requests to the published keys, each answered by whoever holds the session key: here, a second opener
/// restored from the first's text.
#[test]
fn iv_policies() {
    for suite in SUITES {
        let (reply, opener) = answer(suite);
        assert_eq!(try_open(&reply, opener(), IvPolicy::Same), Ok(()));
        assert_eq!(
            try_open(&reply, opener(), IvPolicy::Fresh),
            Err(ErrorKind::Open),
            "{suite}: same IV"
        );
        // The same answer to an opener whose request had another IV: to it this is a fresh IV.
        let text = opener().expose_for_storage().unwrap();
        let mut stored: Value = serde_json::from_str(&text).unwrap();
        flip(&mut stored["Iv"], 0);
        let other = || Opener::restore(stored.to_string().as_bytes()).unwrap();
        let by_suite = match suite {
            "guide-sm4-gcm" => Ok(()),
            _ => Err(ErrorKind::Open),
        };
        assert_eq!(try_open(&reply, other(), IvPolicy::BySuite), by_suite);
        assert_eq!(try_open(&reply, other(), IvPolicy::default()), by_suite);
        let lax = IvPolicy::AcceptForgeableFirstBlock;
        assert_eq!(try_open(&reply, other(), lax), Ok(()));
        assert_eq!(try_open(&reply, other(), IvPolicy::Fresh), Ok(()));
        assert_eq!(
            try_open(&reply, other(), IvPolicy::Same),
            Err(ErrorKind::Open),
            "{suite}: fresh IV"
        );
    }
}

#[test]
fn another_requests_key_opens_nothing() {
    for suite in SUITES {
        let (reply, opener) = answer(suite);
        let mut stored: Value =
            serde_json::from_str(&opener().expose_for_storage().unwrap()).unwrap();
        flip(&mut stored["Key"], 5);
        let other = Opener::restore(stored.to_string().as_bytes()).unwrap();
        assert_eq!(
            try_open(&reply, other, IvPolicy::BySuite),
            Err(ErrorKind::Open),
            "{suite}"
        );
    }
}

#[test]
fn a_member_that_stands_twice_is_refused_in_the_outer_layer() {
    for suite in SUITES {
        let (reply, _) = answer(suite);
        let inner = reply.to_string();
        let twice = [
            format!(
                "{{\"Response\":{},\"RequestId\":\"x\"}}",
                inner.replacen('{', "{\"RequestId\":\"x\",", 1)
            ),
            format!("{{\"Response\":{inner},\"Response\":{inner}}}"),
            format!(
                "{{\"Response\":{}}}",
                inner.replace("\"Iv\":", "\"Iv\":\"AAAA\",\"Iv\":")
            ),
            format!(
                "{{\"Response\":{}}}",
                inner.replace("\"Iv\":", "\"\\u0049v\":\"AAAA\",\"Iv\":")
            ),
            inner.replacen('{', "{\"RequestId\":\"x\",", 1),
        ];
        for body in twice {
            let error = EncryptedReply::parse(body.as_bytes()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Open, "{body:.80}");
        }
    }
}

#[test]
fn what_is_no_reply_is_a_protocol_error() {
    for body in [
        "",
        "hello",
        "<html>",
        "[]",
        "null",
        "\"x\"",
        "{",
        "{\"Response\":[]}",
        "{\"Response\":null}",
        "{\"Response\":{\"EncryptedBody\":5}}",
        "{} {}",
    ] {
        let error = EncryptedReply::parse(body.as_bytes()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Protocol, "{body}");
    }
    assert_eq!(
        EncryptedReply::parse([0xff]).unwrap_err().kind(),
        ErrorKind::Protocol
    );
}

#[test]
fn one_error_with_one_text() {
    let texts: std::collections::BTreeSet<String> = SUITES
        .iter()
        .flat_map(|suite| {
            let (good, opener) = answer(suite);
            CHANGES.iter().filter_map(move |(_, change)| {
                let mut reply = good.clone();
                change(&mut reply);
                let body = json!({ "Response": reply }).to_string();
                // An `Encryption` that is no object has not the shape of a reply at all.
                let parsed = EncryptedReply::parse(body.as_bytes()).ok()?;
                let error = opener().open(&parsed, IvPolicy::BySuite).unwrap_err();
                Some(error.to_string())
            })
        })
        .collect();
    assert_eq!(texts.len(), 1, "{texts:?}");
}

#[test]
fn a_refusal_is_read_whatever_else_the_reply_holds() {
    let reply = EncryptedReply::parse(
        br#"{"Response":{"Error":{"Code":"FailedOperation.ImageBlur","Message":"m"},"RequestId":"r"}}"#,
    )
    .unwrap();
    let refusal = reply.refusal().unwrap();
    assert_eq!(
        (refusal.code.as_str(), refusal.message.as_str()),
        ("FailedOperation.ImageBlur", "m")
    );
    assert_eq!(reply.request_id(), Some("r"));
    let (_, opener) = answer("guide-sm4-gcm");
    assert!(opener().open(&reply, IvPolicy::BySuite).is_err());
    assert!(
        opener()
            .open_fields(&reply, Expected::NamedByReply, IvPolicy::BySuite)
            .is_err()
    );
}
