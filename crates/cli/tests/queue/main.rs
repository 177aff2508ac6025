//! `queue` against nats-server and the service side in this process: the same promises as `batch`, on many machines.
#![cfg(all(feature = "queue", feature = "gateway", unix))]

#[path = "../common/mod.rs"]
mod common;
#[path = "../service/mod.rs"]
mod service;
#[path = "../common/moments.rs"]
mod moments;
mod access;
mod attacks;
mod cut_off;
mod disk;
mod faults;
mod full;
mod history;
mod hostile;
mod large;
mod refusals;
mod running;
mod server;
mod valve;

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;
use std::time::Duration;

use age::secrecy::ExposeSecret;
use cardseal_gateway::{Fault, GatewayConfig, KeyPair};
use common::{Finished, SECRET_ID, SECRET_KEY, SUITES, Scratch, finish};
use running::Running;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use server::Nats;
use service::{PICTURE, Service, pictures, until};

/// A job on a server, with a service that its workers call.
pub(crate) struct Queue {
    pub(crate) scratch: Scratch,
    pub(crate) nats: Nats,
    pub(crate) service: Service,
    to: String,
}

impl Queue {
    /// With a service of both suites that answers after so long.
    pub(crate) fn new(latency: Option<Duration>) -> Option<Self> {
        Self::with(|config| {
            if let Some(latency) = latency {
                config.fault = Some(Fault::SlowHeader);
                config.fault_delay = latency;
            }
        })
    }

    /// With a service of both suites that was changed so.
    pub(crate) fn with(change: impl FnOnce(&mut GatewayConfig)) -> Option<Self> {
        let nats = Nats::start()?;
        let scratch = Scratch::with_keys();
        let rsa = fs::read_to_string(scratch.path("aes-256-cbc/private.pem")).unwrap();
        let service = Service::start(&scratch, |config| {
            config.keys.push(KeyPair::from_private_pem(&rsa).unwrap());
            change(config);
        });
        let to = identity(&scratch, "workers");
        Some(Self {
            scratch,
            nats,
            service,
            to,
        })
    }

    /// With a job of so many cards on the server.
    pub(crate) fn submitted(latency: Option<Duration>, cards: usize) -> Option<Self> {
        let queue = Self::new(latency)?;
        pictures(&queue.scratch, "cards", cards);
        queue.submit("job", &["cards"]).expect_code(0);
        Some(queue)
    }

    pub(crate) fn command(&self, verb: &str, job: &str, more: &[&str]) -> Command {
        self.command_at(&self.nats.url(), verb, job, more)
    }

    /// At a server that is reached at this URL.
    fn command_at(&self, url: &str, verb: &str, job: &str, more: &[&str]) -> Command {
        let mut command = self.scratch.command(&["queue", verb, "--json"]);
        command.args(["--nats", url, "--job", job]).args(more);
        command
    }

    /// Every command that a job is named to.
    pub(crate) fn each_command(&self, job: &str) -> [Command; 4] {
        [
            self.command("status", job, &[]),
            self.command("collect", job, &["--out", "x"]),
            self.command("submit", job, &["cards", "--to", &self.to]),
            self.worker(&self.nats.url(), job, &[]),
        ]
    }

    pub(crate) fn submit(&self, job: &str, more: &[&str]) -> Finished {
        let usual = ["--to", &self.to];
        finish(self.command("submit", job, &[more, &usual].concat()), b"")
    }

    pub(crate) fn work(&self, job: &str, more: &[&str]) -> Running {
        Running::start(&mut self.worker(&self.nats.url(), job, more))
    }

    /// A worker that reaches the server at this URL, not started yet.
    pub(crate) fn worker(&self, url: &str, job: &str, more: &[&str]) -> Command {
        let suite = if more.contains(&"--key") {
            ""
        } else {
            SUITES[1]
        };
        let key = format!("{suite}/public.b64");
        let mut command = self.command_at(url, "work", job, more);
        if !suite.is_empty() {
            command.args(["--key", &key]);
        }
        if !more.contains(&"--max-rps") {
            command.args(["--max-rps", "1000"]);
        }
        command
            .args(["--identity", "workers", "--cloud", "tencent"])
            .args(["--endpoint", &self.service.url(), "--no-ledger"])
            .env("TENCENTCLOUD_SECRET_ID", SECRET_ID)
            .env("TENCENTCLOUD_SECRET_KEY", SECRET_KEY)
            .stdout(std::process::Stdio::null());
        command
    }

