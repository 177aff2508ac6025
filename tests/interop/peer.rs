//! A peer: another program that plays the service, a line in, a line out.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use cardseal::Recipient;

/// A peer in a process of its own.
pub(crate) struct Peer {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

impl Peer {
    /// # Errors
    /// Why it cannot run here.
    pub(crate) fn start(command: &mut Command) -> std::io::Result<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let stdin = child.stdin.take();
        let stdout = BufReader::new(child.stdout.take().expect("piped"));
        Ok(Self {
            child,
            stdin,
            stdout,
        })
    }

    /// `None` where the peer has gone.
    pub(crate) fn ask(&mut self, line: &str) -> Option<String> {
        let stdin = self.stdin.as_mut()?;
        writeln!(stdin, "{line}").ok()?;
        stdin.flush().ok()?;
        let mut reply = String::new();
        match self.stdout.read_line(&mut reply) {
            Ok(len) if len > 0 => Some(reply.trim_end().to_owned()),
            _ => None,
        }
    }

    /// A fresh key of the peer's; `None` where the peer cannot run at all.
    pub(crate) fn recipient(&mut self, suite: &str) -> Option<Recipient> {
        let public = self.ask(&format!("keygen {suite}"))?;
        let recipient = Recipient::parse(public.as_bytes()).expect("the peer's public key");
        assert_eq!(recipient.algorithm(), suite);
        Some(recipient)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.stdin = None;
        let _ = self.child.wait();
    }
}

/// Bouncy Castle, as the service's Java demo uses it.
///
/// # Errors
/// What is missing here.
pub(crate) fn bouncy_castle() -> Result<Command, &'static str> {
    let jar = std::env::var("CARDSEAL_BCPROV").unwrap_or("/usr/share/java/bcprov.jar".into());
    if !Path::new(&jar).exists() {
        return Err("no bcprov.jar (Debian: libbcprov-java; or set CARDSEAL_BCPROV)");
    }
    let mut command = Command::new("java");
    command
        .arg("-cp")
        .arg(jar)
        .arg(program("BouncyCastlePeer.java"));
    Ok(command)
}

/// Python, for the peer in this file.
pub(crate) fn python(file: &str) -> Command {
    let python = std::env::var("CARDSEAL_PYTHON").unwrap_or("python3".into());
    let mut command = Command::new(python);
    command.arg("-B").arg(program(file));
    command
}

fn program(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/interop")
        .join(file)
}
