//! Running the command line as a process, with a folder of its own and nothing from the environment.
#![allow(dead_code)] // each test file uses its part

#[path = "../../../../tests/common/nobody.rs"]
pub(crate) mod nobody;
#[path = "../../../../tests/common/skip.rs"]
mod skip;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use serde_json::Value;
#[allow(unused_imports, reason = "every test file uses its own part")]
pub(crate) use skip::{skip, whole};
use tempfile::TempDir;

pub(crate) const SECRET_ID: &str = "test-id";
pub(crate) const SECRET_KEY: &str = "a-secret-that-must-never-show";

/// The plaintext of the documented request's kind.
pub(crate) const PLAINTEXT: &str =
    r#"{"ImageUrl":"https://h.example/card.jpg","CardSide":"FRONT"}"#;

/// A bitmap of one pixel, of `len` bytes with what stands behind it.
pub(crate) fn bitmap(len: usize) -> Vec<u8> {
    let mut pixel = vec![0; len.max(58)];
    pixel[..2].copy_from_slice(b"BM");
    for (at, byte) in [(10, 54), (14, 40), (18, 1), (22, 1), (26, 1), (28, 24)] {
        pixel[at] = byte;
    }
    pixel
}

pub(crate) const SUITES: [&str; 2] = ["aes-256-cbc", "sm4-gcm"];

/// A folder for one test.
pub(crate) struct Scratch(TempDir);

