//! A signature that another program computed, beside ours: every line of both, and the first byte that differs.

use std::time::{Duration, UNIX_EPOCH};

use cardseal::Credentials;
use cardseal::signing::Signed;
use cardseal::signing::by_scheme;
use cardseal_explain::{Cause, RequestText, Stage, StageFile, first_difference, stages_as_text};

fn signed() -> Signed {
    let text = "POST / HTTP/1.1\nHost: ocr.example.com\nContent-Type: application/json\n\n{}";
    let request = RequestText::parse(text.as_bytes()).unwrap();
    let input = request.signing_input("ocr", "", None);
    let credentials = Credentials::new("AK", "SK").unwrap();
    by_scheme("tc3-hmac-sha256")
        .unwrap()
        .sign(
            &input,
            &credentials,
            UNIX_EPOCH + Duration::from_secs(1_551_113_065),
        )
        .unwrap()
}

fn theirs(canonical_request: &str) -> StageFile {
    let json = serde_json::json!({ "canonical_request": canonical_request });
    StageFile::parse(json.to_string().as_bytes()).unwrap()
}

#[test]
fn the_first_byte_that_differs_is_shown_as_it_is() {
    let ours = signed();
    for (replacement, there) in [
        ("host:x", "there `x`"),
        ("host:\u{7f}", "there byte 0x7f"),
        ("host:\n", "there a line feed"),
        ("host:\r", "there a carriage return"),
        ("host: ", "there a blank"),
    ] {
        let changed = ours.canonical_request.replace("host:o", replacement);
        let found = first_difference(&ours, &theirs(&changed)).unwrap();
        assert_eq!(found.stage, Stage::CanonicalRequest);
        let shown = found.to_string();
        assert!(shown.ends_with(&format!("here `o`, {there}")), "{shown}");
    }
    let more = theirs(&format!("{}\n", ours.canonical_request));
    let found = first_difference(&ours, &more).unwrap();
    assert_eq!(found.cause, Some(Cause::FinalLineFeed));
    let shown = found.to_string();
    assert!(shown.contains("one more line feed at its end"), "{shown}");
    let longer = format!("{}x", ours.canonical_request);
    let shown = first_difference(&ours, &theirs(&longer))
        .unwrap()
        .to_string();
    assert!(shown.ends_with("here the end, there `x`"), "{shown}");
    assert_eq!(
        first_difference(&ours, &theirs(&ours.canonical_request)),
        None
    );
}

/// Wide lines take more than one row, and only the first of a line has its number.
#[test]
fn all_lines_of_both_are_shown_and_counted() {
    let ours = signed();
    let wide = "w".repeat(130);
    let shorter = stages_as_text(&ours, Some(&theirs(&format!("POST\n{wide}"))));
    let canonical: Vec<&str> = shorter
        .lines()
        .take_while(|line| !line.is_empty())
        .collect();
    let rows: Vec<String> = canonical[1..]
        .iter()
        .map(|line| line.chars().take(6).collect())
        .collect();
    assert_eq!(
        rows,
        [
            "   1  ", "   2 ≠", "     ≠", "     ≠", "   3 ≠", "   4 ≠", "   5 ≠", "   6 ≠",
            "   7 ≠", "   8 ≠"
        ],
        "{shorter}"
    );
    assert_eq!(shorter.matches("(no such line)").count(), 6, "{shorter}");
    let last = ours.canonical_request.lines().last().unwrap();
    assert!(canonical.last().unwrap().contains(last), "{shorter}");

    let longer = format!("{}\nmore\nand more", ours.canonical_request);
    let longer = stages_as_text(&ours, Some(&theirs(&longer)));
    assert!(longer.contains("│ and more"), "{longer}");
    assert_eq!(longer.matches("(no such line)").count(), 2, "{longer}");
}

/// What is shown of a request and of an error holds no token and no body.
#[test]
fn what_is_printed_holds_nothing_secret() {
    const SECRET: &str = "tok-3cr3t";
    let text = format!("POST /?t={SECRET} HTTP/1.1\nHost: h\nX-TC-Token: {SECRET}\n\n{SECRET}");
    let request = RequestText::parse(text.as_bytes()).unwrap();
    let shown = format!("{request:?}");
    assert!(
        shown.starts_with("RequestText") && !shown.contains(SECRET),
        "{shown}"
    );
    for text in [
        format!("POST {SECRET}"),
        format!("POST / HTTP/1.1\nHost: h\nX-TC-Token {SECRET}\n\n"),
    ] {
        let error = RequestText::parse(text.as_bytes()).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains(SECRET), "{shown}");
    }
}

/// Lines that differ are marked, and what a terminal would obey is shown.
#[test]
fn a_line_that_differs_is_marked_and_shown_escaped() {
    let ours = signed();
    let changed = ours
        .canonical_request
        .replace("host:ocr", "host:\u{1b}[31mocr");
    let text = stages_as_text(&ours, Some(&theirs(&changed)));
    assert_eq!(text.matches('≠').count(), 1, "{text}");
    assert!(text.contains("≠ host:ocr.example.com"), "{text}");
    assert!(text.contains("host:\\u{1b}[31mocr"), "{text}");
    assert!(!text.contains('\u{1b}'));
    let alone = stages_as_text(&ours, None);
    let (name, fingerprint) = &ours.derived_keys[0];
    let row = format!("derived key `{name}` (its SHA-256)\n   1 │ {fingerprint}\n");
    assert!(alone.contains(&row), "{alone}");
}

/// Every stage they have is compared, and no other.
#[test]
fn every_stage_they_have_is_compared() {
    let ours = signed();
    let parse = |json: String| StageFile::parse(json.as_bytes()).unwrap();
    let same = parse(format!(r#"{{"signature":"{}"}}"#, ours.signature));
    assert_eq!(first_difference(&ours, &same), None);
    let key = format!(
        r#"{{"derived_keys":{{"secret-date":"01"}},"signature":"{}"}}"#,
        ours.signature
    );
    for (json, name) in [
        (key, "secret-date"),
        (r#"{"derived_keys":{"other":"01"}}"#.to_owned(), "other"),
    ] {
        let found = first_difference(&ours, &parse(json)).unwrap();
        assert_eq!(found.stage, Stage::DerivedKey(name.to_owned()));
    }
}
