//! Answers in another form, and answers whose members are sealed.

use super::*;

/// The reply does not decide what has to be sealed.
#[test]
fn s9_an_answer_in_another_form_than_was_asked_is_refused() {
    for recipient in recipients() {
        // The reflected body as a sealed member beside a card in clear.
        let (sealed, kept) = sealed(&recipient, &request());
        let own = json_of(core::str::from_utf8(sealed.as_json()).unwrap());
        let mut downgraded = json!({
            "X": own["EncryptedBody"], "Name": "李四", "IdNum": "1", "Encryption": own["Encryption"],
        });
        downgraded["Encryption"]["EncryptList"] = json!(["X"]);
        // And a member that the service sealed, where the whole was asked for.
        let mut genuine = downgraded.clone();
        let (value, tag) = kept.seal("张三".as_bytes(), &kept.member("Iv"));
        genuine["X"] = json!(b64(&value));
        genuine["Encryption"]["TagList"] =
            json!(tag.iter().map(|tag| b64(tag)).collect::<Vec<_>>());
        for (answer, opens_to_others) in [(&downgraded, true), (&genuine, true)] {
            for policy in POLICIES {
                for expected in [Expected::NamedByReply, Expected::Exactly(&["X"])] {
                    let opened = kept.opener().open_fields(&reply(answer), expected, policy);
                    assert_eq!(kind(opened), Err(ErrorKind::Open));
                }
                let opened = kept.opener().open_as_requested(&reply(answer), policy);
                assert_eq!(kind(opened), Err(ErrorKind::Open));
            }
            let other = forgetful(kept.opener()).open_as_requested(&reply(answer), IvPolicy::Same);
            assert_eq!(other.is_ok(), opens_to_others);
        }
        // To an opener that knows no more, the tag speaks of `X` alone, and not at all where `X` is a request.
        for (answer, is_answer) in [(&downgraded, false), (&genuine, true)] {
            let opened = forgetful(kept.opener()).open_as_requested(&reply(answer), IvPolicy::Same);
            let opened = opened.unwrap();
            assert_eq!(opened.sealed(), ["X"]);
            let authenticates = is_answer && recipient.algorithm() == "SM4-GCM";
            assert_eq!(opened.authenticated(), authenticates);
        }
    }
}

/// Where members were sealed, exactly they are asked for: not the whole, not fewer, not the request's own.
#[test]
fn s9_members_are_opened_where_members_were_asked_for() {
    let object = r#"{"IdCard":"11010119900307123X","Name":"张三"}"#;
    for recipient in recipients() {
        let accept = SharedNonce::AcceptRepeatedGcmNonce;
        let names = ["IdCard", "Name"];
        let (sealed, opener) = recipient
            .seal_fields(object.as_bytes(), &names, accept)
            .unwrap();
        let kept = Kept::of(opener);
        let own = json_of(core::str::from_utf8(sealed.as_json()).unwrap());
        let refused = |answer: &Value| {
            for policy in POLICIES {
                let opened = kept.opener().open_as_requested(&reply(answer), policy);
                assert_eq!(kind(opened), Err(ErrorKind::Open), "{answer}");
            }
        };
        refused(&own);
        refused(&kept.answer(CARD.as_bytes(), &kept.member("Iv")));

        let iv = kept.member("Iv");
        let seal = |value: &str| kept.seal(value.as_bytes(), &iv);
        let (id, name) = (seal("9901011990030712"), seal("李四"));
        let tags = |of: &[&Option<[u8; 16]>]| -> Vec<String> {
            of.iter()
                .filter_map(|tag| tag.as_ref().map(|tag| b64(tag)))
                .collect()
        };
        let mut answer = json!({
            "IdCard": b64(&id.0), "Name": b64(&name.0), "Result": "0", "Encryption": own["Encryption"],
        });
        answer["Encryption"]["TagList"] = json!(tags(&[&id.1, &name.1]));
        for list in [
            json!(["IdCard", "Name"]),
            json!(["Response.IdCard", "Response.Name"]),
            Value::Null,
        ] {
            answer["Encryption"]["EncryptList"] = list;
            let opened = kept
                .opener()
                .open_as_requested(&reply(&answer), IvPolicy::Same)
                .unwrap();
            let text = json_of(core::str::from_utf8(opened.expose_plaintext()).unwrap());
            assert_eq!(
                text,
                json!({"IdCard": "9901011990030712", "Name": "李四", "Result": "0"})
            );
            assert_eq!(opened.sealed().len(), 2);
        }
        // One of the two in clear; one of the two the request's own.
        let mut fewer = answer.clone();
        fewer["Encryption"]["EncryptList"] = json!(["IdCard"]);
        fewer["Encryption"]["TagList"] = json!(tags(&[&id.1]));
        refused(&fewer);
        let mut partly = answer.clone();
        partly["Name"] = own["Name"].clone();
        if name.1.is_some() {
            partly["Encryption"]["TagList"][1] = own["Encryption"]["TagList"][1].clone();
        }
        refused(&partly);
    }
}

