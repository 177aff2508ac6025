//! What somebody did to a job on the server who may do it: forged, removed, deleted, written over.

use std::time::SystemTime;

use super::faults::check;
use super::*;

/// Asks JetStream, which agrees.
#[track_caller]
fn manage(queue: &Queue, subject: &str, question: &str) {
    let answer = queue.nats.ask(&format!("$JS.API.{subject}"), question);
    assert_eq!(answer["success"], true, "{answer}");
}

fn worked(queue: &Queue, job: &str) -> Value {
    let worker = queue.work(job, &["--jobs", "2"]);
    let status = queue.until_done(job);
    drain(worker, Signal::TERM);
    status
}

#[test]
fn a_code_of_the_service_ends_no_header() {
    let fixture = json!({"FRONT": {"Error": "Failed\r\nCardseal-Outcome: ok"}});
    let fixture = cardseal_gateway::Fixture::from_json(&fixture.to_string()).unwrap();
    let Some(queue) = Queue::with(|config| config.fixture = Some(fixture)) else {
        return;
    };
    pictures(&queue.scratch, "cards", 1);
    queue.submit("job", &["cards"]).expect_code(0);
    assert_eq!(worked(&queue, "job")["failed"], 1);
    let (_, summary) = queue.collect("job", 9);
    assert_eq!((&summary["ok"], &summary["failed"]), (&json!(0), &json!(1)));
}

#[test]
fn results_of_somebody_else_are_one_failed_line_each() {
    let Some(queue) = Queue::submitted(None, 2) else {
        return;
    };
    for n in 0..60 {
        queue
            .nats
            .publish(&format!("cardseal.job.result.{n}"), b"no age file");
    }
    let key: age::x25519::Recipient = queue.to.parse().unwrap();
    for (name, text) in [
        ("a", "{\"id\":\"a\"}\n{\"id\":\"b\"}\n"),
        ("b", "{\"id\":\"b\"}"),
        ("c", "no JSON\n"),
        // It says that it is another card's.
        ("d", "{\"id\":\"cards/0000.jpg\",\"outcome\":\"ok\"}\n"),
        ("e", ""),
    ] {
        let sealed = age::encrypt(&key, text.as_bytes()).unwrap();
        queue
            .nats
            .publish(&format!("cardseal.job.result.{name}"), &sealed);
    }
    let (lines, _) = queue.collect("job", 9);
    assert_eq!(lines.len(), 65);
    let status = worked(&queue, "job");
    assert_eq!(status["waiting"], 0);
    let more = ["--out", "job.jsonl", "--identity", "workers", "--resume"];
    let done = finish(queue.command("collect", "job", &more), b"").expect_code(0);
    let summary: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(
        (&summary["skipped"], &summary["ok"]),
        (&json!(65), &json!(2))
    );
    fs::remove_file(queue.scratch.path("job.jsonl")).unwrap();
    let (lines, summary) = queue.collect("job", 9);
    assert_eq!((lines.len(), &summary["ok"]), (67, &json!(2)));
    for forged in ["0", "a", "b", "c", "d", "e"] {
        let why = lines[forged]["error"]["message"].as_str().unwrap();
        assert!(why.contains("written by somebody else"), "{why}");
    }
    assert_eq!(lines["cards/0000.jpg"]["outcome"], "ok");
    // Another's identity is known before anything is written, also where there is nothing yet.
    identity(&queue.scratch, "other");
    for job in ["job", "empty"] {
        queue.submit(job, &["cards"]).expect_code(0);
        let more = ["--out", "none", "--identity", "other"];
        let done = finish(queue.command("collect", job, &more), b"").expect_code(2);
        assert!(
            done.stderr.contains("this identity opens nothing"),
            "{done:?}"
        );
        assert!(!queue.scratch.exists("none"));
    }
}

