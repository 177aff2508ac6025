//! Who takes part, each in a process of its own that prints what it took.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::ours::JOBS;
use crate::pictures::CARDS;
use crate::service::{SECRET_ID, SECRET_KEY, Service};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Contender {
    Batch,
    Bare,
    Python,
}

impl Contender {
    pub const ALL: [Self; 3] = [Self::Batch, Self::Bare, Self::Python];

    pub fn name(self) -> &'static str {
        match self {
            Self::Batch => "cardseal batch",
            Self::Bare => "sealing, HTTP, opening",
            Self::Python => "official Python SDK",
        }
    }

    /// Seconds of processor time for all cards.
    pub fn run(self, service: &Service, pictures: &Path) -> f64 {
        let mut command = match self {
            Self::Batch => this("batch"),
            Self::Bare => this("bare"),
            Self::Python => python(),
        };
        let output = command
            .arg(service.public_key())
            .arg(service.url())
            .arg(pictures)
            .stderr(Stdio::inherit())
            .output()
            .expect("a client");
        assert!(output.status.success(), "{} failed", self.name());
        let told: Value = serde_json::from_slice(&output.stdout).expect("JSON of a client");
        assert_eq!(told["cards"], CARDS);
        told["seconds"].as_f64().expect("seconds")
    }
}

fn this(mode: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.arg(mode);
    command
}

fn python() -> Command {
    let python = std::env::var("CARDSEAL_PYTHON").unwrap_or("python3".into());
    let mut command = Command::new(python);
    command
        .arg("-B")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("peer.py"))
        .env("TENCENTCLOUD_SECRET_ID", SECRET_ID)
        .env("TENCENTCLOUD_SECRET_KEY", SECRET_KEY)
        .env("PEER_THREADS", JOBS.to_string());
    command
}
