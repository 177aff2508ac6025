//! What comes out of an opener, and how an opener is stored and taken back.

mod common;

use cardseal::{EncryptedReply, ErrorKind, IvPolicy, Opener};
use common::b64;

/// Plaintexts that are not one JSON object, sealed rightly: each is refused like a forgery.
#[test]
fn only_one_json_object_without_duplicates_comes_out() {
    for recipient in [common::rsa(), common::sm2()] {
        for (plaintext, opens) in [
            (&b"{\"Name\":\"x\"}"[..], true),
            (b" {} \n", true),
            (b"", false),
            (b"[]", false),
            (b"null", false),
            (b"\"x\"", false),
            (b"{", false),
            (b"{}{}", false),
            (b"{}x", false),
            (b"{\"a\":1,\"a\":2}", false),
            (b"{\"a\":{\"b\":1,\"\\u0062\":2}}", false),
            (b"{\"a\":\"\xff\"}", false),
            (b"\xef\xbb\xbf{}", false),
        ] {
            // The sealed request as its own answer, under the same key and IV, to an opener that does not know it.
            let (sealed, opener) = recipient.seal(plaintext).unwrap();
            let reply = EncryptedReply::parse(sealed.as_json()).unwrap();
            let outcome = common::forgetful(opener).open(&reply, IvPolicy::BySuite);
            assert_eq!(
                outcome.is_ok(),
                opens,
                "{:?}",
                String::from_utf8_lossy(plaintext)
            );
            if let Ok(opened) = outcome {
                assert_eq!(opened.expose_plaintext(), plaintext);
            }
        }
    }
}

#[test]
fn an_opener_file_is_read_strictly() {
    let key = b64(b"zpBn0BkD44bvJuSF");
    let good = format!(r#"{{"Algorithm":"SM4-GCM","Key":"{key}","Iv":"MUZsKuqk7N2u7Ayh"}}"#);
    let opener = Opener::restore(good.as_bytes()).unwrap();
    assert!(!opener.knows_its_request());
    assert_eq!(*opener.expose_for_storage().unwrap(), good);
    assert!(Opener::restore(good.as_bytes()).is_ok());
    for bad in [
        String::new(),
        "{}".into(),
        "null".into(),
        format!(r#"["SM4-GCM","{key}","MUZsKuqk7N2u7Ayh"]"#),
        good.replace("SM4-GCM", "SM4-CBC"),
        good.replace("SM4-GCM", "AES-256-CBC"),
        good.replace("\"Iv\"", "\"IV\""),
        good.replace("MUZs", "MUZ"),
        good.replace("==", ""),
        good.replacen('{', "{\"X\":1,", 1),
        good.replacen('{', "{\"Iv\":\"MUZsKuqk7N2u7Ayh\",", 1),
        format!("{good}x"),
    ] {
        let error = Opener::restore(bad.as_bytes()).expect_err(&bad);
        assert_eq!(error.kind(), ErrorKind::Input);
        assert!(!format!("{error} {error:?}").contains(&key[..8]));
    }
}

/// Key and IV have the lengths of the suite, each by itself.
#[test]
fn an_opener_file_holds_a_key_and_an_iv_of_its_suite() {
    let restores = |suite: &str, key: usize, iv: usize| {
        let (key, iv) = (b64(&vec![1; key]), b64(&vec![2; iv]));
        let text = format!(r#"{{"Algorithm":"{suite}","Key":"{key}","Iv":"{iv}"}}"#);
        Opener::restore(text.as_bytes()).is_ok()
    };
    for (suite, key, iv) in [("SM4-GCM", 16, 12), ("AES-256-CBC", 32, 16)] {
        for other in 0..40 {
            assert_eq!(
                restores(suite, other, iv),
                other == key,
                "{suite}: key of {other}"
            );
            assert_eq!(
                restores(suite, key, other),
                other == iv,
                "{suite}: IV of {other}"
            );
        }
    }
}

/// The base64 of a session key is written and read by the coder that looks nothing up in a table, and as strictly as by the other one.
#[test]
#[cfg_attr(miri, ignore = "a key wrap takes an interpreter minutes")]
fn a24_a_session_keys_text_is_made_without_a_table_and_read_strictly() {
    let source = include_str!("../src/envelope/stored.rs");
    assert!(source.contains("Base64::encode(key.expose_key_bytes()"));
    assert!(source.contains("Base64::decode(stored.key.expose()"));
    let (_, opener) = common::sm2().seal(b"{}").unwrap();
    let text = opener.expose_for_storage().unwrap();
    let whole: serde_json::Value = serde_json::from_str(&text).unwrap();
    let key = whole["Key"].as_str().unwrap();
    assert_eq!((key.len(), &key[22..]), (24, "=="));
    let with = |key: &str| {
        let mut other = whole.clone();
        other["Key"] = key.into();
        Opener::restore(other.to_string().as_bytes())
    };
    assert!(with(key).is_ok());
    for loose in [
        &key[..22],
        &format!("{key}="),
        &format!(" {key}"),
        &format!("{}\n", key),
        &key.replace("==", "A="),
        &format!("_{}", &key[1..]),
        "",
    ] {
        let error = with(loose).unwrap_err();
        assert!(!error.to_string().contains(&key[..16]), "{error}");
    }
}