    #[track_caller]
    pub(crate) fn status(&self, job: &str) -> Value {
        let done = finish(self.command("status", job, &[]), b"").expect_code(0);
        let status: Value = serde_json::from_str(&done.stdout).unwrap();
        let count = |name: &str| status[name].as_u64().unwrap();
        assert_eq!(count("cards"), count("done") + count("waiting"), "{status}");
        assert_eq!(count("done"), count("ok") + count("failed"), "{status}");
        status
    }

    /// Waits until every card has a result.
    #[track_caller]
    pub(crate) fn until_done(&self, job: &str) -> Value {
        until("every card has a result", || {
            std::thread::sleep(Duration::from_millis(100));
            self.status(job)["waiting"] == 0
        });
        self.status(job)
    }

    /// The lines and the summary; each card has one line.
    #[track_caller]
    pub(crate) fn collect(&self, job: &str, code: i32) -> (BTreeMap<String, Value>, Value) {
        let out = format!("{job}.jsonl");
        let more = ["--out", &out, "--identity", "workers"];
        let done = finish(self.command("collect", job, &more), b"").expect_code(code);
        let summary = serde_json::from_str(done.stdout.lines().last().unwrap()).unwrap();
        let text = self.scratch.read(&out);
        let lines: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        (service::by_id(&lines), summary)
    }
}

/// A new age identity in a file; its public key.
pub(crate) fn identity(scratch: &Scratch, name: &str) -> String {
    let identity = age::x25519::Identity::generate();
    scratch.write(name, identity.to_string().expose_secret());
    identity.to_public().to_string()
}

/// What lines hold that were sealed for the identity in this file.
pub(crate) fn open_sealed(scratch: &Scratch, identity: &str, lines: &str) -> String {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    let key = scratch.read(identity);
    let key: age::x25519::Identity = key.parse().unwrap();
    let opened = lines.lines().map(|line| {
        let sealed = STANDARD.decode(line).unwrap();
        String::from_utf8(age::decrypt(&key, &sealed).unwrap()).unwrap()
    });
    opened.collect()
}

/// Ends a worker as Ctrl-C does, or SIGTERM.
#[track_caller]
pub(crate) fn drain(worker: Running, signal: Signal) {
    kill_process(Pid::from_child(&worker), signal).unwrap();
    let ended = worker.output();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(130), "{said}");
}

#[test]
fn cards_are_submitted_worked_and_collected_in_both_suites() {
    let Some(queue) = Queue::new(None) else {
        return;
    };
    pictures(&queue.scratch, "cards", 6);
    fs::write(queue.scratch.path("cards/none.jpg"), "no picture").unwrap();
    // Too large for a message.
    fs::write(
        queue.scratch.path("cards/big.bmp"),
        common::bitmap(1_500_000),
    )
    .unwrap();
    for suite in SUITES {
        let done = queue.submit(suite, &["cards"]).expect_code(0);
        let said: Value = serde_json::from_str(&done.stdout).unwrap();
        assert_eq!(
            said,
            json!({"job": suite, "cards": 8, "submitted": 8, "repeated": 0})
        );
        let status = queue.status(suite);
        assert_eq!(
            status,
            json!({"job": suite, "cards": 8, "done": 0, "ok": 0, "failed": 0, "waiting": 8, "in_doubt": 0})
        );
        // Again: nothing changes.
        let again = queue.submit(suite, &["cards"]).expect_code(0);
        let again: Value = serde_json::from_str(&again.stdout).unwrap();
        assert_eq!(again["repeated"], 8);

        let key = format!("{suite}/public.b64");
        let before = queue.service.answered();
        let worker = queue.work(suite, &["--jobs", "3", "--key", &key]);
        let status = queue.until_done(suite);
        assert_eq!(
            status,
            json!({"job": suite, "cards": 8, "done": 8, "ok": 7, "failed": 1, "waiting": 0, "in_doubt": 0})
        );
        drain(worker, Signal::TERM);
        assert_eq!(queue.service.answered() - before, 7);

        // Once more, when all is done.
        queue.submit(suite, &["cards"]).expect_code(0);
        assert_eq!(queue.status(suite), status);

        let (lines, summary) = queue.collect(suite, 9);
        let elapsed = summary["elapsed_s"].as_f64().unwrap();
        assert_eq!(
            summary,
            json!({"cards": 8, "ok": 7, "failed": 1, "skipped": 0, "in_doubt": 0, "by_code": {"input": 1}, "elapsed_s": elapsed})
        );
        assert_eq!(lines.len(), 8);
        assert_eq!(lines["cards/none.jpg"]["error"]["kind"], "input");
        for name in ["cards/0000.jpg", "cards/big.bmp"] {
            assert_eq!(lines[name]["outcome"], "ok", "{name}");
            assert_eq!(lines[name]["result"]["IdNum"], "11010119900307002X");
        }
        assert_eq!(
            common::mode(&queue.scratch.path(&format!("{suite}.jsonl"))),
            0o600
        );
    }
}

