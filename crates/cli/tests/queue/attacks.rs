//! Whatever may come at once, in the wrong moment, or from somebody who is let in and lies.

use super::faults::check;
use super::moments::Moments;
use super::*;

#[test]
fn a_submit_that_is_killed_at_any_moment_is_run_again_and_each_card_is_there_once() {
    let Some(queue) = Queue::new(None) else {
        return;
    };
    pictures(&queue.scratch, "cards", 60);
    for n in 0..6 {
        let name = queue.scratch.path(&format!("cards/{n}5-big.bmp"));
        fs::write(name, common::bitmap(1_200_000)).unwrap();
    }
    let mut moments = Moments(4);
    let worker = queue.worker(&queue.nats.url(), "job", &["--jobs", "4"]);
    let mut worker = Some(worker);
    let mut working = None;
    for _ in 0..12 {
        let more = ["cards", "--to", &queue.to];
        let mut submit = queue.command("submit", "job", &more).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(moments.next(400)));
        submit.kill().unwrap();
        submit.wait().unwrap();
        // It takes cards while others come for the second time.
        if let Some(mut command) = worker.take() {
            let is_made = finish(queue.command("status", "job", &[]), b"").code == Some(0);
            match is_made {
                true => working = Some(Running::start(&mut command)),
                false => worker = Some(command),
            }
        }
    }
    let submits = [(); 2].map(|()| {
        let more = ["cards", "--to", &queue.to];
        queue.command("submit", "job", &more).spawn().unwrap()
    });
    for mut submit in submits {
        assert_eq!(submit.wait().unwrap().code(), Some(0));
    }
    let working = working.unwrap_or_else(|| Running::start(&mut worker.unwrap()));
    let status = queue.until_done("job");
    drain(working, Signal::TERM);
    assert_eq!((&status["cards"], &status["ok"]), (&json!(66), &json!(66)));
    assert_eq!(check(&queue, "job", 66), 0);
    assert_eq!(queue.service.came().len(), 66);
}

#[test]
fn two_who_collect_at_once_have_the_same_or_one_is_refused() {
    let Some(queue) = Queue::submitted(None, 40) else {
        return;
    };
    let worker = queue.work("job", &["--jobs", "8"]);
    queue.until_done("job");
    drain(worker, Signal::TERM);
    let collect = |out: &'static str| {
        let more = ["--out", out, "--identity", "workers", "--resume"];
        queue.command("collect", "job", &more).spawn().unwrap()
    };
    let codes = ["one", "same", "same", "same", "two"]
        .map(collect)
        .map(|mut one| one.wait().unwrap().code().unwrap());
    assert_eq!((codes[0], codes[4]), (0, 0));
    assert!(
        codes[1..4].iter().all(|code| [0, 2].contains(code)),
        "{codes:?}"
    );
    assert!(codes[1..4].contains(&0), "{codes:?}");
    let one = queue.scratch.read("one");
    assert_eq!(one.lines().count(), 40);
    for other in ["same", "two"] {
        assert_eq!(queue.scratch.read(other), one, "{other}");
    }
}

/// The hash of the one card of a job.
fn only_card(queue: &Queue, job: &str) -> String {
    let subjects = queue.nats.ask(
        &format!("$JS.API.STREAM.INFO.cardseal-{job}"),
        "{\"subjects_filter\":\">\"}",
    );
    let subjects = subjects["state"]["subjects"].as_object().unwrap().clone();
    let subject = subjects.keys().next().unwrap();
    subject.rsplit('.').next().unwrap().to_owned()
}

