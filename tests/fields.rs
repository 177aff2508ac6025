//! Named members: sealed in place, opened in place, and the repeated nonce that takes an opt-in.

mod common;

use cardseal::{EncryptedReply, ErrorKind, Expected, IvPolicy, Opener, SharedNonce};
use common::{b64, unb64};
use serde_json::{Value, json};

const REQUEST: &str = r#"{"Zeta": 1.50, "Name":"张三", "IdCard":"11010119900307123X" ,"Big":12345678901234567890123,"Deep":{"a":[1, 2]}}"#;

#[test]
fn named_members_are_sealed_where_they_stand() {
    let (sealed, opener) = common::rsa()
        .seal_fields(REQUEST.as_bytes(), &["IdCard", "Name"], SharedNonce::Refuse)
        .unwrap();
    let text = String::from_utf8(sealed.as_json().to_vec()).unwrap();
    // The rest is kept byte for byte: number spellings, order, inner blanks.
    assert!(text.starts_with(r#"{"Zeta":1.50,"Name":""#), "{text}");
    assert!(
        text.contains(r#""Big":12345678901234567890123,"Deep":{"a":[1, 2]},"Encryption":{"#),
        "{text}"
    );
    assert!(!text.contains("11010119900307123X") && !text.contains("张三"));
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        value["Encryption"]["EncryptList"],
        json!(["IdCard", "Name"])
    );
    assert_eq!(value["Encryption"]["TagList"], json!([]));
    assert_eq!(unb64(value["IdCard"].as_str().unwrap()).len(), 32);

    // Its own answer, to an opener that does not know it.
    let reply = EncryptedReply::parse(sealed.as_json()).unwrap();
    assert!(reply.names_fields());
    let expected = Expected::Exactly(&["Name", "IdCard"]);
    let opened = common::forgetful(opener)
        .open_fields(&reply, expected, IvPolicy::Same)
        .unwrap();
    assert_eq!(
        String::from_utf8_lossy(opened.expose_plaintext()),
        r#"{"Zeta":1.50,"Name":"张三","IdCard":"11010119900307123X","Big":12345678901234567890123,"Deep":{"a":[1, 2]}}"#
    );
    assert_eq!(sealed.into_json(), text.into_bytes());
}

#[test]
fn more_than_one_member_under_sm4_gcm_takes_the_opt_in() {
    let names = ["IdCard", "Name"];
    let error = common::sm2()
        .seal_fields(REQUEST.as_bytes(), &names, SharedNonce::Refuse)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
    assert!(error.to_string().contains("nonce"), "{error}");
    assert!(
        common::sm2()
            .seal_fields(REQUEST.as_bytes(), &["IdCard"], SharedNonce::Refuse)
            .is_ok()
    );

    let (sealed, opener) = common::sm2()
        .seal_fields(
            REQUEST.as_bytes(),
            &names,
            SharedNonce::AcceptRepeatedGcmNonce,
        )
        .unwrap();
    let value: Value = serde_json::from_slice(sealed.as_json()).unwrap();
    assert_eq!(value["Encryption"]["TagList"].as_array().unwrap().len(), 2);
    let reply = EncryptedReply::parse(sealed.as_json()).unwrap();
    let opened = common::forgetful(opener)
        .open_fields(&reply, Expected::Exactly(&names), IvPolicy::BySuite)
        .unwrap();
    assert!(opened.authenticated() && opened.iv_reused());

    // What the opt-in is named for: the XOR of two ciphertexts is the XOR of the values.
    let (id, name) = (
        unb64(value["IdCard"].as_str().unwrap()),
        unb64(value["Name"].as_str().unwrap()),
    );
    let xor: Vec<u8> = id.iter().zip(&name).map(|(a, b)| a ^ b).collect();
    let plain: Vec<u8> = "11010119900307123X"
        .bytes()
        .zip("张三".bytes())
        .map(|(a, b)| a ^ b)
        .collect();
    assert_eq!(xor, plain);
}

#[test]
fn requests_that_cannot_be_sealed() {
    for (object, names) in [
        ("[]", &["a"][..]),
        ("{", &["a"]),
        ("null", &["a"]),
        (r#"{"a":"x"}"#, &[]),
        (r#"{"a":"x"}"#, &["b"]),
        (r#"{"a":"x"}"#, &["a", "a"]),
        (r#"{"":"x"}"#, &[""]),
        (r#"{"a":1}"#, &["a"]),
        (r#"{"a":null}"#, &["a"]),
        (r#"{"a":{"b":"x"}}"#, &["a.b"]),
        (r#"{"a":"x","a":"y"}"#, &["a"]),
        (r#"{"a":"x","b":{"c":1,"c":2}}"#, &["a"]),
        (r#"{"a":"x","Encryption":{}}"#, &["a"]),
    ] {
        let error = common::rsa()
            .seal_fields(object.as_bytes(), names, SharedNonce::Refuse)
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Input, "{object} {names:?}");
    }
    assert!(
        common::rsa()
            .seal_fields(b"{\"a\":\"\xff\"}", &["a"], SharedNonce::Refuse)
            .is_err()
    );
}

/// A name that nobody knows may be a secret that was given in its place.
#[test]
fn s15_a_secret_among_the_names_is_not_shown() {
    let secret = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE";
    for names in [&[secret][..], &["a.AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE"]] {
        let sealed = common::rsa().seal_fields(b"{\"a\":\"x\"}", names, SharedNonce::Refuse);
        let told = format!("{0} {0:?}", sealed.unwrap_err());
        assert!(
            told.contains("[not shown: ") && !told.contains(secret),
            "{told}"
        );
    }
    let sealed = common::rsa().seal_fields(b"{\"a\":\"x\"}", &["IdCrad"], SharedNonce::Refuse);
    assert!(sealed.unwrap_err().to_string().contains("`IdCrad`"));
}

/// An answer would read such a name as a way into an object, and open another member than was sealed.
#[test]
fn a8_a_name_that_an_answer_reads_as_a_path_is_not_sealed() {
    for name in ["a.b", ".a", "a.", "a[0]", "[0]", "a]", "Response.a"] {
        let object = serde_json::json!({ name: "x", "a": { "b": "y" } }).to_string();
        let sealed = common::rsa().seal_fields(object.as_bytes(), &[name], SharedNonce::Refuse);
        let error = sealed.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Input, "{name}");
        assert!(error.to_string().contains("not a single name"), "{error}");
    }
    // What is one step is sealed, whatever else stands in the name.
    let object = r#"{"a-b $é":"x"}"#;
    let sealed = common::rsa().seal_fields(object.as_bytes(), &["a-b $é"], SharedNonce::Refuse);
    assert!(sealed.is_ok());
}

/// An answer as the service's faceid actions give it: dotted paths with array steps, from `Response` down.
struct Answer {
    reply: Value,
    opener: String,
}

/// Seals values by the library itself, then moves the ciphertexts to where the paths say.
fn answer(recipient: &cardseal::Recipient) -> Answer {
    let values = r#"{"a":"11010119900307123X","b":"李四 \"quoted\"","c":""}"#;
    let (sealed, opener) = recipient
        .seal_fields(
            values.as_bytes(),
            &["a", "b", "c"],
            SharedNonce::AcceptRepeatedGcmNonce,
        )
        .unwrap();
    let sealed: Value = serde_json::from_slice(sealed.as_json()).unwrap();
    let mut encryption = sealed["Encryption"].clone();
    encryption["EncryptList"] = json!([
        "Response.Text.IdCard",
        "Response.Text.LivenessDetail[1].Idcard",
        "Response.Text.Name"
    ]);
    let reply = json!({"Response": {
        "Text": {
            "IdCard": sealed["a"],
            "ErrCode": 0,
            "LivenessDetail": [{"Idcard": "untouched"}, {"Idcard": sealed["b"], "Sim": "99.5"}],
            "Name": sealed["c"],
        },
        "Encryption": encryption,
        "RequestId": "r",
    }});
    Answer {
        reply,
        opener: common::forgetful(opener)
            .expose_for_storage()
            .unwrap()
            .to_string(),
    }
}

impl Answer {
    fn open(&self, reply: &Value, expected: Expected<'_>) -> Result<Value, ErrorKind> {
        let parsed =
            EncryptedReply::parse(reply.to_string().as_bytes()).map_err(|_| ErrorKind::Open)?;
        let opener = Opener::restore(self.opener.as_bytes()).unwrap();
        let opened = opener
            .open_fields(&parsed, expected, IvPolicy::BySuite)
            .map_err(|error| error.kind())?;
        Ok(serde_json::from_slice(opened.expose_plaintext()).unwrap())
    }
}

const PATHS: [&str; 3] = [
    "Response.Text.LivenessDetail[1].Idcard",
    "Response.Text.Name",
    "Response.Text.IdCard",
];

#[test]
fn dotted_paths_with_array_steps() {
    for recipient in [common::rsa(), common::sm2()] {
        let answer = answer(&recipient);
        for expected in [Expected::Exactly(&PATHS), Expected::NamedByReply] {
            let opened = answer.open(&answer.reply, expected).unwrap();
            assert_eq!(
                opened,
                json!({
                    "Text": {
                        "IdCard": "11010119900307123X",
                        "ErrCode": 0,
                        "LivenessDetail": [
                            {"Idcard": "untouched"},
                            {"Idcard": "李四 \"quoted\"", "Sim": "99.5"},
                        ],
                        "Name": "",
                    },
                    "RequestId": "r",
                })
            );
        }
        // The inner object alone is taken too.
        let inner = answer.reply["Response"].clone();
        assert!(answer.open(&inner, Expected::NamedByReply).is_ok());
    }
}

#[test]
fn fewer_more_or_other_members_than_expected_are_refused() {
    let answer = answer(&common::rsa());
    for expected in [
        &PATHS[..2],
        &[],
        &[PATHS[0], PATHS[1], PATHS[1]],
        &[PATHS[0], PATHS[1], PATHS[2], "Response.Text.Other"],
        &[PATHS[0], PATHS[1], "Response.Text.Idcard"],
    ] {
        assert_eq!(
            answer.open(&answer.reply, Expected::Exactly(expected)),
            Err(ErrorKind::Open),
            "{expected:?}"
        );
    }
}

/// A change that must make the answer unopenable, and its name.
type Change = (&'static str, fn(&mut Value));

#[test]
fn damaged_lists_are_refused() {
    let changes: &[Change] = &[
        ("a path that leads nowhere", |e| {
            e["EncryptList"][0] = json!("Response.Text.Nothing")
        }),
        ("an index out of range", |e| {
            e["EncryptList"][1] = json!("Response.Text.LivenessDetail[2].Idcard");
        }),
        ("a member twice", |e| {
            e["EncryptList"][2] = json!("Response.Text.IdCard")
        }),
        ("a path through a string", |e| {
            e["EncryptList"][2] = json!("Response.Text.IdCard.x")
        }),
        ("a path to a number", |e| {
            e["EncryptList"][2] = json!("Response.Text.ErrCode")
        }),
        ("an empty path", |e| e["EncryptList"][2] = json!("")),
        ("no list", |e| e["EncryptList"] = Value::Null),
        ("an empty list", |e| e["EncryptList"] = json!([])),
        ("one name less", |e| {
            e["EncryptList"].as_array_mut().unwrap().pop();
        }),
        ("one tag less", |e| {
            e["TagList"].as_array_mut().unwrap().pop();
        }),
        ("tags swapped", |e| {
            e["TagList"].as_array_mut().unwrap().swap(0, 1)
        }),
        ("a short tag", |e| e["TagList"][0] = json!(b64(&[0; 15]))),
        ("the wrong algorithm", |e| {
            e["Algorithm"] = json!("AES-256-CBC")
        }),
    ];
    let answer = answer(&common::sm2());
    assert!(answer.open(&answer.reply, Expected::NamedByReply).is_ok());
    for (name, change) in changes {
        let mut reply = answer.reply.clone();
        change(&mut reply["Response"]["Encryption"]);
        assert_eq!(
            answer.open(&reply, Expected::NamedByReply),
            Err(ErrorKind::Open),
            "{name}"
        );
    }
    // A sealed whole body beside named members.
    let mut reply = answer.reply.clone();
    reply["Response"]["EncryptedBody"] = json!("AAAA");
    assert_eq!(
        answer.open(&reply, Expected::NamedByReply),
        Err(ErrorKind::Open)
    );
}

/// A list of thousands of names costs a pass over the answer each; it is refused before the first.
#[test]
fn a_flood_of_names_is_refused() {
    let answer = answer(&common::rsa());
    let mut reply = answer.reply.clone();
    let names: Vec<String> = (0..100_000).map(|n| format!("Response.A{n}")).collect();
    reply["Response"]["Encryption"]["EncryptList"] = json!(names);
    assert_eq!(
        answer.open(&reply, Expected::NamedByReply),
        Err(ErrorKind::Open)
    );
}

#[test]
fn a_reply_says_whether_members_or_its_whole_body_are_sealed() {
    for (body, list, members) in [
        (Value::Null, json!(["IdCard"]), true),
        (json!(""), json!(["IdCard", "Name"]), true),
        (json!("AAAA"), json!(["IdCard"]), false),
        (json!("AAAA"), json!(["EncryptedBody"]), false),
        (Value::Null, json!(["EncryptedBody"]), false),
        (Value::Null, json!(["EncryptionBody"]), false),
        (Value::Null, json!(["EncryptedBody", "IdCard"]), true),
        (Value::Null, json!([]), false),
        (Value::Null, Value::Null, false),
    ] {
        let reply = json!({"EncryptedBody": body, "Encryption": {"EncryptList": list}});
        let parsed = EncryptedReply::parse(reply.to_string().as_bytes()).unwrap();
        assert_eq!(parsed.names_fields(), members, "{reply}");
        let named: Vec<&str> = list
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        assert_eq!(parsed.sealed_parts(), named, "{reply}");
    }
    for none in ["{}", r#"{"Encryption":null,"Error":null,"RequestId":null}"#] {
        let parsed = EncryptedReply::parse(none.as_bytes()).unwrap();
        assert!(!parsed.names_fields() && parsed.sealed_parts().is_empty());
        assert!(parsed.refusal().is_none() && parsed.request_id().is_none());
    }
}