/// Two members under one key change places, each with its tag, and every tag is good. It is the service's design: no
/// tag says which member it belongs to.
#[test]
fn a6_sealed_members_can_change_places_with_their_tags() {
    for recipient in recipients() {
        let accept = SharedNonce::AcceptRepeatedGcmNonce;
        let object = br#"{"IdCard":"x","Name":"y"}"#;
        let (_, opener) = recipient
            .seal_fields(object, &["IdCard", "Name"], accept)
            .unwrap();
        let kept = Kept::of(opener);
        let iv = kept.member("Iv");
        let (first, second) = (
            kept.seal(b"of the first", &iv),
            kept.seal(b"of the second", &iv),
        );
        let tags = [second.1, first.1];
        let tags: Vec<String> = tags.iter().flatten().map(|tag| b64(tag)).collect();
        let swapped = json!({
            "IdCard": b64(&second.0), "Name": b64(&first.0),
            "Encryption": {
                "Algorithm": recipient.algorithm(), "Iv": b64(&iv), "EncryptList": ["IdCard", "Name"],
                "TagList": tags,
            },
        });
        let opened = kept
            .opener()
            .open_as_requested(&reply(&swapped), IvPolicy::Same)
            .unwrap();
        let text = json_of(core::str::from_utf8(opened.expose_plaintext()).unwrap());
        assert_eq!(
            text,
            json!({"IdCard": "of the second", "Name": "of the first"})
        );
        assert_eq!(opened.authenticated(), recipient.algorithm() == "SM4-GCM");
    }
}

/// The cost of a hostile answer is bounded: one pass over it, however many members it names, at whatever depth.
#[test]
fn a5_many_members_in_a_vast_answer_cost_one_pass() {
    let names: Vec<String> = (0..64).map(|at| format!("m{at}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let object: Value = names
        .iter()
        .map(|name| ((*name).to_owned(), json!("x")))
        .collect();
    let (_, opener) = common::rsa()
        .seal_fields(object.to_string().as_bytes(), &names, SharedNonce::Refuse)
        .unwrap();
    let kept = Kept::of(opener);
    let iv = kept.member("Iv");
    let mut answer: Value = names
        .iter()
        .map(|name| {
            (
                (*name).to_owned(),
                json!(b64(&kept.seal(name.as_bytes(), &iv).0)),
            )
        })
        .collect();
    answer["Vast"] = json!("-".repeat(15 << 20));
    answer["Encryption"] = json!({"Iv": b64(&iv)});
    let opened = kept
        .opener()
        .open_as_requested(&reply(&answer), IvPolicy::Same)
        .unwrap();
    assert!(opened.expose_plaintext().len() > 15 << 20);
    assert_eq!(opened.sealed().len(), 64);
    // One name more is refused before anything is read.
    let paths: Vec<String> = (0..65).map(|at| format!("m{at}")).collect();
    answer["Encryption"]["EncryptList"] = json!(paths);
    let other = forgetful(kept.opener()).open_fields(
        &reply(&answer),
        Expected::NamedByReply,
        IvPolicy::Same,
    );
    assert_eq!(kind(other), Err(ErrorKind::Open));
}
