//! Ctrl-C: every program that was started ends, with all that it has started itself.
//!
//! Each one is the first of a process group of its own, so that a test which `cargo` has started is reached, too. The
//! terminal then sends Ctrl-C to this process alone, which passes it on.

use std::collections::BTreeSet;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
static RUNNING: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

/// Whether a signal came: nothing more is started then.
pub(crate) fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// A program that runs, until this is dropped.
pub(crate) struct Running(Vec<u32>);

impl Running {
    /// These process ids are the first of their groups.
    pub(crate) fn new(ids: Vec<u32>) -> Self {
        running(|all| all.extend(&ids));
        // A signal may have come between the look at the flag and this: nobody would end them.
        if interrupted() {
            ids.iter().for_each(|id| end(*id, Force::Asked));
        }
        Self(ids)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        running(|all| all.retain(|id| !self.0.contains(id)));
    }
}

fn running<T>(use_it: impl FnOnce(&mut BTreeSet<u32>) -> T) -> T {
    use_it(&mut RUNNING.lock().unwrap_or_else(PoisonError::into_inner))
}

#[derive(Clone, Copy)]
enum Force {
    /// It may clean up.
    Asked,
    /// It had its time for that.
    #[cfg_attr(not(unix), expect(dead_code))]
    Killed,
}

/// Waits for signals in a thread. The first one asks everything to end; what still runs after ten seconds, or at a second
/// signal, is killed.
#[cfg(unix)]
pub(crate) fn watch() -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

    let mut signals = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM])?;
    std::thread::spawn(move || {
        let mut force = Force::Asked;
        for _ in signals.forever() {
            INTERRUPTED.store(true, Ordering::SeqCst);
            running(|all| all.iter().for_each(|id| end(*id, force)));
            if matches!(force, Force::Asked) {
                force = Force::Killed;
                std::thread::spawn(|| {
                    std::thread::sleep(std::time::Duration::from_secs(10));
                    running(|all| all.iter().for_each(|id| end(*id, Force::Killed)));
                });
            }
        }
    });
    Ok(())
}

/// Elsewhere the terminal sends Ctrl-C to all of them.
#[cfg(not(unix))]
pub(crate) fn watch() -> io::Result<()> {
    Ok(())
}

/// Ends a process group. One that is gone already is no error.
#[cfg(unix)]
fn end(id: u32, force: Force) {
    use rustix::process::{Pid, Signal, kill_process_group};

    let signal = match force {
        Force::Asked => Signal::TERM,
        Force::Killed => Signal::KILL,
    };
    if let Some(pid) = i32::try_from(id).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(pid, signal);
    }
}

#[cfg(not(unix))]
fn end(_id: u32, _force: Force) {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::os::unix::process::CommandExt;
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    use super::*;

    /// A shell that waits for a program of its own: both are one group.
    #[test]
    fn what_a_program_has_started_ends_with_it() {
        let mut shell = Command::new("sh")
            .args(["-c", "sleep 600 & echo $!; wait"])
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn()
            .unwrap();
        let mut line = String::new();
        io::BufRead::read_line(
            &mut io::BufReader::new(shell.stdout.take().unwrap()),
            &mut line,
        )
        .unwrap();
        let below = format!("/proc/{}/stat", line.trim());
        let runs = || std::fs::read_to_string(&below).is_ok_and(|stat| !stat.contains(") Z "));
        assert!(runs());
        end(shell.id(), Force::Asked);
        assert!(!shell.wait().unwrap().success());
        let until = Instant::now() + Duration::from_secs(60);
        while runs() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(10));
        }
        assert!(!runs());
    }
}