#[test]
fn results_that_were_removed_are_told_and_hold_up_no_other() {
    let Some(queue) = Queue::submitted(None, 5) else {
        return;
    };
    worked(&queue, "job");
    for gone in [1, 3, 5] {
        let question = format!("{{\"seq\":{gone}}}");
        manage(&queue, "STREAM.MSG.DELETE.cardsealresults-job", &question);
        let (lines, summary) = queue.collect("job", 9);
        assert_eq!((lines.len(), &summary["cards"]), (5, &json!(5)));
        let why = &lines[&format!("result {gone}")]["error"]["message"];
        assert!(why.as_str().unwrap().contains("was removed"), "{why}");
        fs::remove_file(queue.scratch.path("job.jsonl")).unwrap();
    }
    manage(&queue, "STREAM.PURGE.cardsealresults-job", "");
    let (lines, summary) = queue.collect("job", 9);
    assert_eq!((lines.len(), &summary["failed"]), (5, &json!(5)));
    assert_eq!(queue.status("job")["waiting"], 0);
    // And what comes later.
    pictures(&queue.scratch, "more", 2);
    queue.submit("job", &["more"]).expect_code(0);
    worked(&queue, "job");
    let more = ["--out", "job.jsonl", "--identity", "workers", "--resume"];
    finish(queue.command("collect", "job", &more), b"").expect_code(0);
    assert_eq!(queue.scratch.read("job.jsonl").lines().count(), 7);
}

#[test]
fn cards_that_were_removed_wait_no_more() {
    let Some(queue) = Queue::submitted(None, 3) else {
        return;
    };
    manage(&queue, "STREAM.PURGE.cardseal-job", "");
    let status = queue.status("job");
    assert_eq!(
        (&status["cards"], &status["waiting"]),
        (&json!(0), &json!(0))
    );
    pictures(&queue.scratch, "more", 2);
    queue.submit("job", &["more"]).expect_code(0);
    assert_eq!(queue.status("job")["waiting"], 2);
    let status = worked(&queue, "job");
    assert_eq!((&status["cards"], &status["ok"]), (&json!(2), &json!(2)));
}

#[test]
fn a_consumer_that_was_deleted_is_made_again_and_nothing_is_called_twice() {
    let Some(queue) = Queue::submitted(Some(Duration::from_millis(1500)), 8) else {
        return;
    };
    let workers = [(); 2].map(|()| queue.work("job", &["--jobs", "2"]));
    until("all call", || queue.nats.open_calls("job") == 4);
    manage(&queue, "CONSUMER.DELETE.cardseal-job.workers", "");
    let status = finish(queue.command("status", "job", &[]), b"");
    status.expect_code(0);
    queue.until_done("job");
    for worker in workers {
        drain(worker, Signal::TERM);
    }
    assert_eq!(check(&queue, "job", 8), 0);
    assert_eq!(queue.service.came().len(), 8);
}

#[test]
fn a_rate_that_nobody_can_have_written_is_not_waited_for() {
    let Some(queue) = Queue::submitted(None, 2) else {
        return;
    };
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = now.unwrap().as_nanos();
    for value in [format!("{} {now}", u64::MAX), "-1 0".into(), "\u{0}".into()] {
        queue
            .nats
            .publish("$KV.cardsealrate-job.next", value.as_bytes());
        let id = format!("more{}", value.len());
        pictures(&queue.scratch, &id, 2);
        queue.submit("job", &[&id]).expect_code(0);
        assert_eq!(worked(&queue, "job")["failed"], 0);
    }
    manage(&queue, "STREAM.DELETE.KV_cardsealrate-job", "");
    pictures(&queue.scratch, "last", 2);
    queue.submit("job", &["last"]).expect_code(0);
    assert_eq!(worked(&queue, "job")["ok"], 10);
}

#[test]
fn a_job_that_lost_a_stream_is_named() {
    let Some(queue) = Queue::submitted(None, 1) else {
        return;
    };
    manage(&queue, "STREAM.DELETE.cardsealresults-job", "");
    for command in queue.each_command("job") {
        let done = finish(command, b"").expect_code(5);
        let says = "the job `job` has lost its stream `cardsealresults-job`";
        assert!(done.stderr.contains(says), "{done:?}");
    }
    assert!(!queue.scratch.exists("x") && queue.service.came().is_empty());
}

#[test]
fn a_second_signal_ends_a_worker_at_once() {
    let Some(queue) = Queue::submitted(Some(Duration::from_secs(60)), 1) else {
        return;
    };
    let worker = queue.work("job", &["--jobs", "1"]);
    until("it calls", || queue.nats.open_calls("job") == 1);
    kill_process(Pid::from_child(&worker), Signal::TERM).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    kill_process(Pid::from_child(&worker), Signal::TERM).unwrap();
    assert_eq!(worker.output().status.code(), Some(130));
    assert_eq!(queue.status("job")["in_doubt"], 1);
}
