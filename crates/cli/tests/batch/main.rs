//! `batch`: its inputs, its lines, its summary, its refusals, against the service side in this process.
#![cfg(all(feature = "batch", feature = "gateway"))]

#[path = "../common/mod.rs"]
mod common;
#[path = "../service/mod.rs"]
mod service;
mod doubt;
mod limits;
mod newcomer;
mod told;

use std::fs;
use std::io::Write;
use std::time::Duration;

use cardseal_gateway::Fault;
use common::{Scratch, finish, mode};
use serde_json::{Value, json};
use service::{PICTURE, Service, by_id, lines, pictures, until};

const NUMBER: &str = "11010119900307002X";

#[test]
fn cards_come_from_files_folders_and_lists_and_each_has_a_line() {
    let scratch = Scratch::with_keys();
    let service = Service::good(&scratch);
    pictures(&scratch, "cards/b", 2);
    for name in [
        "cards/a.PNG",
        "cards/b.jpg",
        "cards/b/.hidden.jpg",
        "single.bmp",
        "listed.jpg",
        "cards/photo",
    ] {
        fs::write(scratch.path(name), PICTURE).unwrap();
    }
    scratch.write("cards/notes.txt", "not a card");
    scratch.write(
        "list.jsonl",
        "{\"image\":\"listed.jpg\",\"id\":\"first\",\"side\":\"back\"}\n\n{\"url\":\"https://h.example/c.jpg\"}\n",
    );
    let command = service.batch(
        &scratch,
        &["cards", "single.bmp", "@list.jsonl", "--jobs", "1"],
    );
    let done = finish(command, b"").expect_code(0);
    let summary: Value = serde_json::from_str(done.stdout.lines().last().unwrap()).unwrap();
    let elapsed = summary["elapsed_s"].as_f64().unwrap();
    assert!(elapsed > 0.0);
    assert_eq!(
        summary,
        json!({"cards": 8, "ok": 8, "failed": 0, "skipped": 0, "in_doubt": 0, "by_code": {}, "elapsed_s": elapsed})
    );
    let lines = lines(&scratch);
    let ids: Vec<&str> = lines
        .iter()
        .map(|line| line["id"].as_str().unwrap())
        .collect();
    let in_order = [
        "cards/a.PNG",
        "cards/b.jpg",
        "cards/b/0000.jpg",
        "cards/b/0001.jpg",
        "cards/photo",
        "single.bmp",
        "first",
        "https://h.example/c.jpg",
    ];
    assert_eq!(ids, in_order);
    assert_eq!(lines[6]["input"], "listed.jpg");
    assert_eq!(lines[6]["result"]["ValidDate"], "2020.01.01-2040.01.01");
    let members: Vec<&String> = lines[0].as_object().unwrap().keys().collect();
    assert_eq!(
        members,
        [
            "attempts",
            "elapsed_ms",
            "id",
            "input",
            "outcome",
            "request_id",
            "result"
        ]
    );
    assert_eq!(lines[0]["result"]["IdNum"], NUMBER);
    assert_eq!(
        (&lines[0]["outcome"], &lines[0]["attempts"]),
        (&json!("ok"), &json!(1))
    );
    assert_eq!(lines[0]["request_id"], service.came()[0].id);
    assert_eq!(service.answered(), 8);
    for name in ["results.jsonl", "results.jsonl.journal"] {
        assert_eq!(mode(&scratch.path(name)), 0o600);
    }
    assert!(!scratch.read("results.jsonl.journal").contains("cards/"));
}