#[test]
fn results_are_collected_bit_by_bit_and_sealed_too() {
    let Some(queue) = Queue::new(None) else {
        return;
    };
    pictures(&queue.scratch, "one", 3);
    pictures(&queue.scratch, "two", 4);
    let reader = identity(&queue.scratch, "reader");
    let submit = |folder: &str| queue.submit("job", &[folder, "--result-to", &reader]);
    submit("one").expect_code(0);
    let worker = queue.work("job", &[]);
    queue.until_done("job");
    let collect = |more: &[&str]| finish(queue.command("collect", "job", more), b"");
    let clear = ["--out", "clear", "--identity", "reader"];
    collect(&clear).expect_code(0);
    // Torn by a power cut.
    let whole = queue.scratch.read("clear");
    queue.scratch.write("clear", &whole[..whole.len() - 5]);
    collect(&clear).expect_code(2);
    assert_eq!(queue.scratch.read("clear"), whole[..whole.len() - 5]);

    submit("two").expect_code(0);
    queue.until_done("job");
    drain(worker, Signal::INT);
    let done = collect(&[&clear[..], &["--resume"]].concat()).expect_code(0);
    let summary: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(
        (&summary["skipped"], &summary["ok"]),
        (&json!(2), &json!(5))
    );
    let text = queue.scratch.read("clear");
    assert!(text.starts_with(&whole), "{text}");
    assert_eq!(text.lines().count(), 7);

    // The workers' key opens no result, and writes nothing.
    collect(&["--out", "none", "--identity", "workers"]).expect_code(2);
    assert!(!queue.scratch.exists("none"));
    // Results of another job are not added to.
    queue.scratch.write("others", "{}\n");
    collect(&["--out", "others", "--identity", "reader", "--resume"]).expect_code(2);
    assert_eq!(queue.scratch.read("others"), "{}\n");

    collect(&["--out", "sealed"]).expect_code(0);
    let sealed = queue.scratch.read("sealed");
    assert_eq!(open_sealed(&queue.scratch, "reader", &sealed), text);
}

#[test]
fn nothing_but_counts_and_sizes_rests_on_the_server() {
    let Some(mut queue) = Queue::new(None) else {
        return;
    };
    pictures(&queue.scratch, "wang-xiaoming", 2);
    let mut big = common::bitmap(1_500_000);
    big.extend_from_slice(&PICTURE.repeat(3));
    fs::write(queue.scratch.path("wang-xiaoming/big.bmp"), &big).unwrap();
    queue.submit("job", &["wang-xiaoming"]).expect_code(0);
    let waiting = queue.nats.stored();
    let worker = queue.work("job", &[]);
    queue.until_done("job");
    drain(worker, Signal::INT);
    queue.nats.kill();
    let done = queue.nats.stored();
    let part = &PICTURE[100..140];
    for stored in [&waiting, &done] {
        assert!(stored.len() > 1000);
        for secret in [
            b"wang-xiaoming".as_slice(),
            b"11010119900307002X",
            part,
            queue.to.as_bytes(),
        ] {
            assert!(!stored.windows(secret.len()).any(|bytes| bytes == secret));
        }
    }
    // It would have been found.
    assert!(big.windows(part.len()).any(|bytes| bytes == part));
}
