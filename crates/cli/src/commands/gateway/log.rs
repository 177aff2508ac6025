//! The gateway's log: a line a request on stderr, and nothing waits for whoever reads it.
//!
//! A pipe that nobody reads is full after some hundred lines, and a thread that writes to it stands still. So a thread of
//! its own writes; what it cannot take is counted and told once there is room again.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::time::Duration;

use cardseal_gateway::{OnRequest, RequestLog};

use crate::speech::said;

/// Lines that wait for the writer.
const WAITING: usize = 1024;

/// How long the end waits for what is not written yet.
const END: Duration = Duration::from_millis(500);

/// The writer, as long as lines come.
pub(super) struct Log {
    lines: SyncSender<String>,
    lost: Arc<AtomicU64>,
    ended: Receiver<()>,
}

impl Log {
    /// Starts the writer.
    ///
    /// # Errors
    /// Where there can be no thread for it.
    pub(super) fn start() -> io::Result<Self> {
        let (lines, waiting) = mpsc::sync_channel::<String>(WAITING);
        let (ends, ended) = mpsc::channel();
        let lost = Arc::new(AtomicU64::new(0));
        let told = Arc::clone(&lost);
        std::thread::Builder::new()
            .name("log".into())
            .spawn(move || {
                for line in waiting {
                    // Where stderr is closed there is nobody to tell.
                    let _ = writeln!(io::stderr(), "{line}");
                    tell(told.swap(0, Ordering::Relaxed));
                }
                let _ = ends.send(());
            })?;
        Ok(Self { lines, lost, ended })
    }

    /// What the gateway calls for every request. It never waits.
    pub(super) fn on_request(&self) -> OnRequest {
        let (lines, lost) = (self.lines.clone(), Arc::clone(&self.lost));
        Arc::new(move |request| {
            if lines.try_send(line(request)).is_err() {
                lost.fetch_add(1, Ordering::Relaxed);
            }
        })
    }

    /// Waits for the lines that are under way, but not for a reader that does not come.
    pub(super) fn end(self) {
        drop(self.lines);
        let _ = self.ended.recv_timeout(END);
    }
}

fn tell(lost: u64) {
    if lost > 0 {
        let text = format!("{lost} requests have no line here: nobody read this in time");
        let _ = writeln!(io::stderr(), "{}", said(&text));
    }
}

/// What may be logged is the gateway's to say: `RequestLog` holds nothing that a caller wrote.
fn line(request: &RequestLog) -> String {
    let whole = request.to_string();
    match request.step {
        Some(step) => whole.replace(step, &said(step)),
        None => whole,
    }
}
