//! The fast path beside the slow one.

use super::*;
use crate::wire::json::check_object;

/// The names at the top, if the fast path takes the text.
fn scanned(text: &[u8]) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let mut scan = Scan::new(text);
    scan.object(|scan, name| {
        names.push(String::from_utf8(name.to_vec()).unwrap());
        scan.value()
    })?;
    scan.end()?;
    Some(names)
}

/// The same on the slow path.
fn checked(text: &[u8]) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let text = core::str::from_utf8(text).ok()?;
    check_object(text, |name| names.push(name.to_owned())).ok()?;
    Some(names)
}

const PLAIN: [&str; 8] = [
    "{}",
    " { \"a\" : [ ] , \"b\" : { } } \r\n\t",
    r#"{"a":[1,-2.50,0,0.0,-0],"b":[true,false,null],"c":{"a":{"a":"a"}}}"#,
    r#"{"a":"\" \\ \/ \b\f\n\r\t \u674e\uFFFF","b":""}"#,
    r#"{"Name":"李明","Address":"北京市","é":"😀"}"#,
    r#"{"aaaaaaaa":1,"aaaaaaab":2,"aaaaaaaaa":[{"a":1},{"a":1}]}"#,
    r#"{"a":"0123456789012345678901234567890123456789\"0123456789012345678901234567890123456789"}"#,
    r#"{"long":"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/==","z":12345678901234567890}"#,
];

#[test]
fn what_is_plain_takes_the_fast_path() {
    for text in PLAIN {
        assert_eq!(scanned(text.as_bytes()), checked(text.as_bytes()), "{text}");
        assert!(scanned(text.as_bytes()).is_some(), "{text}");
    }
}

/// Every byte replaced, left out or doubled, and every text cut short. An interpreter takes some of these texts: all of
/// them take it hours.
#[test]
fn the_fast_path_takes_nothing_that_the_slow_one_refuses() {
    let one_of = if cfg!(miri) { 997 } else { 1 };
    let (mut texts, mut taken) = (0, 0);
    let mut compare = |text: &[u8]| {
        texts += 1;
        if texts % one_of != 0 {
            return;
        }
        if let Some(names) = scanned(text) {
            taken += 1;
            assert_eq!(Some(names), checked(text), "{}", text.escape_ascii());
        }
    };
    for text in PLAIN {
        let text = text.as_bytes();
        for at in 0..text.len() {
            compare(&text[..at]);
            compare(&[&text[..at], &text[at + 1..]].concat());
            compare(&[&text[..=at], &text[at..]].concat());
            for byte in 0..=255 {
                let mut changed = text.to_vec();
                changed[at] = byte;
                compare(&changed);
            }
        }
    }
    assert!(taken > 10_000 / one_of, "{taken} of {texts}");
}

#[test]
fn what_is_refused_takes_no_path() {
    let deep = |depth: usize| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
    let many = |count: usize| {
        let members: Vec<String> = (0..count).map(|at| format!("\"{at}\":0")).collect();
        format!("{{{}}}", members.join(","))
    };
    for refused in [
        r#"{"a":1,"a":2}"#,
        r#"{"b":[{"a":1,"c":{},"a":2}]}"#,
        r#"{"a":01}"#,
        r#"{"a":1.}"#,
        r#"{"a":-}"#,
        r#"{"a":"\ud800"}"#,
        r#"{"a":"\x"}"#,
        r#"{"a":nul}"#,
        r#"{"a":truefalse}"#,
        r#"{"a":1 2}"#,
        r#"{"a":1}}"#,
        r#"{"a":[1,]}"#,
        r#"{"a":1e999}"#,
        "[]",
        "",
        "{\"a\":\"\u{1}\"}",
        "{\"a\":\"01234567\u{1f}\"}",
        &deep(200),
    ] {
        assert_eq!(scanned(refused.as_bytes()), None, "{refused}");
        assert_eq!(checked(refused.as_bytes()), None, "{refused}");
    }
    assert_eq!(scanned(b"{\"a\":\"\xff\"}"), None);
    assert_eq!(scanned(b"{\"a\":\"0123456789abcdef\xc3\"}"), None);
    // The slow path goes further.
    for (text, is_fast) in [
        (deep(MOST_DEPTH), true),
        (deep(MOST_DEPTH + 1), false),
        (many(MOST_NAMES), true),
        (many(MOST_NAMES + 1), false),
        (r#"{"\u0061":1}"#.to_owned(), false),
        (r#"{"a":1e2}"#.to_owned(), false),
        (r#"{"a":"\ud83d\ude00"}"#.to_owned(), false),
    ] {
        assert_eq!(scanned(text.as_bytes()).is_some(), is_fast, "{text}");
        assert!(checked(text.as_bytes()).is_some(), "{text}");
    }
}

/// A special byte, or one beyond ASCII, at every place of words, pieces and what is left of them.
#[test]
fn every_place_of_a_string_is_looked_at() {
    for len in (0..200).step_by(if cfg!(miri) { 61 } else { 1 }) {
        for at in 0..len {
            for (byte, is_taken) in [(0_u8, false), (0x1f, false), (b' ', true), (0xff, false)] {
                let mut inside = vec![b'x'; len];
                inside[at] = byte;
                let text = [b"{\"a\":\"", &inside[..], b"\"}"].concat();
                assert_eq!(
                    scanned(&text).is_some(),
                    is_taken,
                    "{byte} at {at} of {len}"
                );
            }
        }
    }
}
