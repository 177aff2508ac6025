//! The service side in the test's own process, where it can be asked what came and when.
#![allow(dead_code, reason = "every test file uses its own part")]

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cardseal_gateway::{Fault, GatewayConfig, KeyPair, RequestLog, Running};
use serde_json::Value;

use crate::common::{SECRET_ID, SECRET_KEY, Scratch};

/// A small picture.
pub(crate) const PICTURE: &[u8] = include_bytes!("../../../prepare/tests/images/plain.jpg");

/// A gateway that remembers.
pub(crate) struct Service {
    running: Running,
    came: Arc<Mutex<Vec<Came>>>,
}

/// A request that came.
#[derive(Clone)]
pub(crate) struct Came {
    pub at: Instant,
    /// `None` for success.
    pub code: Option<String>,
    pub id: String,
}

impl Service {
    pub(crate) fn start(scratch: &Scratch, change: impl FnOnce(&mut GatewayConfig)) -> Self {
        let private = fs::read_to_string(scratch.path("sm4-gcm/private.pem")).unwrap();
        let keys = vec![KeyPair::from_private_pem(&private).unwrap()];
        let mut config = GatewayConfig::new(keys, SECRET_ID, SECRET_KEY);
        let came = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&came);
        config.on_request = Some(Arc::new(move |log: &RequestLog| {
            noted.lock().unwrap().push(Came {
                at: Instant::now(),
                code: log.code.clone(),
                id: log.request_id.clone(),
            });
        }));
        change(&mut config);
        let running = Running::start(config, SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        Self { running, came }
    }

    /// Well-behaved.
    pub(crate) fn good(scratch: &Scratch) -> Self {
        Self::start(scratch, |_| {})
    }

    pub(crate) fn with_fault(scratch: &Scratch, fault: Fault) -> Self {
        Self::start(scratch, |config| config.fault = Some(fault))
    }

    pub(crate) fn url(&self) -> String {
        self.running.url()
    }

    pub(crate) fn came(&self) -> Vec<Came> {
        self.came.lock().unwrap().clone()
    }

    /// How many requests were answered with a card.
    pub(crate) fn answered(&self) -> usize {
        self.came()
            .iter()
            .filter(|came| came.code.is_none())
            .count()
    }

    /// `batch` at this service, not started yet: the usual arguments, then these.
    pub(crate) fn batch(&self, scratch: &Scratch, arguments: &[&str]) -> Command {
        let mut command = scratch.command(&["batch", "--cloud", "tencent", "--json"]);
        for (name, usual) in [
            ("--out", "results.jsonl"),
            ("--endpoint", &self.url()),
            ("--max-rps", "100000"),
        ] {
            if !arguments.contains(&name) {
                command.args([name, usual]);
            }
        }
        command
            .args(["--key", "sm4-gcm/public.b64"])
            .args(arguments)
            .env("TENCENTCLOUD_SECRET_ID", SECRET_ID)
            .env("TENCENTCLOUD_SECRET_KEY", SECRET_KEY);
        command
    }
}

/// Waits until something is so, for two minutes at most.
#[track_caller]
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(
            started.elapsed() < Duration::from_secs(120),
            "never: {what}"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// So many pictures in a folder.
pub(crate) fn pictures(scratch: &Scratch, folder: &str, count: usize) {
    fs::create_dir_all(scratch.path(folder)).unwrap();
    for n in 0..count {
        fs::write(scratch.path(&format!("{folder}/{n:04}.jpg")), PICTURE).unwrap();
    }
}

/// The lines of results; every one is whole.
#[track_caller]
pub(crate) fn lines(scratch: &Scratch) -> Vec<Value> {
    let text = scratch.read("results.jsonl");
    assert!(
        text.is_empty() || text.ends_with('\n'),
        "a torn line: {text:?}"
    );
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    lines.collect()
}

/// The lines by id; no id is duplicated.
#[track_caller]
pub(crate) fn by_id(lines: &[Value]) -> BTreeMap<String, Value> {
    let mut by_id = BTreeMap::new();
    for line in lines {
        let id = line["id"].as_str().unwrap().to_owned();
        assert!(by_id.insert(id, line.clone()).is_none(), "twice: {line}");
    }
    by_id
}
