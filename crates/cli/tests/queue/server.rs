//! A nats-server of the test's own: a port, a folder, and it can be killed and started again.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::service::until;

/// Where it is, if it is installed. Without it the test is skipped, and fails where nothing may be skipped.
pub(crate) fn program() -> Option<PathBuf> {
    let named = std::env::var_os("NATS_SERVER").map(PathBuf::from);
    let usual = ["/usr/sbin/nats-server", "/usr/bin/nats-server"].map(PathBuf::from);
    let found = named.into_iter().chain(usual).find(|path| path.exists());
    if found.is_none() {
        crate::common::skip(
            "queue",
            "there is no nats-server; install Debian's package nats-server",
        );
    }
    found
}

/// A port that stays free while its server is away: the system gives none of these to whoever asks for any.
fn port_to_keep() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let first = std::process::id().wrapping_mul(97);
    loop {
        let number = first.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = u16::try_from(20_000 + number % 12_000).unwrap();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

pub(crate) struct Nats {
    program: PathBuf,
    pub(crate) port: u16,
    folder: TempDir,
    more: Vec<String>,
    child: Option<Child>,
}

impl Nats {
    pub(crate) fn start() -> Option<Self> {
        Self::with(&["-js"])
    }

    pub(crate) fn with(more: &[&str]) -> Option<Self> {
        let mut nats = Self {
            program: program()?,
            port: 0,
            folder: TempDir::new().unwrap(),
            more: more.iter().map(|&word| word.to_owned()).collect(),
            child: None,
        };
        // One that has just become free may be another's by then.
        for _ in 0..5 {
            nats.port = port_to_keep();
            if nats.has_started() {
                return Some(nats);
            }
        }
        panic!("nats-server finds no port");
    }

    pub(crate) fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Starts it, with what it had stored.
    pub(crate) fn again(&mut self) {
        until("nats-server starts again", || self.has_started());
    }

    /// False where it has ended instead.
    fn has_started(&mut self) -> bool {
        let mut child = Command::new(&self.program)
            .args(["-a", "127.0.0.1", "-p", &self.port.to_string()])
            .args(["-sd".as_ref(), self.folder.path().as_os_str()])
            .args(&self.more)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut has_ended = false;
        until("nats-server listens", || {
            has_ended = child.try_wait().unwrap().is_some();
            has_ended || self.greets()
        });
        self.child = Some(child);
        !has_ended
    }

    fn greets(&self) -> bool {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) else {
            return false;
        };
        let _ = stream.set_read_timeout(Some(Duration::from_secs(1)));
        let mut first = [0; 4];
        let greets = stream.read_exact(&mut first).is_ok() && &first == b"INFO";
        let _ = stream.write_all(b"");
        greets
    }

    /// As by kill -9.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Publishes a message, as anybody may who is let in.
    pub(crate) fn publish(&self, subject: &str, payload: &[u8]) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let head = format!(
            "CONNECT {{\"verbose\":false}}\r\nPUB {subject} {}\r\n",
            payload.len()
        );
        let said = [head.as_bytes(), payload, b"\r\nPING\r\n"].concat();
        stream.write_all(&said).unwrap();
        let mut answers = BufReader::new(stream).lines();
        assert!(answers.any(|line| line.unwrap() == "PONG"));
    }

    /// What JetStream answers, asked by a client of some lines.
    pub(crate) fn ask(&self, subject: &str, question: &str) -> Value {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let wait = Some(Duration::from_secs(60));
        stream.set_read_timeout(wait).unwrap();
        let said = format!(
            "CONNECT {{\"verbose\":false}}\r\nSUB answer 1\r\nPUB {subject} answer {}\r\n{question}\r\n",
            question.len()
        );
        stream.write_all(said.as_bytes()).unwrap();
        let mut answers = BufReader::new(stream).lines().map(Result::unwrap);
        answers.find(|line| line.starts_with("MSG ")).unwrap();
        serde_json::from_str(&answers.next().unwrap()).unwrap()
    }

    /// How many calls are noted as begun.
    pub(crate) fn open_calls(&self, job: &str) -> u64 {
        let info = self.ask(&format!("$JS.API.STREAM.INFO.cardsealcalls-{job}"), "");
        info["state"]["messages"].as_u64().unwrap()
    }

    /// All bytes that it has on the disk.
    pub(crate) fn stored(&self) -> Vec<u8> {
        fn read(folder: &std::path::Path, all: &mut Vec<u8>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => read(&path, all),
                    // A server that runs puts files in each other's place.
                    false => match std::fs::read(&path) {
                        Err(error) if error.kind() == ErrorKind::NotFound => {}
                        read => all.extend(read.unwrap()),
                    },
                }
                all.extend(path.to_string_lossy().as_bytes());
            }
        }
        let mut all = Vec::new();
        read(self.folder.path(), &mut all);
        all
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        self.kill();
    }
}
