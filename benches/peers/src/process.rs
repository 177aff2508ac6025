//! Contenders in processes of their own: a line in, a line of JSON out.
//!
//! ```text
//! → ready WORK KEY IV INPUT      base64 each, "-" for none
//! ← {"output":"<base64>"}  or  {"skipped":"why"}
//! → sample NANOSECONDS
//! ← {"ns":1234.5}
//! ```
//!
//! Times are of processor time. A process stays up for the whole run, so that a
//! just-in-time compiler has time to do its work, and `ready` warms up. It inherits the one core it runs on.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::contender::Contender;
use crate::fixture::b64;
use crate::work::{Job, account};

/// A contender that is asked by lines.
pub struct Process {
    name: String,
    talk: Result<Talk, String>,
}

struct Talk {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Process {
    /// Starts a program; where it cannot be started, every job is skipped with the reason.
    pub fn start(name: &str, command: &mut Command) -> Self {
        let (name, talk) = match Talk::start(command) {
            Ok((talk, version)) => (format!("{name} {version}"), Ok(talk)),
            Err(error) => (name.to_owned(), Err(error)),
        };
        Self { name, talk }
    }

    fn ask(&mut self, line: &str) -> Result<Value, String> {
        let talk = self.talk.as_mut().map_err(|error| error.clone())?;
        let answer = talk.ask(line);
        if let Err(error) = &answer {
            self.talk = Err(error.clone());
        }
        answer
    }
}

impl Contender for Process {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn ready(&mut self, job: &Job) -> Result<Vec<u8>, String> {
        let word = |bytes: &[u8]| match bytes {
            [] => "-".to_owned(),
            bytes => b64(bytes),
        };
        let (key, iv, input) = (word(&job.key), word(&job.iv), word(&job.input));
        let answer = self.ask(&format!("ready {} {key} {iv} {input}", job.work.word()))?;
        if let Some(why) = answer["skipped"].as_str() {
            return Err(why.to_owned());
        }
        let output = answer["output"]
            .as_str()
            .ok_or("an answer without output")?;
        STANDARD.decode(output).map_err(|error| error.to_string())
    }

    fn sample(&mut self, time: Duration) -> Result<f64, String> {
        let answer = self.ask(&format!("sample {}", time.as_nanos()))?;
        answer["ns"].as_f64().ok_or_else(|| "no time".into())
    }
}

impl Talk {
    /// The program, and the version it says it is.
    fn start(command: &mut Command) -> Result<(Self, String), String> {
        let program = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .env("BENCH_SECRET_ID", account::ID)
            .env("BENCH_SECRET_KEY", account::SECRET)
            .env("BENCH_TIMESTAMP", account::TIMESTAMP.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{program}: {error}"))?;
        let stdin = child.stdin.take().expect("piped");
        let stdout = BufReader::new(child.stdout.take().expect("piped"));
        let mut talk = Self {
            child,
            stdin,
            stdout,
        };
        let hello = talk
            .ask("version")
            .map_err(|_| format!("{program} does not start; is what it imports installed?"))?;
        let version = hello["version"].as_str().unwrap_or_default().to_owned();
        Ok((talk, version))
    }

    fn ask(&mut self, line: &str) -> Result<Value, String> {
        let mut answer = String::new();
        writeln!(self.stdin, "{line}")
            .and_then(|()| self.stdin.flush())
            .and_then(|()| self.stdout.read_line(&mut answer))
            .map_err(|error| error.to_string())?;
        serde_json::from_str(&answer).map_err(|_| format!("gave up: {}", answer.trim_end()))
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
