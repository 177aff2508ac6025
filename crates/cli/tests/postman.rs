//! `postman`: a collection that is written whole or not at all, without credentials.

mod common;

use common::Scratch;
use serde_json::Value;

#[test]
fn the_collection_is_a_file_without_credentials() {
    let scratch = Scratch::new();
    scratch.write("c.json", "an older one");
    let done = scratch
        .run(&["postman", "-o", "c.json"], "")
        .expect_code(0)
        .says("secretKey");
    assert_eq!(done.stdout, "");
    let text = scratch.read("c.json");
    let collection: Value = serde_json::from_str(&text).unwrap();
    assert!(
        collection["info"]["schema"]
            .as_str()
            .unwrap()
            .contains("v2.1.0")
    );
    for variable in collection["variable"].as_array().unwrap() {
        assert_eq!(variable["value"], "");
    }
    let actions: Vec<_> = collection["item"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| &item["name"])
        .collect();
    assert!(
        actions.contains(&&Value::from("IDCardOCR"))
            && actions.contains(&&Value::from("GeneralBasicOCR"))
    );
    #[cfg(unix)]
    assert_eq!(common::mode(&scratch.path("c.json")), 0o600);
    assert_eq!(scratch.files(), ["c.json"]);

    let json = scratch
        .run(&["postman", "--output", "d.json", "--json"], "")
        .expect_code(0)
        .json();
    assert_eq!(json["requests"], actions.len());
    assert_eq!(
        scratch
            .run(&["postman", "-o", "-"], "")
            .expect_code(0)
            .stdout,
        text
    );
}

#[test]
fn where_it_cannot_be_written_nothing_is_left() {
    let scratch = Scratch::new();
    scratch
        .run(&["postman", "-o", "absent/c.json"], "")
        .expect_error(2)
        .says("absent/c.json");
    scratch.run(&["postman"], "").expect_error(2);
    assert!(scratch.files().is_empty());
}