impl Scratch {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// With a key pair of each suite in a folder of its name, and the secret key in `secret`.
    pub(crate) fn with_keys() -> Self {
        let scratch = Self::new();
        for suite in SUITES {
            scratch
                .run(&["keygen", "--suite", suite, "--out", suite], "")
                .expect_code(0);
        }
        scratch.write("secret", &format!("{SECRET_KEY}\n"));
        scratch
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
        #[cfg(unix)]
        if name == "secret" {
            use std::os::unix::fs::PermissionsExt;
            let own = fs::Permissions::from_mode(0o600);
            fs::set_permissions(self.path(name), own).unwrap();
        }
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn exists(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    /// Leaves of an opener file what another program would have written: it does not know its request then, so that a
    /// sealed request can stand for its answer.
    pub(crate) fn forget(&self, opener: &str) {
        let mut kept: Value = serde_json::from_str(&self.read(opener)).unwrap();
        let members = kept.as_object_mut().unwrap();
        members.retain(|name, _| ["Algorithm", "Key", "Iv"].contains(&name.as_str()));
        self.write(opener, &kept.to_string());
    }

    /// The names of all files.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(self.0.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cardseal"));
        command
            .args(arguments)
            .current_dir(self.0.path())
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs a command with this stdin to its end.
    pub(crate) fn run(&self, arguments: &[&str], stdin: &str) -> Finished {
        finish(self.command(arguments), stdin.as_bytes())
    }

    /// Runs `recognize --cloud tencent` with good credentials.
    pub(crate) fn recognize(&self, arguments: &[&str]) -> Finished {
        finish(self.recognizing(arguments), b"")
    }

    /// `recognize --cloud tencent` with good credentials, not started yet.
    pub(crate) fn recognizing(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(&["recognize", "--cloud", "tencent"]);
        command
            .args(arguments)
            .env("TENCENTCLOUD_SECRET_ID", SECRET_ID)
            .env("TENCENTCLOUD_SECRET_KEY", SECRET_KEY);
        command
    }

    /// Starts `gateway` with both keys.
    pub(crate) fn gateway(&self, more: &[&str]) -> GatewayProcess {
        let mut command = self.command(&["gateway", "--listen", "127.0.0.1:0"]);
        command.args(["--keys", SUITES[0], "--keys", SUITES[1]]);
        command.args(["--secret-id", SECRET_ID, "--secret-key-file", "secret"]);
        command.args(more);
        GatewayProcess::start(command)
    }
}

/// Seals with the key of a suite; gives the sealed request.
pub(crate) fn seal(scratch: &Scratch, suite: &str, more: &[&str], plaintext: &str) -> Finished {
    let key = format!("{suite}/public.b64");
    let usual = ["seal", "--key", &key, "--opener", "opener"];
    scratch.run(&[&usual[..], more].concat(), plaintext)
}

/// Feeds stdin and waits. A process that does not read all of it is no failure here.
pub(crate) fn finish(mut command: Command, stdin: &[u8]) -> Finished {
    let finished = Finished::of(command.spawn().unwrap(), stdin);
    finished.check_rules();
    finished
}

/// The same for a command that may serve until somebody stops it: it is stopped after some seconds.
#[cfg(unix)]
pub(crate) fn finish_or_stop(mut command: Command, stdin: &[u8]) -> Finished {
    use rustix::process::{Pid, Signal, kill_process};

    let child = command.spawn().unwrap();
    let process = Pid::from_child(&child);
    let (has_ended, ends) = mpsc::channel::<()>();
    let guard = std::thread::spawn(move || {
        let serves = ends.recv_timeout(Duration::from_secs(3)) == Err(RecvTimeoutError::Timeout);
        serves && kill_process(process, Signal::KILL).is_ok()
    });
    let finished = Finished::of(child, stdin);
    drop(has_ended);
    match guard.join().unwrap() {
        // What was stopped has told no error.
        true => finished.check_streams(),
        false => finished.check_rules(),
    }
    finished
}

/// What a process left.
#[derive(Debug)]
pub(crate) struct Finished {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Finished {
    fn of(mut child: Child, stdin: &[u8]) -> Self {
        let mut pipe = child.stdin.take().unwrap();
        let stdin = stdin.to_vec();
        let feeder = std::thread::spawn(move || drop(pipe.write_all(&stdin)));
        let output = child.wait_with_output().unwrap();
        feeder.join().unwrap();
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// What holds for every command: no secret in any output, no control characters on stderr, and an error is one
    /// line after the warnings.
    fn check_rules(&self) {
        self.check_streams();
        if self.code != Some(0) {
            let errors = self
                .stderr
                .lines()
                .filter(|line| !line.starts_with("cardseal: warning: "))
                .count();
            assert_eq!(errors, 1, "{self:?}");
        }
    }

    fn check_streams(&self) {
        for stream in [&self.stdout, &self.stderr] {
            assert!(!stream.contains(SECRET_KEY), "{self:?}");
            assert!(!stream.contains("PRIVATE KEY"), "{self:?}");
        }
        let controls = |c: char| c.is_control() && c != '\n';
        assert!(!self.stderr.contains(controls), "{self:?}");
    }

    #[track_caller]
    pub(crate) fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        self
    }

    /// An error: this code, nothing on stdout.
    #[track_caller]
    pub(crate) fn expect_error(self, code: i32) -> Self {
        let finished = self.expect_code(code);
        assert_eq!(finished.stdout, "", "{finished:?}");
        finished
    }

    #[track_caller]
    pub(crate) fn says(self, words: &str) -> Self {
        assert!(self.stderr.contains(words), "no {words:?} in {self:?}");
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// A running `gateway`.
pub(crate) struct GatewayProcess {
    child: Child,
    pub url: String,
}

impl GatewayProcess {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let url = match line.strip_prefix("listening on ") {
            Some(url) => url.trim_end().to_owned(),
            None => {
                let mut stderr = String::new();
                child
                    .stderr
                    .take()
                    .unwrap()
                    .read_to_string(&mut stderr)
                    .unwrap();
                panic!("no gateway: {line:?} {stderr:?}");
            }
        };
        Self { child, url }
    }

    pub(crate) fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// Host and port.
    pub(crate) fn address(&self) -> &str {
        self.url.strip_prefix("http://").unwrap()
    }

    /// Sends a signal and gives the exit code and stderr.
    #[cfg(unix)]
    pub(crate) fn end(self, signal: rustix::process::Signal) -> (Option<i32>, String) {
        self.end_after(0, signal)
    }

    /// The same once so many lines are on stderr: whoever ends does not wait long for what is still to be written.
    #[cfg(unix)]
    pub(crate) fn end_after(
        mut self,
        lines: usize,
        signal: rustix::process::Signal,
    ) -> (Option<i32>, String) {
        let mut log = BufReader::new(self.child.stderr.take().unwrap());
        let mut stderr = String::new();
        for _ in 0..lines {
            log.read_line(&mut stderr).unwrap();
        }
        rustix::process::kill_process(rustix::process::Pid::from_child(&self.child), signal)
            .unwrap();
        let code = self.child.wait().unwrap().code();
        log.read_to_string(&mut stderr).unwrap();
        (code, stderr)
    }
}

impl Drop for GatewayProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The mode of a file.
#[cfg(unix)]
pub(crate) fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// What runs the tests in the background may have signals ignored, which every process it starts inherits. A signal
/// that is handled is back to its default in a new process.
#[cfg(unix)]
pub(crate) fn heed_signals() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT};
    let as_ever = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
    for signal in [SIGINT, SIGHUP, SIGQUIT] {
        let flag = std::sync::Arc::clone(&as_ever);
        signal_hook::flag::register_conditional_default(signal, flag).unwrap();
    }
}
