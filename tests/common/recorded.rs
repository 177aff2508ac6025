//! Replies that real services gave, from `tests/recorded_errors`, each with what must be made of it.

use std::fs;
use std::path::Path;

use cardseal::{Call, Error, Next, Settled};
use serde_json::Value;

/// Settles a fresh call with every recorded reply of a cloud. What is wrong is told with the file's name.
pub(crate) fn check<T>(cloud: &str, fewest: usize, call: impl Fn() -> Call<T>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded_errors");
    let mut files: Vec<_> = fs::read_dir(folder.join(cloud))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(files.len() >= fewest, "{} files", files.len());
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let recorded: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        let (error, sent_under) = refusal(call(), &recorded);
        assert_eq!(format!("{:?}", error.kind()), recorded["kind"], "{name}");
        assert_eq!(error.service_code(), recorded["code"].as_str(), "{name}");
        assert_eq!(
            error.request_id(),
            recorded["request_id"].as_str().or(sent_under.as_deref()),
            "{name}"
        );
        for says in recorded["says"].as_array().unwrap() {
            let says = says.as_str().unwrap();
            assert!(error.to_string().contains(says), "{name}: {error}");
        }
    }
}

/// The refusal, and the id that the request was sent under: where a service gives none, the error has that.
fn refusal<T>(mut call: Call<T>, recorded: &Value) -> (Error, Option<String>) {
    let mut reply = http::Response::builder().status(recorded["status"].as_u64().unwrap() as u16);
    for (name, value) in recorded["headers"].as_object().unwrap() {
        reply = reply.header(name, value.as_str().unwrap());
    }
    let body = recorded["body"].as_str().unwrap().to_owned();
    let Next::Send(request) = call.next(std::time::SystemTime::now()).unwrap() else {
        panic!("nothing is sent");
    };
    let id = request.headers().get("ctyun-eop-request-id");
    let id = id.map(|id| id.to_str().unwrap().to_owned());
    match call.settle(Ok(reply.body(body.into()).unwrap())) {
        Settled::Fail(error) => (error, id),
        _ => panic!("it did not fail: {recorded}"),
    }
}
