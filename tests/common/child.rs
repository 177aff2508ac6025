//! This very test binary as another process, for what must not happen in this one.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::Duration;

/// Tells the child what it is asked for.
const ASK: &str = "CARDSEAL_TEST_CHILD";

/// What begins every line of the child's that is meant for its parent; the test harness prints its own beside.
const MARK: &str = "> ";

/// How long to wait for a line, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// What this process is asked for, where it is such a child of the test `name`.
pub(crate) fn asked(name: &str) -> Option<String> {
    let asked = std::env::var(ASK).ok()?;
    asked
        .strip_prefix(name)?
        .strip_prefix(' ')
        .map(str::to_owned)
}

/// Prints a line for the parent.
pub(crate) fn tell(line: &str) {
    // The harness may be in the middle of a line.
    let mut stdout = std::io::stdout().lock();
    let _ = writeln!(stdout, "\n{MARK}{line}");
    let _ = stdout.flush();
}

/// Returns once the parent has gone, or has let go of its child.
pub(crate) fn wait_for_the_end() {
    let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
}

/// A child that runs one test only. It ends when this is dropped.
pub(crate) struct Again {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Mutex<mpsc::Receiver<String>>,
}

impl Again {
    pub(crate) fn start(test: &str, question: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture", "--test-threads=1"])
            .env(ASK, format!("{test} {question}"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdin = child.stdin.take();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (send, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if let Some(line) = line.strip_prefix(MARK) {
                    // Whoever no longer listens has no use for it.
                    let _ = send.send(line.to_owned());
                }
            }
        });
        Self {
            child,
            stdin,
            lines: Mutex::new(lines),
        }
    }

    /// What it says next.
    pub(crate) fn line(&mut self) -> String {
        let lines = self.lines.get_mut().unwrap();
        lines
            .recv_timeout(PATIENCE)
            .expect("the other process says nothing")
    }

    pub(crate) fn process_id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Again {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.child.wait();
    }
}
