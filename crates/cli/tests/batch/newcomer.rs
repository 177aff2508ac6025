//! What somebody meets who never saw `batch` before: inputs that are none, and cards that failed the last time.

use std::fs;

use serde_json::Value;

use crate::common::{Scratch, finish};
use crate::service::{PICTURE, Service, lines, pictures};

#[test]
fn a20_a_resumed_batch_tells_of_the_cards_that_failed_before() {
    let scratch = Scratch::with_keys();
    let service = Service::good(&scratch);
    pictures(&scratch, "cards", 2);
    scratch.write("cards/broken.jpg", "no picture");
    let first = finish(service.batch(&scratch, &["cards"]), b"").expect_code(9);
    assert_eq!(first.json()["failed"], 1);
    let again = service.batch(&scratch, &["cards", "--resume"]);
    let again = finish(again, b"").expect_code(9).says("in earlier runs");
    let summary = again.json();
    assert_eq!(
        (&summary["failed"], &summary["skipped"]),
        (&Value::from(1), &Value::from(3))
    );
    assert_eq!(summary["by_code"]["input"], 1);
    assert_eq!(service.came().len(), 2, "something was called again");
    // Where none failed, all is well.
    fs::remove_file(scratch.path("cards/broken.jpg")).unwrap();
    fs::remove_file(scratch.path("results.jsonl")).unwrap();
    finish(service.batch(&scratch, &["cards"]), b"").expect_code(0);
    let again = finish(service.batch(&scratch, &["cards", "--resume"]), b"").expect_code(0);
    assert_eq!(again.json()["failed"], 0);
}

#[test]
fn a20_a_secret_given_as_an_input_stands_in_no_results() {
    let scratch = Scratch::with_keys();
    let service = Service::good(&scratch);
    let secret = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";
    let told = finish(service.batch(&scratch, &[secret]), b"").expect_error(2);
    assert!(!told.stderr.contains(secret), "{told:?}");
    assert!(!scratch.exists("results.jsonl"));
    // A file that is not there is a card that failed, as ever, whatever a camera called it.
    let missing = ["missing.jpg", "IMG20240115102030123456.jpg"];
    finish(service.batch(&scratch, &missing), b"").expect_code(9);
    assert_eq!(lines(&scratch).len(), 2);
}

#[test]
fn a20_an_empty_folder_and_an_empty_list_are_told() {
    let scratch = Scratch::with_keys();
    let service = Service::good(&scratch);
    fs::create_dir_all(scratch.path("empty/below")).unwrap();
    scratch.write("empty/notes.txt", "nothing");
    let told = finish(service.batch(&scratch, &["empty"]), b"").expect_code(0);
    told.says("the folder `empty` holds no picture")
        .says("there is no card");
    fs::remove_file(scratch.path("results.jsonl")).unwrap();
    finish(service.batch(&scratch, &["-"]), b"\n")
        .expect_code(0)
        .says("there is no card");
}

#[test]
fn a20_an_unknown_member_of_a_list_is_named() {
    let scratch = Scratch::with_keys();
    let service = Service::good(&scratch);
    fs::write(scratch.path("card.jpg"), PICTURE).unwrap();
    scratch.write(
        "list",
        "{\"image\":\"card.jpg\",\"sied\":\"back\",\"id\":\"1\"}\n",
    );
    let told = finish(service.batch(&scratch, &["@list"]), b"").expect_code(0);
    let told = told.says("left out: sied");
    let summary: Value = told.json();
    assert_eq!(summary["ok"], 1);
}

#[test]
fn a20_results_are_no_stdout() {
    let scratch = Scratch::with_keys();
    let service = Service::good(&scratch);
    pictures(&scratch, "cards", 1);
    finish(service.batch(&scratch, &["cards", "--out", "-"]), b"")
        .expect_error(2)
        .says("--out `-` is refused");
    assert!(service.came().is_empty() && !scratch.exists("-"));
}
