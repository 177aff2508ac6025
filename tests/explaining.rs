//! A signature that another program computed, beside ours: every line of both, and the first byte that differs.

use std::time::{Duration, UNIX_EPOCH};

use cardseal::signing::{RequestText, Stage, StageFile, by_scheme, explain, first_difference};
use cardseal::{Credentials, Signed, SignedHeaders};

fn signed() -> Signed {
    let text = "POST / HTTP/1.1\nHost: ocr.example.com\nContent-Type: application/json\n\n{}";
    let request = RequestText::parse(text.as_bytes()).unwrap();
    let input = request.signing_input("ocr", "", SignedHeaders::Usual);
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
    let shorter = explain(&ours, Some(&theirs(&format!("POST\n{wide}"))));
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
    let longer = explain(&ours, Some(&theirs(&longer)));
    assert!(longer.contains("│ and more"), "{longer}");
    assert_eq!(longer.matches("(no such line)").count(), 2, "{longer}");
}