#[test]
fn a_card_that_cannot_be_sent_fails_and_the_others_go_on() {
    let scratch = Scratch::with_keys();
    let service = Service::good(&scratch);
    pictures(&scratch, "cards", 1);
    scratch.write("cards/empty.jpg", "");
    scratch.write(
        "cards/text.jpg",
        "Dear sir or madam, this is no picture at all.",
    );
    fs::write(
        scratch.path("cards/large.bmp"),
        [PICTURE, &vec![1; 5_976_884]].concat(),
    )
    .unwrap();
    fs::copy(
        scratch.path("cards/0000.jpg"),
        scratch.path("cards/line\nbreak.jpg"),
    )
    .unwrap();
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::ffi::OsStrExt;
        let name = std::ffi::OsStr::from_bytes(b"cards/odd\xff.jpg");
        fs::write(scratch.path(".").join(name), PICTURE).unwrap();
    }
    let list = "{\"image\":\"cards/0000.jpg\",\"id\":\"a\"}\n\
                {\"image\":\"cards/0000.jpg\",\"id\":\"a\"}\n\
                {\"image\":}\n\
                {\"id\":\"nothing\"}\n\
                {\"image\":\"cards/0000.jpg\",\"url\":\"https://h.example/x\"}\n\
                {\"image\":\"cards/0000.jpg\",\"side\":\"left\",\"id\":\"b\"}\n\
                {\"url\":\"no url\",\"id\":\"c\"}\n\
                {\"image\":\"cards/0000.jpg\",\"id\":7}";
    let command = service.batch(&scratch, &["cards", "none.jpg", "none.jpg", "-"]);
    let done = finish(command, list.as_bytes())
        .expect_code(9)
        .says("cards failed (input 10)");
    let summary: Value = serde_json::from_str(done.stdout.lines().last().unwrap()).unwrap();
    assert_eq!(
        (&summary["cards"], &summary["ok"], &summary["failed"]),
        (&json!(15), &json!(5), &json!(10))
    );
    assert_eq!(summary["by_code"], json!({"input": 10}));
    assert_eq!(service.answered(), 5);
    let lines = by_id(&lines(&scratch));
    for (id, words) in [
        ("cards/empty.jpg", "empty"),
        ("cards/text.jpg", "not a JPEG, PNG or BMP"),
        ("cards/large.bmp", "bytes"),
        ("none.jpg", "cannot be read"),
        ("stdin:2", "id `a` came before"),
        ("stdin:3", "line 3 of stdin: it is no JSON"),
        ("stdin:4", "has no picture"),
        ("stdin:5", "an image and a URL"),
        ("stdin:6", "side"),
        ("c", "URL"),
    ] {
        let line = &lines[id];
        assert_eq!(
            (&line["outcome"], &line["attempts"]),
            (&json!("failed"), &json!(0)),
            "{line}"
        );
        assert_eq!(
            (&line["error"]["kind"], &line["error"]["code"]),
            (&json!("input"), &Value::Null)
        );
        let message = line["error"]["message"].as_str().unwrap();
        assert!(message.contains(words), "{id}: {message}");
        assert!(line["request_id"].is_null() && line.get("result").is_none());
    }
    assert_eq!(lines["cards/line\nbreak.jpg"]["outcome"], "ok");
    assert_eq!(lines["7"]["outcome"], "ok");
    #[cfg(target_os = "linux")]
    assert_eq!(lines["cards/odd\\xff.jpg"]["outcome"], "ok");
}

#[test]
fn a_large_or_foreign_picture_is_made_to_fit() {
    let scratch = Scratch::with_keys();
    let service = Service::good(&scratch);
    let images = "../prepare/tests/images";
    let images = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(images);
    for name in ["lossy.webp", "lzw.tif", "phone.jpg"] {
        fs::copy(images.join(name), scratch.path(name)).unwrap();
    }
    let command = service.batch(&scratch, &["lossy.webp", "lzw.tif", "phone.jpg", "--fit"]);
    finish(command, b"").expect_code(0);
    let command = service.batch(&scratch, &["lossy.webp", "--out", "plain.jsonl"]);
    finish(command, b"").expect_code(9).says("(input 1)");
}

#[test]
fn the_services_no_is_a_failed_card() {
    let scratch = Scratch::with_keys();
    let service = Service::with_fault(&scratch, Fault::InternalError);
    pictures(&scratch, "cards", 3);
    let done = finish(service.batch(&scratch, &["cards"]), b"").expect_code(9);
    assert_eq!(done.json()["by_code"], json!({"InternalError": 3}));
    for line in lines(&scratch) {
        assert_eq!(
            (&line["error"]["kind"], &line["error"]["code"]),
            (&json!("service"), &json!("InternalError"))
        );
        assert!(line["request_id"].as_str().unwrap().len() > 8);
        assert!(
            !line["error"]["message"]
                .as_str()
                .unwrap()
                .contains("request id"),
            "{line}"
        );
    }
    // They are finished, and not called again.
    let good = Service::good(&scratch);
    let again = finish(good.batch(&scratch, &["cards", "--resume"]), b"")
        .expect_code(9)
        .says("in earlier runs")
        .json();
    assert_eq!(
        (&again["cards"], &again["skipped"], &again["ok"]),
        (&json!(3), &json!(3), &json!(0))
    );
    assert_eq!(again["failed"], 3);
    assert_eq!(good.came().len(), 0);
}

