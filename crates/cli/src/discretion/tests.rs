//! What may be shown of what was given.

use super::*;

const SECRETS: [&str; 14] = [
    "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
    "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
    "0b2c3ac3f6cd4d0f9a6c5a47f59d1a77",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "zf2ntpS9LCFzgYXrW1pqXA==",
    "a-secret-that-must-never-show",
    "correct horse battery staple",
    "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEG\n-----END PRIVATE KEY-----",
    "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0t",
    r#"{"Algorithm":"SM4-GCM","Key":"zf2ntpS9LCFzgYXrW1pqXA==","Iv":"AAAA"}"#,
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
    "http://user:hunter2hunter2@proxy.example:3128",
    "11010519491231002X",
    "68c865a5575ee59b8bec8f8b1b4d1ece48dda78630129abbe25bf563b0c86963",
];

#[test]
fn what_looks_like_a_secret_is_not_shown() {
    for secret in SECRETS {
        let shown = path(Path::new(secret));
        assert_eq!(shown, HIDDEN, "{secret}");
        for given in [secret.to_owned(), format!("--key={secret}")] {
            let message = format!("invalid value '{secret}' for '--suite <SUITE>'");
            let left = without([given].into_iter(), &message);
            assert!(!left.contains(secret), "{left}");
            assert!(left.ends_with("for '--suite <SUITE>'"), "{left}");
        }
    }
}

#[test]
fn the_advice_of_this_program_stays_whatever_was_given() {
    for (given, message) in [
        (
            "--action=IDCard\"OCR",
            "the action is no name: it holds only letters, digits and `_`, as in IDCardOCR",
        ),
        (
            "--action=IDCardOCR\"",
            "the action is no name: it holds only letters, digits and `_`, as in IDCardOCR",
        ),
        (
            "--endpoint=https://ex\"; import os'",
            "the endpoint is no origin; give https://host[:port]",
        ),
        (
            "--endpoint=https://user:PASSWORD123@h",
            "the endpoint holds a user's name; give https://host[:port]",
        ),
    ] {
        assert_eq!(without([given.to_owned()].into_iter(), message), message);
    }
    // A piece of a secret that stands by itself is hidden all the same.
    let given = ["--key=correct horse battery staple".to_owned()];
    let left = without(
        given.into_iter(),
        "no such key: 'battery', 'horses', staple",
    );
    assert_eq!(left, format!("no such key: '{HIDDEN}', 'horses', {HIDDEN}"));
}

#[test]
fn a_name_is_shown_and_cut() {
    for name in [
        "key.pem",
        "public.b64",
        "/etc/cardseal/production/public.pem",
        "./keys/sm4-gcm",
        "cards/front-of-the-card.jpeg",
        "密钥.pem",
    ] {
        assert_eq!(path(Path::new(name)), name);
        assert_eq!(without([name.to_owned()].into_iter(), name), name);
    }
    let long = format!("/{}/key.pem", "folder/".repeat(20));
    let shown = path(Path::new(&long));
    assert_eq!(shown.chars().count(), SHOWN + 1);
    assert!(long.starts_with(shown.trim_end_matches('…')));
}

#[test]
fn s15_a_word_that_is_no_files_name_is_not_shown_whatever_it_looks_like() {
    for (word, count) in [
        ("s3cr3tTok", 9),
        ("hunter2.hunter2.ok.Tango9", 25),
        ("missing", 7),
    ] {
        assert_eq!(
            path(Path::new(word)),
            format!("[not shown: {count} characters]")
        );
    }
    for word in ["s3cr3tTok", "Hw@Passw0rd!24"] {
        let said = format!("invalid value '{word}' for '--suite <SUITE>'");
        let left = without_words_of([format!("--suite={word}")].into_iter(), &said);
        assert!(
            !left.contains(word) && left.ends_with("for '--suite <SUITE>'"),
            "{left}"
        );
    }
    let said = "unrecognized subcommand 'unseal'; invalid value 'rot13' for '--suite <SUITE>'";
    let given = ["unseal", "rot13"].map(str::to_owned);
    assert_eq!(without_words_of(given.into_iter(), said), said);
}

#[test]
fn a20_codes_and_numbers_are_no_secrets() {
    let code = "failedoperation.imageblurr";
    let message = format!("no cloud has an error code `{code}` that is known here");
    assert_eq!(without([code.to_owned()].into_iter(), &message), message);
    let number = "99999999999999999999";
    let message = format!("invalid value '{number}' for '--calls <N>': number too large");
    let given = [format!("--calls={number}")];
    assert_eq!(without(given.into_iter(), &message), message);
    let given = ["--calls", number].map(str::to_owned);
    assert_eq!(without(given.into_iter(), &message), message);
    let given = ["--key", number].map(str::to_owned);
    assert!(!without(given.into_iter(), &message).contains(number));
}

#[test]
fn a14_a_secret_that_was_cut_short_is_hidden_too() {
    let secret = "AGE-SECRET-KEY-1WLL87Q0UYXVNRY3289NCASQ3FLH3RF79CEG9E4DNWNJPXXXXXXXXXXXXXX";
    for cut in [20, 40, 60] {
        let message = format!(
            "no cloud has an error code `{}…` that is known here",
            &secret[..cut]
        );
        for given in [
            secret.to_owned(),
            format!("@{secret}"),
            format!("--since={secret}"),
        ] {
            let left = without([given].into_iter(), &message);
            assert_eq!(
                left,
                format!("no cloud has an error code `{HIDDEN}…` that is known here")
            );
        }
    }
    assert_eq!(path(Path::new(&format!("@{secret}"))), HIDDEN);
    assert!(may_be_secret("AGE-SECRET-KEY-1Q"));
    assert_eq!(cut(&["word"; 20].join(".")).chars().count(), SHOWN + 1);
}

#[test]
fn options_and_short_words_stay() {
    let message = "unexpected argument '--secret-kye-file-of-mine' found; a similar argument exists: '--json'";
    let given = ["--secret-kye-file-of-mine", "open", "--json", "=", ""].map(str::to_owned);
    assert_eq!(without(given.into_iter(), message), message);
}
