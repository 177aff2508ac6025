//! The peer process: a line of JSON in, a line out.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

pub(crate) struct Peer {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    /// What signs there.
    pub version: String,
}

impl Peer {
    /// Starts a vendor's signers, or says why there are none.
    pub(crate) fn start(vendor: &str) -> Result<Self, String> {
        let python = std::env::var("CARDSEAL_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/sign_peer.py");
        let mut child = Command::new(&python)
            // The texts are compared as they are, whatever the host's locale.
            .env("PYTHONIOENCODING", "utf-8")
            .env("PYTHONWARNINGS", "ignore")
            .arg(script)
            .arg(vendor)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("`{python}` does not start: {error}"))?;
        let stdin = child.stdin.take().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let mut peer = Self {
            child,
            stdin,
            stdout,
            version: String::new(),
        };
        let first = peer.read();
        if let Some(reason) = first["missing"].as_str() {
            return Err(reason.to_owned());
        }
        first["ready"]
            .as_str()
            .expect("ready")
            .clone_into(&mut peer.version);
        Ok(peer)
    }

    pub(crate) fn ask(&mut self, request: &Value) -> Value {
        writeln!(self.stdin, "{request}").expect("the peer reads");
        self.read()
    }

    fn read(&mut self) -> Value {
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("the peer writes");
        serde_json::from_str(&line)
            .unwrap_or_else(|error| panic!("the peer failed: {error}: {line}"))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
