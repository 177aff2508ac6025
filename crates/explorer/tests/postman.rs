//! The collection run by newman, Postman's own runner: every request of it is signed as it is sent.

mod common;

use std::fs;
use std::path::Path;
use std::process::Output;

use cardseal_explorer::{collection, requests};
use common::{Case, ID, KEY, Recorded, Stage, TOKEN, cases, shell, skip};
use serde_json::{Value, json};

/// Node's modules are where `NODE_PATH` says; a program of theirs is among them.
const NEWMAN: &str = r#"PATH="${NODE_PATH:-}/.bin:$PATH"; newman"#;

struct Run {
    done: Output,
    recorded: Vec<Recorded>,
}

/// Runs a collection whose requests go to the stage: by their own URLs, or by the variable that takes their place.
fn run(folder: &Path, stage: &Stage, mut collection: Value, values: &[(&str, &str)]) -> Run {
    if !values.iter().any(|(key, _)| *key == "endpoint") {
        for item in collection["item"].as_array_mut().unwrap() {
            item["request"]["url"] = Value::from(format!("{}/", stage.url()));
        }
    }
    let values: Vec<_> = values
        .iter()
        .map(|(key, value)| json!({"key": key, "value": value, "enabled": true}))
        .collect();
    fs::write(folder.join("collection.json"), collection.to_string()).unwrap();
    fs::write(
        folder.join("environment.json"),
        json!({"name": "test", "values": values}).to_string(),
    )
    .unwrap();
    let command = format!(
        "{NEWMAN} run collection.json -e environment.json -r json --reporter-json-export report.json"
    );
    let done = shell(folder, &command, &[]);
    Run {
        done,
        recorded: stage.recorded(),
    }
}

fn is_installed(folder: &Path) -> bool {
    shell(folder, &format!("{NEWMAN} --version"), &[])
        .status
        .success()
}

const CREDENTIALS: [(&str, &str); 3] = [("secretId", ID), ("secretKey", KEY), ("token", TOKEN)];

fn parsed() -> Value {
    serde_json::from_str(&collection()).unwrap()
}

fn report(folder: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join("report.json")).unwrap()).unwrap()
}

/// The requests that are red, and why.
fn failures(folder: &Path) -> Vec<(String, String)> {
    let report = report(folder);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let failures = report["run"]["failures"].as_array().unwrap().iter();
    failures
        .map(|one| (text(&one["source"]["name"]), text(&one["error"]["message"])))
        .collect()
}

/// What the gateway answered, in the order of the requests.
fn replies(folder: &Path) -> Vec<Value> {
    let report = report(folder);
    let body = |execution: &Value| {
        let stream = execution["response"]["stream"]["data"].as_array().unwrap();
        let bytes: Vec<u8> = stream
            .iter()
            .map(|byte| byte.as_u64().unwrap().try_into().unwrap())
            .collect();
        serde_json::from_slice(&bytes).unwrap()
    };
    report["run"]["executions"]
        .as_array()
        .unwrap()
        .iter()
        .map(body)
        .collect()
}

#[test]
fn every_request_of_the_collection_is_signed_as_it_is_sent() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    if !is_installed(folder) {
        return skip("postman", "newman is not installed");
    }
    let stage = Stage::new();

    // As it is written.
    let Run { done, recorded } = run(folder, &stage, parsed(), &CREDENTIALS);
    let replies = replies(folder);
    // One example holds placeholders, and says so.
    let failures = failures(folder);
    assert_eq!(failures.len(), 1, "{failures:?}");
    assert_eq!(failures[0].0, "RecognizeEncryptedIDCardOCR");
    assert!(
        failures[0].1.contains("put the output of `cardseal seal`"),
        "{failures:?}"
    );
    assert!(!done.status.success(), "{done:?}");
    assert_eq!((recorded.len(), replies.len()), (requests(), requests()));
    for (recorded, reply) in recorded.iter().zip(&replies) {
        // The placeholders of what has to be encrypted first are no envelope; a signature comes before that.
        let code = reply["Response"]["Error"]["Code"]
            .as_str()
            .unwrap_or_default();
        let refused_later = [
            "",
            "FailedOperation.UnKnowError",
            "FailedOperation.DecryptSystemError",
        ];
        assert!(
            refused_later.contains(&code),
            "{:?}: {reply}",
            recorded.header("X-TC-Action")
        );
        let service = match recorded.header("X-TC-Version") {
            Some("2018-11-19") => "/ocr/tc3_request",
            _ => "/faceid/tc3_request",
        };
        assert!(
            recorded.header("Authorization").unwrap().contains(service),
            "{recorded:?}"
        );
        assert_eq!(recorded.header("X-TC-Token"), Some(TOKEN));
    }
    let answered = replies
        .iter()
        .filter(|reply| reply["Response"]["Error"].is_null())
        .count();
    assert!(answered + 1 >= requests(), "{answered} of {}", requests());
    println!(
        "REACHED Postman's runner: {} requests, each signature good",
        recorded.len()
    );
}

