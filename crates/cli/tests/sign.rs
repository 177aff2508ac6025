//! `sign`: every known answer of `vectors/sign` through the command line, and what it says where two programs differ.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{SECRET_KEY, Scratch};
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
        // Secret files that others can read are warned of first.
        let errors = finished
            .stderr
            .lines()
            .filter(|line| !line.starts_with("cardseal: warning: "));
        assert_eq!(errors.count(), 1, "{}", finished.stderr);
    }
}

/// A TC3 request for text recognition, with these headers besides the usual ones.
fn ocr(host: &str, target: &str, headers: &str) -> String {
    format!("POST {target} HTTP/1.1\nHost: {host}\nContent-Type: application/json\n{headers}\n{{}}")
}

const OF_ACTION: &str = "X-TC-Action: GeneralBasicOCR\nX-TC-Version: 2018-11-19\n";
const CANONICAL: &str = "POST\n/\n\ncontent-type:application/json\nhost:ocr.tencentcloudapi.com\n\ncontent-type;host\n\
                         44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

/// Signs `request` by TC3, with more arguments.
fn tc3(scratch: &Scratch, request: &str, more: &[&str]) -> common::Finished {
    scratch.write("request", request);
    scratch.write("secret", "a-test-key");
    let mut arguments = vec![
        "sign",
        "--scheme",
        "tc3-hmac-sha256",
        "--request",
        "request",
        "--secret-id",
        "AKIDtest",
        "--secret-key-file",
        "secret",
        "--time",
        "1551113065",
    ];
    arguments.extend(more);
    scratch.run(&arguments, "")
}

#[test]
fn a14_a_tc3_post_with_a_query_is_refused() {
    let scratch = Scratch::new();
    let request = ocr("ocr.tencentcloudapi.com", "/?Offset=0", OF_ACTION);
    tc3(&scratch, &request, &[])
        .expect_error(4)
        .says("query")
        .says("body");
}

#[test]
fn a14_a_host_that_does_not_name_the_service_asks_for_it() {
    let scratch = Scratch::new();
    for host in ["10.1.2.3", "[::1]:8080", "proxy.bank.example"] {
        let request = ocr(host, "/", OF_ACTION);
        tc3(&scratch, &request, &[])
            .expect_error(2)
            .says("--service")
            .says(host);
        let named = tc3(&scratch, &request, &["--service", "ocr"]).expect_code(0);
        assert!(
            named.stdout.contains("/ocr/tc3_request"),
            "{}",
            named.stdout
        );
    }
    for host in [
        "ocr.tencentcloudapi.com",
        "ocr.ap-guangzhou.tencentcloudapi.com",
    ] {
        let finished = tc3(&scratch, &ocr(host, "/", OF_ACTION), &[]).expect_code(0);
        assert!(finished.stdout.contains("/ocr/tc3_request"));
        assert_eq!(finished.stderr, "");
    }
    // A scheme that signs no service asks for none; one that signs a region asks for that too.
    let known = |scheme, service| {
        let mut arguments = vec![
            "sign",
            "--scheme",
            scheme,
            "--request",
            "request",
            "--secret-id",
            "AK",
        ];
        arguments.extend(["--secret-key-file", "secret"]);
        arguments.extend(service);
        scratch.write("request", &ocr("10.1.2.3", "/", ""));
        scratch.run(&arguments, "")
    };
    known("sdk-hmac-sha256", [].as_slice()).expect_code(0);
    known("v11-hmac-sha256", &["--service", "ocr"])
        .expect_error(2)
        .says("--region");
}

#[test]
fn what_the_service_would_refuse_is_warned_of() {
    let scratch = Scratch::new();
    let warned = |headers: &str| {
        let request = ocr("ocr.tencentcloudapi.com", "/", headers);
        tc3(&scratch, &request, &[]).expect_code(0)
    };
    let unprefixed = warned("Action: GeneralBasicOCR\nX-TC-Version: 2018-11-19\n");
    assert_eq!(
        unprefixed.stderr.lines().count(),
        1,
        "{}",
        unprefixed.stderr
    );
    unprefixed
        .says("warning: ")
        .says("`action`")
        .says("`X-TC-Action`");

    let request = ocr("ocr.tencentcloudapi.com", "/", OF_ACTION)
        .replace("application/json", "application/json; charset=UTF-8");
    let capitals = tc3(&scratch, &request, &["--json"]).expect_code(0);
    assert!(capitals.json()["signature"].is_string());
    capitals.says("warning: ").says("charset=utf-8");
}

#[test]
fn a14_one_line_feed_more_at_the_end_is_reported_as_that() {
    let scratch = Scratch::new();
    let request = ocr("ocr.tencentcloudapi.com", "/", OF_ACTION);
    scratch.write("theirs", &format!("{CANONICAL}\n"));
    tc3(&scratch, &request, &["--against", "theirs"])
        .expect_code(4)
        .says("one more line feed at its end");
    scratch.write("theirs", &CANONICAL.replace('\n', "\r\n"));
    tc3(&scratch, &request, &["--against", "theirs"])
        .expect_code(4)
        .says("carriage return");
}

#[test]
fn a14_a_stage_may_be_written_as_programs_and_editors_write_it() {
    let scratch = Scratch::new();
    let request = ocr("ocr.tencentcloudapi.com", "/", OF_ACTION);
    let escaped = CANONICAL.replace('\n', "\\n");
    for theirs in [
        CANONICAL.to_owned(),
        escaped.clone(),
        format!("{escaped}\n"),
        format!("\"{escaped}\""),
        format!("\"{escaped}\"\n"),
        format!("'{escaped}'"),
        format!("\u{feff}{CANONICAL}"),
        format!("\u{feff}\"{escaped}\""),
        format!("{{\"canonical_request\":\"{escaped}\"}}"),
    ] {
        scratch.write("theirs", &theirs);
        tc3(&scratch, &request, &["--against", "theirs"]).expect_code(0);
        // And a difference is still found.
        scratch.write("theirs", &theirs.replace("host:ocr", "host:OCR"));
        tc3(&scratch, &request, &["--against", "theirs"])
            .expect_code(4)
            .says("line 5");
    }
    let utf16: Vec<u8> = CANONICAL
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    fs::write(
        scratch.path("theirs"),
        [b"\xff\xfe".as_slice(), &utf16].concat(),
    )
    .unwrap();
    tc3(&scratch, &request, &["--against", "theirs"])
        .expect_error(2)
        .says("UTF-16");
}

#[cfg(unix)]
#[test]
fn a_secret_that_others_can_read_is_warned_of() {
    use std::os::unix::fs::PermissionsExt;

    let scratch = Scratch::new();
    scratch.write("request", "POST / HTTP/1.1\r\nHost: ocr.tencentcloudapi.com\r\nContent-Type: application/json\r\n\r\n{}");
    scratch.write("secret", SECRET_KEY);
    let arguments = [
        "sign",
        "--scheme",
        "tc3-hmac-sha256",
        "--request",
        "request",
        "--secret-id",
        "i",
    ];
    let arguments = [&arguments[..], &["--secret-key-file", "secret"]].concat();
    let own = scratch.run(&arguments, "").expect_code(0);
    assert!(!own.stderr.contains("mode"), "{own:?}");
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(scratch.path("secret"), open).unwrap();
    scratch
        .run(&arguments, "")
        .expect_code(0)
        .says("mode 0644: others can read the secrets in it");
}
