use super::*;

/// The faults of a text.
fn faults(text: &str) -> Vec<String> {
    read(text.as_bytes()).faults
}

#[test]
fn what_is_json_has_no_faults_and_what_is_none_has_some() {
    let whole = r#"{"version":"2.0","statement":[{"effect":"allow","action":["ocr:A"],"resource":"*"}],"x":[1,-2.5e3,true,null,"\u4e2d\n"]}"#;
    assert_eq!(faults(whole), Vec::<String>::new());
    // Whatever is cut off, taken out or put in: this reader and serde_json agree on whether it is JSON.
    let marks = [
        "", ",", "}", "]", "\"", ":", "x", "\\", "\n", "1", "//", "，", "\u{a0}",
    ];
    let places: Vec<usize> = whole.char_indices().map(|(at, _)| at).collect();
    for at in places {
        for mark in marks {
            for text in [
                format!("{}{mark}{}", &whole[..at], &whole[at..]),
                format!("{}{mark}{}", &whole[..at], &whole[at + 1..]),
                format!("{}{mark}", &whole[..at]),
            ] {
                let is_json = serde_json::from_str::<serde_json::Value>(&text).is_ok();
                let found = faults(&text);
                let twice = found.iter().any(|fault| fault.contains("is duplicated"));
                assert!(found.is_empty() == is_json || twice, "{text} {found:?}");
            }
        }
    }
}

#[test]
fn each_fault_is_told_with_its_line() {
    for (text, line, says) in [
        ("{\n\"a\": 1,\n}", 2, "a comma followed only by"),
        ("{\"a\": [1,\n2,\n\n]}", 2, "a comma followed only by"),
        ("{\"a\": 1\n\"b\": 2}", 2, "a comma is missing"),
        ("{\"a\": [\"x\"\n\"y\"]}", 2, "a comma is missing"),
        ("{,\"a\": 1}", 1, "a comma with nothing before it"),
        (
            "{\"a\": 1,\n,\"b\": 1}",
            2,
            "a comma with nothing before it",
        ),
        ("{\"a\" 1}", 1, "a colon is missing"),
        ("{\"a\"：1}", 1, "write `:`"),
        ("{\"a\": 1，\"b\": 2}", 1, "full-width comma"),
        ("{\n“a”: 1}", 2, "the quotation mark is “"),
        ("{'a': 1}", 1, "the quotation mark is '"),
        ("{a: 1}", 1, "the name `a`"),
        ("{\"a\": allow}", 1, "the text `allow`"),
        ("{\"a\": \"x\n}", 1, "a quotation mark is missing"),
        ("{\"a\": 1 // why\n}", 1, "a comment"),
        ("{\"a\": /* \n */ 1}", 1, "a comment"),
        ("{\"a\": [1}", 1, "`}` stands where `]` closes"),
        ("{\n\"a\": [1]", 2, "`{` of line 1 is not closed"),
        ("{\"a\": 1}\n}", 2, "after the policy's end"),
        ("{\"a\": 1,\n\"a\": 2}", 2, "`a` is duplicated"),
        ("{\"a\": }", 1, "`a` has no value"),
        ("\u{feff}{}", 1, "byte order mark"),
        ("\n ", 2, "empty"),
        ("", 1, "empty"),
        ("{\"a\": \"\\x\"}", 1, "a backslash"),
    ] {
        let found = faults(text);
        let wanted = format!("line {line}: ");
        assert!(
            found
                .iter()
                .any(|fault| fault.starts_with(&wanted) && fault.contains(says)),
            "{text:?}: {found:?}"
        );
    }
    assert!(read(b"{\n\"a\": \"\xff\"}").faults[0].starts_with("line 2: the text is not UTF-8"));
}

#[test]
fn what_stands_around_a_fault_is_read() {
    let whole = read(br#"{"a":["x","y"],"b":{"c":"z"}}"#).root.unwrap();
    for text in [
        r#"{"a":["x","y",],"b":{"c":"z"},}"#,
        r#"{"a":["x" "y"] "b":{"c":"z"}}"#,
        r#"{'a':['x',“y”],b:{"c"="z"}}"#,
        r#"{"a":["x"，"y"],/* b */"b":{"c":z}}"#,
        r#"{"a":["x","y"],"b":{"c":"z"}"#,
        r#"{"a":["x","y","b":{"c":"z"}}"#,
    ] {
        let reading = read(text.as_bytes());
        assert!(!reading.faults.is_empty(), "{text}");
        let last = text.contains("\"y\",\"b\"");
        assert!(
            last || reading.root.as_ref() == Some(&whole),
            "{text}: {:?}",
            reading.root
        );
    }
}

#[test]
fn nothing_takes_it_down() {
    for text in [
        "[".repeat(100_000),
        "{\"a\":".repeat(100_000),
        ",".repeat(100_000),
    ] {
        let reading = read(text.as_bytes());
        assert!((1..=MOST_FAULTS).contains(&reading.faults.len()));
    }
}