#[test]
fn nasty_bodies_arrive_as_they_were_and_variables_are_replaced_once() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    if !is_installed(folder) {
        return skip("postman", "newman is not installed");
    }
    let stage = Stage::new();
    let cases = cases();
    let mut collection = parsed();
    let items = collection["item"].as_array_mut().unwrap();
    items.retain(|item| cases.iter().any(|case| item["name"] == case.action));
    items.sort_by_key(|item| cases.iter().position(|case| item["name"] == case.action));
    for (item, case) in items.iter_mut().zip(&cases) {
        item["request"]["body"]["raw"] = Value::from(case.body.as_str());
    }
    let values = [
        &CREDENTIALS[..2],
        &[("body", "a {{secretId}} in a variable")],
    ]
    .concat();
    let mut expected = cases;
    // A variable in a variable is replaced, too; a random value is the same in what is signed and what is sent.
    let known = format!("a {ID} in a variable");
    for case in &mut expected {
        case.body = case.body.replace("{{body}}", &known);
    }

    let Run { done, recorded } = run(
        folder,
        &stage,
        collection,
        &[&values[..], &[("token", TOKEN)]].concat(),
    );
    let replies = replies(folder);
    assert!(done.status.success(), "{done:?} {:?}", failures(folder));
    assert_eq!(recorded.len(), expected.len());
    for ((recorded, case), reply) in recorded.iter().zip(&expected).zip(replies) {
        let body = String::from_utf8(recorded.body.clone()).unwrap();
        let (before, after) = case.body.split_once("{{$guid}}").unwrap();
        assert!(
            body.starts_with(before) && body.ends_with(after),
            "{body}\n{}",
            case.body
        );
        assert_eq!(body.len(), before.len() + 36 + after.len());
        let sent = Case {
            body,
            answer: case.answer,
            ..*case
        };
        recorded.is(&sent, &stage.address.to_string());
        assert!(!reply["Response"][case.answer].is_null(), "{reply}");
    }
}

#[test]
fn a_refused_call_is_red() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    if !is_installed(folder) {
        return skip("postman", "newman is not installed");
    }
    let stage = Stage::new();
    let values = [CREDENTIALS[0], ("secretKey", "another"), CREDENTIALS[2]];
    let Run { done, recorded } = run(folder, &stage, parsed(), &values);
    assert!(!done.status.success(), "{done:?}");
    let failures = failures(folder);
    assert_eq!((recorded.len(), failures.len()), (requests(), requests()));
    for (name, why) in failures {
        assert!(
            why.starts_with("AuthFailure.SignatureFailure: "),
            "{name}: {why}"
        );
    }
}

#[test]
fn an_answer_that_is_no_answer_is_red() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    if !is_installed(folder) {
        return skip("postman", "newman is not installed");
    }
    let stage = Stage::new();
    for (status, body, red) in [
        (
            "500 Internal Server Error",
            "{\"Response\":{\"RequestId\":\"1\"}}",
            1,
        ),
        ("200 OK", "<html>", 1),
        ("200 OK", "{}", 1),
        ("200 OK", "{\"Response\":{\"RequestId\":\"1\"}}", 0),
    ] {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let length = body.len();
        let answer = format!(
            "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        );
        let service = std::thread::spawn(move || {
            use std::io::{Read, Write};
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = Vec::new();
            // To the end of the body, which is one JSON object.
            while !asked.ends_with(b"\n}") && !asked.ends_with(b"{}") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                asked.extend(byte);
            }
            stream.write_all(answer.as_bytes()).unwrap();
        });
        let mut collection = parsed();
        let items = collection["item"].as_array_mut().unwrap();
        items.retain(|item| item["name"] == "IDCardOCR");
        let values = [&CREDENTIALS[..], &[("endpoint", &endpoint)]].concat();
        let Run { done, .. } = run(folder, &stage, collection, &values);
        service.join().unwrap();
        let failures = failures(folder);
        assert_eq!(failures.len(), red, "{status} {body}: {failures:?}");
        assert_eq!(done.status.success(), red == 0, "{done:?}");
    }
}

#[test]
fn a_variable_takes_the_place_of_every_requests_host() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    if !is_installed(folder) {
        return skip("postman", "newman is not installed");
    }
    let stage = Stage::new();
    let endpoint = format!("{}/", stage.url());
    let values = [&CREDENTIALS[..], &[("endpoint", &endpoint)]].concat();
    let Run { recorded, .. } = run(folder, &stage, parsed(), &values);
    assert_eq!(recorded.len(), requests());
    let host = stage.address.to_string();
    for recorded in &recorded {
        assert_eq!(recorded.header("Host"), Some(host.as_str()));
    }
    let failures = failures(folder);
    assert_eq!(failures.len(), 1, "signed for that host: {failures:?}");
}

#[test]
fn without_credentials_nothing_is_sent() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    if !is_installed(folder) {
        return skip("postman", "newman is not installed");
    }
    let stage = Stage::new();
    for values in [&[][..], &CREDENTIALS[..1], &CREDENTIALS[1..]] {
        let Run { done, recorded } = run(folder, &stage, parsed(), values);
        assert!(!done.status.success(), "{values:?}");
        assert!(recorded.is_empty(), "{recorded:?}");
    }
}
