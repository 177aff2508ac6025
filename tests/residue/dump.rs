//! A core dump of this process, as a debugger writes it, looked through like its memory.

use std::fs::File;
use std::process::Command;

use tempfile::TempDir;

/// A dump of this process, or why there is none.
pub(crate) fn of_this_process(folder: &TempDir) -> Result<File, String> {
    let process = std::process::id().to_string();
    let output = Command::new("gcore")
        .arg("-o")
        .arg(folder.path().join("core"))
        .arg(&process)
        .output()
        .map_err(|error| format!("gcore of gdb is needed: {error}"))?;
    // Where tracing is forbidden it says so, and ends well all the same.
    File::open(folder.path().join(format!("core.{process}"))).map_err(|_| {
        let said = String::from_utf8_lossy(&output.stderr);
        format!("gcore wrote no dump: {}", said.trim().replace('\n', "; "))
    })
}
