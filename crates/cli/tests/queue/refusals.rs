//! What is wrong is told in one sentence, with the exit code of the contract.

use std::fs;
use std::time::Instant;

use super::*;

#[test]
fn a_server_that_is_not_there_or_keeps_no_streams_is_code_5() {
    let Some(mut queue) = Queue::new(None) else {
        return;
    };
    pictures(&queue.scratch, "cards", 1);
    queue.nats.kill();
    let started = Instant::now();
    let done = queue.submit("job", &["cards"]).expect_code(5);
    assert!(started.elapsed() < Duration::from_secs(60));
    assert!(done.stderr.contains("cannot be reached"), "{done:?}");
    for verb in ["status", "collect"] {
        let out: &[&str] = if verb == "status" {
            &[]
        } else {
            &["--out", "x"]
        };
        finish(queue.command(verb, "job", out), b"").expect_code(5);
    }
    queue.nats = Nats::with(&[]).unwrap();
    let done = queue.submit("job", &["cards"]).expect_code(5);
    assert!(done.stderr.contains("JetStream"), "{done:?}");
}

#[test]
fn jobs_and_keys_that_do_not_fit_are_code_2() {
    let Some(queue) = Queue::new(None) else {
        return;
    };
    pictures(&queue.scratch, "cards", 1);
    let said = |command: Command, part: &str| {
        let done = finish(command, b"").expect_code(2);
        assert!(done.stderr.contains(part), "{done:?}");
    };
    said(queue.command("status", "none", &[]), "no job `none`");
    said(queue.command("collect", "none", &["--out", "x"]), "no job");
    assert!(!queue.scratch.exists("x"));
    for name in ["a.b", "a b", ">", ""] {
        said(queue.command("status", name, &[]), "a job's name");
    }
    queue.submit("job", &["cards"]).expect_code(0);
    let other = identity(&queue.scratch, "other");
    said(
        queue.command("submit", "job", &["cards", "--to", &other]),
        "other keys",
    );
    let secret = queue.scratch.read("other");
    let done = finish(
        queue.command("submit", "job", &["cards", "--to", &secret]),
        b"",
    );
    assert!(!done.expect_code(2).stderr.contains(&secret));
    let mut work = queue.command(
        "work",
        "job",
        &["--identity", "other", "--cloud", "tencent"],
    );
    work.args([
        "--key",
        "sm4-gcm/public.b64",
        "--endpoint",
        &queue.service.url(),
        "--no-ledger",
    ])
    .env("TENCENTCLOUD_SECRET_ID", SECRET_ID)
    .env("TENCENTCLOUD_SECRET_KEY", SECRET_KEY);
    said(work, "identity opens nothing");
    assert!(queue.service.came().is_empty());
    fs::write(queue.scratch.path("job.jsonl"), "mine").unwrap();
    said(
        queue.command("collect", "job", &["--out", "job.jsonl"]),
        "exist",
    );
    assert_eq!(queue.scratch.read("job.jsonl"), "mine");
    let password = queue.nats.url().replace("//", "//user:pass-word@");
    let mut status = queue
        .scratch
        .command(&["queue", "status", "--job", "job", "--nats"]);
    status.arg(&password);
    let done = finish(status, b"").expect_code(2);
    assert!(!done.stderr.contains("pass-word"), "{done:?}");
}

#[test]
fn a_job_of_another_version_is_refused_by_its_version() {
    let Some(queue) = Queue::submitted(None, 1) else {
        return;
    };
    for (version, record) in [
        ("0", "{\"cardseal_queue\":0}"),
        ("2", "{\"cardseal_queue\":2,\"more\":[]}"),
    ] {
        queue.nats.publish("cardseal.job.job", record.as_bytes());
        for command in queue.each_command("job") {
            let done = finish(command, b"").expect_code(2);
            let says = format!("has the version {version}, and this cardseal knows version 1");
            assert!(done.stderr.contains(&says), "{done:?}");
        }
    }
    queue.nats.publish("cardseal.job.job", b"else");
    let done = finish(queue.command("status", "job", &[]), b"").expect_code(2);
    assert!(done.stderr.contains("cannot be read"), "{done:?}");
    assert!(!queue.scratch.exists("x") && queue.service.came().is_empty());
}

#[test]
fn credentials_that_the_server_refuses_are_code_4() {
    let Some(mut queue) = Queue::new(None) else {
        return;
    };
    pictures(&queue.scratch, "cards", 1);
    queue.nats = Nats::with(&["-js", "--user", "somebody", "--pass", "else"]).unwrap();
    let done = queue.submit("job", &["cards"]).expect_code(4);
    assert!(
        done.stderr.contains("refuses these credentials"),
        "{done:?}"
    );
}

#[test]
fn an_address_that_is_none_is_code_2() {
    let Some(queue) = Queue::new(None) else {
        return;
    };
    let port = queue.nats.port;
    let http = format!("http://127.0.0.1:{port}");
    for address in ["", " ", "nats://", "nats://a,,nats://b", &http] {
        let command = queue.command_at(address, "status", "job", &[]);
        let done = finish(command, b"").expect_code(2);
        assert!(done.stderr.contains("--nats is no address"), "{done:?}");
    }
    let tls = format!("tls://127.0.0.1:{port}");
    let done = finish(queue.command_at(&tls, "status", "job", &[]), b"").expect_code(5);
    assert!(done.stderr.contains("speaks no TLS"), "{done:?}");
}
