//! Answers that nobody with the session key made: the request sent back, blocks of it put together, another form than
//! was asked for. And what a forger can still do, asserted here so that SECURITY.md says neither more nor less.

#[path = "../common/mod.rs"]
mod common;
mod members;

use cardseal::crypto::{SessionKey, built_in};
use cardseal::{
    EncryptedReply, Error, ErrorKind, Expected, IvPolicy, Opened, Opener, Recipient, Sealed,
    SharedNonce,
};
use common::{b64, forgetful, unb64};
use serde_json::{Value, json};

const POLICIES: [IvPolicy; 4] = [
    IvPolicy::BySuite,
    IvPolicy::Same,
    IvPolicy::Fresh,
    IvPolicy::AcceptForgeableFirstBlock,
];

/// A request as the service's pages have it, and as long as one with a small picture.
fn request() -> Vec<u8> {
    let picture = b64(&(0..900).map(|at| (at * 7 % 251) as u8).collect::<Vec<_>>());
    format!(r#"{{"ImageBase64":"{picture}","CardSide":"FRONT"}}"#).into_bytes()
}

fn recipients() -> [Recipient; 2] {
    [common::rsa(), common::sm2()]
}

/// The text of an opener, so that one request can be answered in many ways.
struct Kept(String);

impl Kept {
    fn of(opener: Opener) -> Self {
        Self(opener.expose_for_storage().unwrap().to_string())
    }

    fn opener(&self) -> Opener {
        Opener::restore(self.0.as_bytes()).unwrap()
    }

    fn member(&self, name: &str) -> Vec<u8> {
        unb64(json_of(&self.0)[name].as_str().unwrap())
    }

    /// Seals as the service does, which has the session key: ciphertext, and the tag where there is one.
    fn seal(&self, plaintext: &[u8], iv: &[u8]) -> (Vec<u8>, Option<[u8; 16]>) {
        let suite = built_in().suite(json_of(&self.0)["Algorithm"].as_str().unwrap());
        let suite = suite.unwrap();
        let key = SessionKey::restore(&self.member("Key")).unwrap();
        let mut text = plaintext.to_vec();
        if suite.facts().block_len == 16 {
            let padding = 16 - text.len() % 16;
            text.resize(text.len() + padding, padding as u8);
        }
        let tag = suite.restore(key).unwrap().seal(iv, &mut text).unwrap();
        (text, tag)
    }

    /// The service's answer, whole.
    fn answer(&self, plaintext: &[u8], iv: &[u8]) -> Value {
        let (body, tag) = self.seal(plaintext, iv);
        let tags: Vec<String> = tag.iter().map(|tag| b64(tag)).collect();
        json!({
            "EncryptedBody": b64(&body),
            "Encryption": {
                "Algorithm": json_of(&self.0)["Algorithm"], "Iv": b64(iv), "TagList": tags,
                "EncryptList": ["EncryptedBody"],
            },
            "RequestId": "r",
        })
    }
}

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn reply(value: &Value) -> EncryptedReply {
    let text = json!({ "Response": value }).to_string();
    EncryptedReply::parse(text.as_bytes()).unwrap()
}

fn kind(opened: Result<Opened, Error>) -> Result<String, ErrorKind> {
    let text = |opened: Opened| String::from_utf8(opened.expose_plaintext().to_vec()).unwrap();
    opened.map(text).map_err(|error| error.kind())
}

fn sealed(recipient: &Recipient, plaintext: &[u8]) -> (Sealed, Kept) {
    let (sealed, opener) = recipient.seal(plaintext).unwrap();
    (sealed, Kept::of(opener))
}

const CARD: &str = r#"{"Name":"张三","IdNum":"11010119900307123X"}"#;

/// The request's own body, in whatever form, is no answer to anybody who knows it: in the process that sealed it, in a
/// later one, under every policy.
#[test]
fn s8_a_reflected_request_is_refused_under_every_policy() {
    for recipient in recipients() {
        for plaintext in [
            &request()[..],
            CARD.as_bytes(),
            b"{}",
            br#"{"a":"12345678"}"#,
        ] {
            let (sealed, opener) = recipient.seal(plaintext).unwrap();
            let own = json_of(core::str::from_utf8(sealed.as_json()).unwrap());
            let at_once = kind(opener.open(&reply(&own), IvPolicy::Same));
            assert_eq!(at_once, Err(ErrorKind::Open), "{}", recipient.algorithm());

            let (sealed, kept) = self::sealed(&recipient, plaintext);
            let own = json_of(core::str::from_utf8(sealed.as_json()).unwrap());
            for policy in POLICIES {
                for reply in [
                    reply(&own),
                    EncryptedReply::parse(sealed.as_json()).unwrap(),
                ] {
                    let opened = kind(kept.opener().open(&reply, policy));
                    assert_eq!(opened, Err(ErrorKind::Open), "{policy:?}");
                    let opened = kind(kept.opener().open_as_requested(&reply, policy));
                    assert_eq!(opened, Err(ErrorKind::Open), "{policy:?}");
                }
            }
            // The same body does open to whoever does not know it; no tag makes an answer of it.
            let opened = forgetful(kept.opener())
                .open(&reply(&own), IvPolicy::Same)
                .unwrap();
            assert_eq!(opened.expose_plaintext(), plaintext);
            let is_answer = plaintext == CARD.as_bytes();
            assert_eq!(
                opened.authenticated(),
                is_answer && recipient.algorithm() == "SM4-GCM"
            );
        }
    }
}

/// And the service's own answer opens, under the request's IV and under a fresh one.
#[test]
fn s8_the_services_answer_opens_beside_it() {
    for recipient in recipients() {
        let (_, kept) = sealed(&recipient, &request());
        let has_tag = recipient.algorithm() == "SM4-GCM";
        let (own, fresh) = (kept.member("Iv"), vec![7; kept.member("Iv").len()]);
        for (iv, policy, opens) in [
            (&own, IvPolicy::BySuite, true),
            (&own, IvPolicy::Same, true),
            (&own, IvPolicy::Fresh, false),
            (&fresh, IvPolicy::BySuite, has_tag),
            (&fresh, IvPolicy::Same, false),
            (&fresh, IvPolicy::Fresh, true),
            (&fresh, IvPolicy::AcceptForgeableFirstBlock, true),
        ] {
            for text in [CARD, r#"{"a":1}"#] {
                let answer = reply(&kept.answer(text.as_bytes(), iv));
                let opened = kept.opener().open(&answer, policy);
                assert_eq!(
                    opened.is_ok(),
                    opens,
                    "{} {policy:?}",
                    recipient.algorithm()
                );
                let Ok(opened) = opened else { continue };
                assert_eq!(opened.expose_plaintext(), text.as_bytes());
                // What is not the request's own can be the service's only.
                assert_eq!(opened.authenticated(), has_tag);
                assert_eq!(opened.sealed(), ["EncryptedBody"]);
            }
        }
    }
}

/// Another request's answer, and the same answer a second time to another request.
#[test]
fn s8_a_replayed_answer_does_not_open() {
    for recipient in recipients() {
        let (_, first) = sealed(&recipient, &request());
        let (_, second) = sealed(&recipient, &request());
        let answer = reply(&first.answer(CARD.as_bytes(), &first.member("Iv")));
        for policy in POLICIES {
            let opened = kind(second.opener().open(&answer, policy));
            assert_eq!(opened, Err(ErrorKind::Open), "{policy:?}");
        }
    }
}

/// The first block of a request is 16 bytes that everybody knows. With an IV of the forger's choice it opens to any text
/// of up to 15 bytes.
#[test]
fn s8b_a_one_block_answer_made_of_the_request_is_refused() {
    let recipient = common::rsa();
    for wanted in ["{\"Name\":\"张\"}", "{}", r#"{"Name":"abc"}"#] {
        let (sealed, kept) = sealed(&recipient, &request());
        let forged = one_block(
            &sealed,
            &kept,
            0,
            &request()[..16],
            &kept.member("Iv"),
            wanted,
        );
        for policy in POLICIES {
            let opened = kind(kept.opener().open(&forged, policy));
            assert_eq!(opened, Err(ErrorKind::Open), "{wanted} {policy:?}");
        }
        // It is well made: whoever does not know the request and takes any IV takes it.
        let lax = IvPolicy::AcceptForgeableFirstBlock;
        let other = || forgetful(kept.opener());
        assert_eq!(kind(other().open(&forged, lax)).as_deref(), Ok(wanted));
        // By default nobody does.
        for policy in [IvPolicy::default(), IvPolicy::Same] {
            assert_eq!(kind(other().open(&forged, policy)), Err(ErrorKind::Open));
        }
    }
}

/// An answer of one block of the request, whose plaintext and whose predecessor are known, under the IV that makes it
/// open to `wanted`.
fn one_block(
    sealed: &Sealed,
    kept: &Kept,
    block: usize,
    known: &[u8],
    before: &[u8],
    wanted: &str,
) -> EncryptedReply {
    let body = unb64(sealed.encrypted_body());
    let mut text = wanted.as_bytes().to_vec();
    text.resize(16, 16 - wanted.len() as u8);
    let iv: Vec<u8> = (before.iter().zip(known).zip(&text))
        .map(|((before, known), wanted)| before ^ known ^ wanted)
        .collect();
    let mut forged = kept.answer(b"{}", &iv);
    forged["EncryptedBody"] = json!(b64(&body[block * 16..][..16]));
    reply(&forged)
}

/// What is left to a forger under AES-256-CBC, whoever takes any IV: a block from the middle of a request whose text he
/// knows. The request's IV alone keeps him off.
#[test]
fn s8b_what_a_forger_can_still_do_where_any_iv_is_taken() {
    let (sealed, kept) = sealed(&common::rsa(), &request());
    let body = unb64(sealed.encrypted_body());
    let (known, before) = (&request()[32..48], &body[16..32]);
    let wanted = "{\"Name\":\"张\"}";
    let forged = one_block(&sealed, &kept, 2, known, before, wanted);
    for (policy, opens) in [
        (IvPolicy::BySuite, false),
        (IvPolicy::Same, false),
        (IvPolicy::Fresh, true),
        (IvPolicy::AcceptForgeableFirstBlock, true),
    ] {
        let opened = kind(kept.opener().open(&forged, policy));
        assert_eq!(opened.is_ok(), opens, "{policy:?}");
        assert!(opened.is_err() || opened.as_deref() == Ok(wanted));
    }
}

/// And under the request's IV too: bits of an answer turned over, at the price of a garbled block before them. Only that
/// the garbled block is no text keeps him off, and a tag would.
#[test]
fn s8b_what_a_forger_can_still_do_under_the_requests_iv() {
    let genuine = br#"{"Filler":"aaaaaaaaaaaaaaaaaaaa","IdNum":"1"}"#;
    let at = genuine.len() - 3;
    for _ in 0..common::cases(100) {
        let (_, kept) = sealed(&common::rsa(), &request());
        let iv = kept.member("Iv");
        let (mut body, _) = kept.seal(genuine, &iv);
        body[at - 16] ^= b'1' ^ b'7';
        let mut garbled = body.clone();
        let suite = built_in().suite("AES-256-CBC").unwrap();
        let session = suite.restore(SessionKey::restore(&kept.member("Key")).unwrap());
        session.unwrap().open(&iv, &mut garbled, None).unwrap();
        // As he wants it, from his block on; the block before is noise, and the first one stands.
        assert_eq!(&garbled[32..genuine.len()], br#","IdNum":"7"}"#);
        assert_eq!(
            (&garbled[..16], garbled[16..32] == genuine[16..32]),
            (&genuine[..16], false)
        );
        let mut forged = kept.answer(b"{}", &iv);
        forged["EncryptedBody"] = json!(b64(&body));
        let opened = kind(kept.opener().open(&reply(&forged), IvPolicy::Same));
        let is_text = serde_json::from_slice::<Value>(&garbled[..genuine.len()]).is_ok();
        assert_eq!(opened.is_ok(), is_text, "by luck, once in some million");
    }
}
