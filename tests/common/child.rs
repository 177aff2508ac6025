//! This very test binary as another process, for what must not happen in this one.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Tells the child what it is asked for.
const ASK: &str = "CARDSEAL_TEST_CHILD";

/// What begins every line of the child's that is meant for its parent; the test harness prints its own beside.
const MARK: &str = "> ";

/// What this process is asked for, where it is such a child of the test `name`.
pub fn asked(name: &str) -> Option<String> {
    let asked = std::env::var(ASK).ok()?;
    asked
        .strip_prefix(name)?
        .strip_prefix(' ')
        .map(str::to_owned)
}

/// Prints a line for the parent.
pub fn tell(line: &str) {
    // The harness may be in the middle of a line.
    let mut stdout = std::io::stdout().lock();
    let _ = writeln!(stdout, "\n{MARK}{line}");
    let _ = stdout.flush();
}

/// Returns once the parent has gone, or has let go of its child.
pub fn wait_for_the_end() {
    let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
}

/// A child that runs one test only. It ends when this is dropped.
pub struct Again {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: BufReader<ChildStdout>,
}

impl Again {
    pub fn start(test: &str, question: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture", "--test-threads=1"])
            .env(ASK, format!("{test} {question}"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdin = child.stdin.take();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self {
            child,
            stdin,
            lines,
        }
    }

    /// What it says next.
    pub fn line(&mut self) -> String {
        loop {
            let mut line = String::new();
            let read = self.lines.read_line(&mut line).unwrap();
            assert!(read > 0, "the other process ended");
            if let Some(line) = line.strip_prefix(MARK) {
                return line.trim_end().to_owned();
            }
        }
    }

    pub fn process_id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Again {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.child.wait();
    }
}
