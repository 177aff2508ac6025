//! `sign`: every known answer of `vectors/sign` through the command line, and what it says where two programs differ.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::Scratch;
use serde_json::Value;

/// The folders of all cases that need no token, which is no argument.
fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/sign");
    let folders = |of: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(of).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.is_dir()).collect()
    };
    let cases = folders(&root)
        .into_iter()
        .flat_map(|scheme| folders(&scheme));
    cases
        .filter(|case| context(case)["token"].is_null())
        .collect()
}

fn context(case: &Path) -> Value {
    serde_json::from_slice(&fs::read(case.join("context.json")).unwrap()).unwrap()
}

/// The arguments that sign a case, its secret key in the file `secret`.
fn arguments(case: &Path, scratch: &Scratch) -> Vec<String> {
    let context = context(case);
    let text = |name: &str| context[name].as_str().unwrap().to_owned();
    scratch.write("secret", &text("secret_key"));
    let scheme = case
        .parent()
        .unwrap()
        .file_name()
        .unwrap()
        .to_str()
        .unwrap();
    let mut arguments = vec![
        "sign".to_owned(),
        "--scheme".to_owned(),
        scheme.to_owned(),
        "--request".to_owned(),
        case.join("request.txt").to_str().unwrap().to_owned(),
        "--secret-id".to_owned(),
        text("secret_id"),
        "--secret-key-file".to_owned(),
        "secret".to_owned(),
        "--time".to_owned(),
        context["time"].to_string(),
        "--service".to_owned(),
        text("service"),
        "--region".to_owned(),
        text("region"),
    ];
    if let Some(names) = context["signed_headers"].as_array() {
        let names: Vec<_> = names.iter().map(|name| name.as_str().unwrap()).collect();
        arguments.extend(["--signed-headers".to_owned(), names.join(";")]);
    }
    arguments
}

fn borrowed(arguments: &[String]) -> Vec<&str> {
    arguments.iter().map(String::as_str).collect()
}

#[test]
fn every_known_answer() {
    let cases = cases();
    assert!(cases.len() >= 35, "only {} cases were found", cases.len());
    for case in cases {
        let scratch = Scratch::new();
        let mut arguments = arguments(&case, &scratch);
        arguments.push("--json".to_owned());
        let finished = scratch.run(&borrowed(&arguments), "").expect_code(0);
        let shown = finished.json();
        for stage in ["canonical_request", "string_to_sign", "signature"] {
            let file = format!("{}.txt", stage.replace('_', "-"));
            let expected = fs::read_to_string(case.join(file)).unwrap();
            assert_eq!(shown[stage], expected, "{}: {stage}", case.display());
        }
        assert!(shown["headers"].is_object());
    }
}

fn t1() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    root.join("../../vectors/sign/tc3-hmac-sha256/t1-documentation-2019")
}

#[test]
fn explained_with_fingerprints_and_no_key() {
    let scratch = Scratch::new();
    let mut arguments = arguments(&t1(), &scratch);
    arguments.push("--explain".to_owned());
    let finished = scratch.run(&borrowed(&arguments), "").expect_code(0);
    let shown = &finished.stdout;
    for part in [
        "content-type;host",
        "2019-02-25/cvm/tc3_request",
        "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168",
        "secret-signing",
        "authorization: TC3-HMAC-SHA256 Credential=",
    ] {
        assert!(shown.contains(part), "no {part} in\n{shown}");
    }
    assert!(!shown.contains("Gu5t9xGARNpq86cd98joQYCN3EXAMPLE"));
    // The published signing key itself.
    assert!(!shown.contains("ac658d5dde49e9bfdd14e04e062f66b05d9f637d44b8a8d845327d4a77f666b1"));
}

#[test]
fn the_first_byte_that_differs_is_pointed_at() {
    let scratch = Scratch::new();
    let mut arguments = arguments(&t1(), &scratch);
    arguments.extend(["--against".to_owned(), "theirs".to_owned()]);

    let canonical = fs::read_to_string(t1().join("canonical-request.txt")).unwrap();
    scratch.write("theirs", &canonical);
    scratch.run(&borrowed(&arguments), "").expect_code(0);

    scratch.write(
        "theirs",
        &canonical.replace("charset=utf-8", "charset=UTF-8"),
    );
    let finished = scratch.run(&borrowed(&arguments), "").expect_code(4);
    let said = &finished.stderr;
    assert!(
        said.contains("canonical request") && said.contains("line 4"),
        "{said}"
    );
    assert!(said.contains("here `u`, there `U`"), "{said}");
}

#[test]
fn what_cannot_be_signed() {
    let scratch = Scratch::new();
    let good = arguments(&t1(), &scratch);
    let with = |name: &str, value: &str| {
        let mut arguments = good.clone();
        let at = arguments
            .iter()
            .position(|argument| argument == name)
            .unwrap();
        arguments[at + 1] = value.to_owned();
        arguments
    };
    scratch.write("empty", "");
    scratch.write("not-a-request", "hello\n");
    for (arguments, code) in [
        (with("--scheme", "tc4"), 2),
        (with("--request", "no-such-file"), 2),
        (with("--request", "not-a-request"), 2),
        (with("--secret-key-file", "empty"), 4),
        (with("--service", "a b"), 4),
        (with("--time", "253402300800"), 4),
        (with("--time", "yesterday"), 2),
    ] {
        let finished = scratch.run(&borrowed(&arguments), "").expect_code(code);
        assert_eq!(finished.stdout, "");
        assert_eq!(finished.stderr.lines().count(), 1, "{}", finished.stderr);
    }
}
