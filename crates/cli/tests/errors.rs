//! `errors`: what a code means, in the shape that other programs rely on.

mod common;

use std::collections::BTreeSet;

use common::Scratch;
use serde_json::{Value, json};

#[test]
fn a_code_says_what_it_means_and_what_to_do() {
    let scratch = Scratch::new();
    let found = scratch
        .run(&["errors", "FailedOperation.EmptyImageError", "--json"], "")
        .expect_code(0);
    assert_eq!(
        found.json(),
        json!([{
            "cloud": "tencent",
            "code": "FailedOperation.EmptyImageError",
            "meaning": "the picture is empty",
            "advice": "the image is empty; this call is billed, so check images before sending them",
            "retryable": false,
            "billed": true,
        }])
    );
    for (code, cloud, retryable, billed) in [
        (
            "RequestLimitExceeded.UinLimitExceeded",
            "tencent",
            true,
            json!(false),
        ),
        (
            "AuthFailure.SignatureExpire",
            "tencent",
            false,
            json!(false),
        ),
        (
            "FailedOperation.DecryptSystemError",
            "tencent",
            false,
            Value::Null,
        ),
        ("CTAPI_10009", "ctyun", false, Value::Null),
        ("APIG.0308", "huawei", true, Value::Null),
        ("APIGW.0308", "huawei", true, Value::Null),
    ] {
        let rows = scratch
            .run(&["errors", code, "--json"], "")
            .expect_code(0)
            .json();
        let row = &rows[0];
        assert_eq!(
            (&row["cloud"], &row["retryable"]),
            (&json!(cloud), &json!(retryable)),
            "{code}"
        );
        assert_eq!(row["billed"], billed, "{code}");
    }
    let text = scratch
        .run(&["errors", "APIG.0308"], "")
        .expect_code(0)
        .stdout;
    for part in [
        "huawei APIG.0308",
        "rate limit",
        "wait 2 to 5 seconds",
        "may be sent again",
    ] {
        assert!(text.contains(part), "no {part:?} in {text}");
    }
}

#[test]
fn without_a_code_it_is_the_table_of_all_clouds_or_of_one() {
    let scratch = Scratch::new();
    let table = scratch.run(&["errors", "--json"], "").expect_code(0).json();
    let rows = table.as_array().unwrap();
    assert!(rows.len() > 150, "{}", rows.len());
    let clouds: BTreeSet<_> = rows
        .iter()
        .map(|row| row["cloud"].as_str().unwrap())
        .collect();
    assert_eq!(clouds, BTreeSet::from(["ctyun", "huawei", "tencent"]));
    for row in rows {
        for name in ["code", "meaning", "advice"] {
            assert!(
                row[name].as_str().is_some_and(|text| !text.is_empty()),
                "{row}"
            );
        }
        assert!(row["retryable"].is_boolean(), "{row}");
    }
    let one = scratch
        .run(&["errors", "--cloud", "ctyun", "--json"], "")
        .expect_code(0)
        .json();
    let of_one: Vec<_> = rows.iter().filter(|row| row["cloud"] == "ctyun").collect();
    assert_eq!(one.as_array().unwrap().iter().collect::<Vec<_>>(), of_one);
    let text = scratch.run(&["errors"], "").expect_code(0).stdout;
    assert!(
        rows.iter()
            .all(|row| text.contains(row["code"].as_str().unwrap()))
    );
}

#[test]
fn an_unknown_code_is_refused_and_its_neighbour_named() {
    let scratch = Scratch::new();
    let near = scratch
        .run(&["errors", "failedoperation.imageblur"], "")
        .expect_error(2);
    near.says("FailedOperation.ImageBlur");
    scratch
        .run(&["errors", "FailedOperation.New", "--json"], "")
        .expect_error(2)
        .says("FailedOperation:");
    scratch
        .run(&["errors", "CTAPI_10009", "--cloud", "huawei"], "")
        .expect_error(2)
        .says("huawei has no error code");
    let long = "x".repeat(100_000);
    for code in ["", "Never.Heard", "\u{202e}\u{1b}[31m", &long] {
        let refused = scratch.run(&["errors", code], "").expect_error(2);
        assert!(
            refused.stderr.len() < 500 && !refused.stderr.contains('\u{202e}'),
            "{}",
            refused.stderr
        );
    }
}