#[test]
fn what_would_be_refused_anyway_stops_the_batch() {
    let scratch = Scratch::with_keys();
    let service = Service::good(&scratch);
    pictures(&scratch, "cards", 40);
    let mut wrong = service.batch(&scratch, &["cards", "--jobs", "2"]);
    wrong.env("TENCENTCLOUD_SECRET_KEY", "another");
    let done = finish(wrong, b"").expect_code(4).says("--resume");
    assert_eq!(
        (&done.json()["cards"], &done.json()["ok"]),
        (&json!(40), &json!(0))
    );
    assert_eq!(
        (&done.json()["failed"], &done.json()["in_doubt"]),
        (&json!(0), &json!(0))
    );
    assert!(service.came().len() <= 6, "{}", service.came().len());
    // Nothing was written: it can be said again as it was.
    assert!(!scratch.exists("results.jsonl") && !scratch.exists("results.jsonl.journal"));
    finish(service.batch(&scratch, &["cards"]), b"").expect_code(0);
    // Where nobody listens, somebody should look before morning.
    fs::remove_file(scratch.path("results.jsonl")).unwrap();
    let nobody = common::nobody::Nobody::new();
    let url = format!("http://{}", nobody.address());
    let dead = service.batch(&scratch, &["cards", "--retries", "0", "--endpoint", &url]);
    let done = finish(dead, b"").expect_code(5).says("--resume").json();
    assert!(done["failed"].as_u64().unwrap() <= 28, "{done}");
    assert_eq!(done["in_doubt"], 0);
    // A card of which nothing was sent has no line: the batch goes on with it when somebody listens again.
    assert!(!scratch.exists("results.jsonl") || scratch.read("results.jsonl").is_empty());
    let again = finish(service.batch(&scratch, &["cards", "--resume"]), b"")
        .expect_code(0)
        .json();
    assert_eq!((&again["ok"], &again["skipped"]), (&json!(40), &json!(0)));
}

#[test]
fn results_that_exist_are_refused_and_nothing_is_called() {
    let scratch = Scratch::with_keys();
    let service = Service::good(&scratch);
    pictures(&scratch, "cards", 1);
    for (name, content) in [
        ("results.jsonl", "{\"id\":\"x\",\"outcome\":\"ok\"}\n"),
        ("text", "a text of somebody's\nand another line"),
        ("unended", "a text without an end"),
        ("other", "{\"id\":\"x\"}\n"),
    ] {
        scratch.write(name, content);
        let run = |more: &[&str]| {
            let arguments = [&["cards", "--out", name], more].concat();
            finish(service.batch(&scratch, &arguments), b"")
        };
        run(&[]).expect_error(2).says("exist");
        if name != "results.jsonl" {
            run(&["--resume"])
                .expect_error(2)
                .says("no results of a batch");
        }
        assert_eq!(scratch.read(name), content);
    }
    for out in ["no/folder/results.jsonl", "/dev/full", "cards"] {
        let mut command = scratch.command(&["batch", "cards", "--cloud", "tencent", "--resume"]);
        command.args([
            "--key",
            "sm4-gcm/public.b64",
            "--out",
            out,
            "--endpoint",
            &service.url(),
        ]);
        finish(command, b"").expect_error(2);
    }
    let mut command = scratch.command(&["batch", "cards", "--cloud", "tencent", "--out", "new"]);
    command.args(["--key", "sm4-gcm/private.pem", "--endpoint", &service.url()]);
    finish(command, b"").expect_error(3);
    let mut command = scratch.command(&["batch", "@none", "--cloud", "tencent", "--out", "new"]);
    command.args(["--key", "sm4-gcm/public.b64", "--endpoint", &service.url()]);
    finish(command, b"").expect_error(2).says("list");
    assert!(!scratch.exists("new"));
    assert_eq!(service.came().len(), 0);
}

#[test]
fn a_second_batch_on_the_same_results_is_refused() {
    let scratch = Scratch::with_keys();
    let service = Service::good(&scratch);
    pictures(&scratch, "cards", 2);
    // The first waits for its list.
    let mut first = service.batch(&scratch, &["-"]).spawn().unwrap();
    until("the first has its results", || {
        scratch.exists("results.jsonl.journal")
    });
    finish(service.batch(&scratch, &["cards", "--resume"]), b"")
        .expect_error(2)
        .says("another batch");
    assert_eq!(service.came().len(), 0);
    let mut list = first.stdin.take().unwrap();
    writeln!(list, "{{\"image\":\"cards/0000.jpg\"}}").unwrap();
    until("a line is written", || {
        !scratch.read("results.jsonl").is_empty()
    });
    drop(list);
    assert_eq!(first.wait().unwrap().code(), Some(0));
    let done = finish(service.batch(&scratch, &["cards", "--resume"]), b"")
        .expect_code(0)
        .json();
    assert_eq!((&done["skipped"], &done["ok"]), (&json!(1), &json!(1)));
}