#[test]
fn messages_of_somebody_else_fail_by_themselves_and_hold_up_nothing() {
    let Some(queue) = Queue::new(None) else {
        return;
    };
    pictures(&queue.scratch, "one", 1);
    queue.submit("job", &["one"]).expect_code(0);
    let hash = only_card(&queue, "job");
    // A result for a card that waits; what is no card; a card in the place of another.
    let message = queue.nats.ask(
        "$JS.API.STREAM.MSG.GET.cardseal-job",
        &format!("{{\"last_by_subj\":\"cardseal.job.card.{hash}\"}}"),
    );
    let sealed = message["message"]["data"].as_str().unwrap();
    let sealed = {
        use base64::Engine;
        base64::engine::general_purpose::STANDARD
            .decode(sealed)
            .unwrap()
    };
    queue
        .nats
        .publish(&format!("cardseal.job.result.{hash}"), b"a result");
    queue.nats.publish("cardseal.job.card.0123", b"a card");
    queue.nats.publish("cardseal.job.card.4567", &sealed);
    queue.nats.publish("$KV.cardsealrate-job.next", b"a time");
    pictures(&queue.scratch, "more", 3);
    queue.submit("job", &["more"]).expect_code(0);
    let worker = queue.work("job", &["--jobs", "2"]);
    let status = queue.until_done("job");
    drain(worker, Signal::TERM);
    assert_eq!(status["cards"], 6);
    let (lines, summary) = queue.collect("job", 9);
    assert_eq!((&summary["ok"], &summary["failed"]), (&json!(3), &json!(3)));
    assert_eq!(summary["by_code"], json!({"answer": 1, "input": 2}));
    for (id, words) in [
        (hash.as_str(), "written by somebody else"),
        ("0123", "was damaged"),
        ("4567", "is another card's"),
    ] {
        let message = lines[id]["error"]["message"].as_str().unwrap();
        assert!(message.contains(words), "{message}");
    }
    assert_eq!(queue.service.came().len(), 3);
}

#[test]
fn a_worker_with_another_key_of_the_service_does_not_spoil_the_job() {
    let Some(queue) = Queue::submitted(None, 60) else {
        return;
    };
    let keygen = ["keygen", "--suite", "sm4-gcm", "--out", "other"];
    queue.scratch.run(&keygen, "").expect_code(0);
    let wrong = queue.work("job", &["--jobs", "4", "--key", "other/public.b64"]);
    let ended = wrong.output();
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(7), "{said}");
    assert!(said.contains("every other card would be refused"), "{said}");
    let status = queue.status("job");
    assert_eq!(
        (&status["failed"], &status["waiting"]),
        (&json!(20), &json!(40))
    );
    let right = queue.work("job", &["--jobs", "4"]);
    let status = queue.until_done("job");
    drain(right, Signal::TERM);
    assert_eq!(
        (&status["ok"], &status["in_doubt"]),
        (&json!(40), &json!(0))
    );
}

#[test]
fn a_worker_whose_job_is_deleted_ends_and_says_so() {
    let Some(queue) = Queue::submitted(None, 1) else {
        return;
    };
    let worker = queue.work("job", &[]);
    queue.until_done("job");
    for stream in ["cardseal", "cardsealresults", "cardsealnotes"] {
        let deleted = queue
            .nats
            .ask(&format!("$JS.API.STREAM.DELETE.{stream}-job"), "");
        assert_eq!(deleted["success"], true, "{deleted}");
    }
    let done = worker.output();
    let said = String::from_utf8(done.stderr).unwrap();
    assert_eq!(done.status.code(), Some(5), "{said}");
    assert!(said.contains("the job is gone"), "{said}");
}

#[test]
fn a_collect_that_is_killed_at_any_moment_is_gone_on_with() {
    let Some(queue) = Queue::submitted(None, 150) else {
        return;
    };
    let worker = queue.work("job", &["--jobs", "16"]);
    queue.until_done("job");
    drain(worker, Signal::TERM);
    let more = ["--out", "cut", "--identity", "workers", "--resume"];
    let mut moments = Moments(9);
    for _ in 0..25 {
        let mut collect = queue.command("collect", "job", &more).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(moments.next(150)));
        collect.kill().unwrap();
        collect.wait().unwrap();
        // What a power cut leaves of a line, too.
        if queue.scratch.exists("cut") && moments.next(2) == 0 {
            let text = queue.scratch.read("cut");
            let rest = text.len().saturating_sub(moments.next(900) as usize);
            queue.scratch.write("cut", &text[..rest]);
        }
    }
    finish(queue.command("collect", "job", &more), b"").expect_code(0);
    assert_eq!(check(&queue, "job", 150), 0);
    assert_eq!(queue.scratch.read("cut"), queue.scratch.read("job.jsonl"));
}
