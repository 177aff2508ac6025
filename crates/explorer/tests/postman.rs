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

/// Runs a collection whose requests go to the stage.
fn run(folder: &Path, stage: &Stage, mut collection: Value, values: &[(&str, &str)]) -> Run {
    for item in collection["item"].as_array_mut().unwrap() {
        item["request"]["url"] = Value::from(format!("{}/", stage.url()));
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

/// What the gateway answered, in the order of the requests.
fn replies(folder: &Path) -> Vec<Value> {
    let report: Value =
        serde_json::from_str(&fs::read_to_string(folder.join("report.json")).unwrap()).unwrap();
    assert_eq!(
        report["run"]["failures"],
        json!([]),
        "{}",
        report["run"]["failures"]
    );
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
    assert!(done.status.success(), "{done:?}");
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
    assert!(done.status.success(), "{done:?}");
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
