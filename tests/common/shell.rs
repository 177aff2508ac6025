//! Lines of a POSIX shell.

use std::path::Path;
use std::process::{Command, Output};

/// Runs a line in this folder.
pub(crate) fn shell(folder: &Path, line: &str) -> Output {
    Command::new("sh")
        .args(["-c", line])
        .current_dir(folder)
        .output()
        .expect("a POSIX shell")
}

/// What it prints; it must not fail.
#[track_caller]
pub(crate) fn made(folder: &Path, line: &str) -> Vec<u8> {
    let output = shell(folder, line);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{line}: {told}");
    output.stdout
}

/// The same as text.
#[track_caller]
pub(crate) fn made_text(folder: &Path, line: &str) -> String {
    String::from_utf8(made(folder, line)).unwrap()
}
