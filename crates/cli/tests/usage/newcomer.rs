//! What is not known is told, figures are as they were measured, and what was noted can be taken away.

use crate::common::Scratch;
use crate::{ledger_of, usage};

const ACTION: &str = "RecognizeEncryptedIDCardOCR";

#[test]
fn a20_what_is_not_known_to_be_billed_is_counted() {
    let scratch = Scratch::new();
    let at = 1_769_889_600;
    ledger_of(
        &scratch,
        &[
            (at, None, ACTION, Some(true)),
            (at, Some("transport"), ACTION, None),
            (at, Some("transport"), ACTION, None),
        ],
    );
    let found = usage(&scratch, &["--by", "code"]);
    assert_eq!(
        (&found["billed"], &found["billed_unknown"]),
        (&1.into(), &2.into())
    );
    assert_eq!(found["groups"][1]["billed_unknown"], 2);
    assert_eq!(found["groups"][0].get("billed_unknown"), None);
    let text = scratch
        .run(&["usage", "--ledger", "ledger"], "")
        .expect_code(0)
        .stdout;
    assert!(
        text.contains("not known     2 (whether they are billed)"),
        "{text}"
    );
}

#[test]
fn a20_times_are_as_they_were_measured() {
    let scratch = Scratch::new();
    ledger_of(&scratch, &[(1_769_889_600, None, ACTION, Some(true))]);
    let ledger = rusqlite::Connection::open(scratch.path("ledger")).unwrap();
    for micros in [10_960, 1, 999, 123_457, 10_959] {
        ledger
            .execute("UPDATE calls SET latency = ?1", [micros])
            .unwrap();
        let p50 = usage(&scratch, &[])["latency_ms"]["p50"].to_string();
        assert!(p50.len() <= 8, "{micros} µs are {p50}");
    }
}

#[test]
fn a20_packages_can_be_taken_away() {
    let scratch = Scratch::new();
    let add = |calls: &str, until: &str| {
        let usual = ["package", "add", "--action", ACTION, "--calls", calls];
        let more = ["--until", until, "--ledger", "ledger"];
        scratch
            .run(&[&usual[..], &more].concat(), "")
            .expect_code(0)
    };
    add("100", "2020-01-01").says("over already");
    let good = add("100", "2999-01-01");
    assert!(!good.stderr.contains("over already"), "{good:?}");
    add("200", "2999-01-01");
    let remove = |more: &[&str]| {
        let usual = [
            "package", "remove", "--action", ACTION, "--ledger", "ledger", "--json",
        ];
        scratch.run(&[&usual[..], more].concat(), "")
    };
    remove(&["--calls", "7"])
        .expect_error(2)
        .says("no package has this action and all else that was given");
    let removed = remove(&["--calls", "100", "--until", "2020-01-01"]).expect_code(0);
    assert_eq!(removed.json()["removed"], 1);
    remove(&["--until", "yesterday"]).expect_error(2);
    assert_eq!(remove(&[]).expect_code(0).json()["removed"], 2);
    let left = scratch.run(&["package", "list", "--ledger", "ledger", "--json"], "");
    assert_eq!(left.expect_code(0).stdout.trim(), "[]");
}

#[test]
fn a20_no_report_is_called_minus() {
    let scratch = Scratch::new();
    ledger_of(&scratch, &[(1_769_889_600, None, ACTION, Some(true))]);
    for option in ["--csv", "--xlsx", "--plot"] {
        scratch
            .run(&["usage", "--ledger", "ledger", option, "-"], "")
            .expect_error(2)
            .says("`-` is refused");
    }
    scratch
        .run(&["man", "-"], "")
        .expect_error(2)
        .says("`-` is refused");
    scratch
        .run(&["keygen", "--suite", "sm4-gcm", "--out", "-"], "")
        .expect_error(2)
        .says("`-` is refused");
    assert_eq!(scratch.files(), ["ledger"]);
}

#[test]
fn a14_a_report_whose_name_says_something_else_is_told() {
    let scratch = Scratch::new();
    ledger_of(&scratch, &[(1_769_889_600, None, ACTION, Some(true))]);
    for (option, name, words) in [
        ("--plot", "chart.png", "--plot writes SVG into `chart.png`"),
        ("--xlsx", "calls.csv", "--xlsx writes XLSX into `calls.csv`"),
        ("--csv", "calls.xlsx", "--csv writes CSV into `calls.xlsx`"),
    ] {
        let usage = ["usage", "--ledger", "ledger", option, name];
        scratch.run(&usage, "").expect_code(0).says(words);
        assert!(scratch.exists(name));
    }
    for (option, name) in [("--plot", "chart.SVG"), ("--csv", "calls")] {
        let usage = ["usage", "--ledger", "ledger", option, name];
        let told = scratch.run(&usage, "").expect_code(0);
        assert!(!told.stderr.contains("whatever"), "{told:?}");
    }
}
