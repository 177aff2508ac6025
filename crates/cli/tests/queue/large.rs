//! What is larger than a message of the server may be.

use super::faults::check;
use super::valve::Valve;
use super::*;

/// A queue whose messages hold 64 KiB, and whose service answers with a picture of more.
fn queue() -> Option<Queue> {
    let crop = "A".repeat(120_000);
    let fixture = json!({"FRONT": {"IdNum": "11010119900307002X", "IdCard": crop}});
    let fixture = cardseal_gateway::Fixture::from_json(&fixture.to_string()).unwrap();
    let mut queue = Queue::with(|config| config.fixture = Some(fixture))?;
    queue.scratch.write("nats.conf", "max_payload: 65536\n");
    let config = queue.scratch.path("nats.conf");
    queue.nats = Nats::with(&["-js", "-c", config.to_str().unwrap()])?;
    Some(queue)
}

#[test]
fn a_result_that_does_not_fit_into_a_message_is_kept_whole() {
    let Some(queue) = queue() else {
        return;
    };
    pictures(&queue.scratch, "cards", 2);
    let big = common::bitmap(300_000);
    fs::write(queue.scratch.path("cards/big.bmp"), big).unwrap();
    queue.submit("job", &["cards"]).expect_code(0);
    let worker = queue.work("job", &["--config", "CropIdCard"]);
    let status = queue.until_done("job");
    assert_eq!((&status["ok"], &status["in_doubt"]), (&json!(3), &json!(0)));
    drain(worker, Signal::TERM);
    let sealed = ["--out", "sealed"];
    finish(queue.command("collect", "job", &sealed), b"").expect_code(0);
    let opened = open_sealed(&queue.scratch, "workers", &queue.scratch.read("sealed"));
    assert_eq!(check(&queue, "job", 3), 0);
    let clear = queue.scratch.read("job.jsonl");
    assert_eq!(opened, clear);
    for line in clear.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(line["result"].to_string().contains(&"A".repeat(120_000)));
    }
    assert_eq!(queue.service.came().len(), 3);
}

#[test]
fn a_card_that_does_not_fit_into_a_message_is_named() {
    let Some(queue) = queue() else {
        return;
    };
    let url = format!("https://example.com/{}", "x".repeat(70_000));
    let list = json!({"url": url, "id": "the long one"});
    queue.scratch.write("list", &list.to_string());
    let done = queue.submit("job", &["@list"]).expect_code(2);
    assert!(done.stderr.contains("`the long one` is longer"), "{done:?}");
    assert_eq!(done.stderr.lines().count(), 1, "{done:?}");
}

#[test]
fn a_picture_that_is_half_there_fails_by_itself() {
    let Some(queue) = Queue::new(None) else {
        return;
    };
    pictures(&queue.scratch, "cards", 1);
    for name in ["cards/half.bmp", "cards/none.bmp"] {
        fs::write(queue.scratch.path(name), common::bitmap(1_500_000)).unwrap();
    }
    for (id, gone) in [("half", "{\"seq\":5}"), ("none", "")] {
        let name = format!("cards/{id}.bmp");
        queue.submit(id, &[&name, "cards/0000.jpg"]).expect_code(0);
        let stream = format!("OBJ_cardsealimages-{id}");
        let how = if gone.is_empty() {
            "PURGE"
        } else {
            "MSG.DELETE"
        };
        let subject = format!("$JS.API.STREAM.{how}.{stream}");
        assert_eq!(queue.nats.ask(&subject, gone)["success"], true);
        let worker = queue.work(id, &["--jobs", "2"]);
        queue.until_done(id);
        drain(worker, Signal::TERM);
        let (lines, summary) = queue.collect(id, 9);
        assert_eq!((&summary["ok"], &summary["failed"]), (&json!(1), &json!(1)));
        let why = lines[&name]["error"]["message"].as_str().unwrap();
        assert!(why.contains("picture was damaged"), "{why}");
    }
}

/// A server that is away for longer than a part of a picture may take has not lost the part.
#[test]
fn a_picture_of_which_nothing_comes_for_a_while_is_waited_for() {
    let Some(queue) = Queue::new(None) else {
        return;
    };
    let valve = Valve::before(queue.nats.port);
    fs::create_dir(queue.scratch.path("cards")).unwrap();
    let picture = common::bitmap(4_000_000);
    fs::write(queue.scratch.path("cards/big.bmp"), picture).unwrap();
    queue.submit("job", &["cards"]).expect_code(0);
    valve.shut_after(1_000_000);
    let mut worker = queue.worker(&valve.url(), "job", &["--jobs", "1"]);
    let worker = Running::start(&mut worker);
    until("a part has come", || valve.is_shut());
    std::thread::sleep(Duration::from_secs(8));
    valve.open();
    let status = queue.until_done("job");
    assert_eq!((&status["ok"], &status["failed"]), (&json!(1), &json!(0)));
    drain(worker, Signal::TERM);
    assert_eq!(queue.service.came().len(), 1);
}
