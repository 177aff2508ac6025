//! The ledger of a sidecar: calls end on the threads that serve, and one of its own writes them down.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::SystemTime;

use cardseal::{Attempt, Watch};
use cardseal_ledger::{CallRecord, Ledger, Recorder};
use cardseal_sidecar::{Cloud, Record, Records};

use crate::args;
use crate::input;
use crate::output::Output;
use crate::recording;

/// A ledger that is written to until it is finished.
pub(super) struct Writing {
    calls: Sender<Vec<CallRecord>>,
    thread: JoinHandle<()>,
}

/// The ledger that the arguments name. One that cannot be opened is a warning: calls go on without it.
pub(super) fn open(arguments: &args::Ledger, output: &Output) -> Option<Writing> {
    let named = arguments.ledger.as_deref();
    let path = recording::place(named).filter(|_| !arguments.no_ledger)?;
    let lost = |path: &Path, error: &dyn std::fmt::Display| {
        format!(
            "calls will not be recorded in the ledger `{}`: {error}",
            input::show(path)
        )
    };
    let ledger = recording::open(named, &path)
        .map_err(|error| output.warn(&lost(&path, &error)))
        .ok()?;
    let (calls, come) = channel();
    let place = path.clone();
    let speaks = Output::new(
        output.form(),
        output.chatter(),
        crate::unprinted::Unprinted::Again,
    );
    let thread = std::thread::Builder::new()
        .name("ledger".into())
        .spawn(move || write(&come, ledger, &place, &speaks))
        .map_err(|error| output.warn(&lost(&path, &error)))
        .ok()?;
    Some(Writing { calls, thread })
}

impl Writing {
    /// What the sidecar records its calls with.
    pub(super) fn records(&self) -> Records {
        let calls = self.calls.clone();
        Arc::new(move |cloud| {
            let cloud = match cloud {
                Cloud::Tencent => "tencent",
                Cloud::Ctyun => "ctyun",
                Cloud::Huawei => "huawei",
            };
            Box::new(OneCall {
                recorder: Recorder::new(cloud),
                calls: calls.clone(),
            })
        })
    }

    /// Writes what is left, once the sidecar has ended.
    pub(super) fn finish(self) {
        drop(self.calls);
        // A thread that panicked has said so.
        let _ = self.thread.join();
    }
}

/// All that has come is written at once: a disk that is slow holds up no call.
fn write(come: &Receiver<Vec<CallRecord>>, mut ledger: Ledger, path: &Path, output: &Output) {
    while let Ok(mut calls) = come.recv() {
        calls.extend(come.try_iter().flatten());
        if let Err(error) = ledger.record(&calls) {
            output.warn(&format!(
                "{} call(s) are not recorded in the ledger `{}`: {error}",
                calls.len(),
                input::show(path)
            ));
        }
    }
}

/// One call, recorded when it is over for whoever made it.
struct OneCall {
    recorder: Recorder,
    calls: Sender<Vec<CallRecord>>,
}

impl Watch for OneCall {
    fn sends(&mut self, attempt: &Attempt<'_>) {
        self.recorder.sends(attempt);
    }

    fn after(&mut self, attempt: &Attempt<'_>) {
        self.recorder.after(attempt);
    }
}

impl Record for OneCall {
    fn answered(&mut self, request_id: &str) {
        self.recorder.answered(request_id);
    }
}

impl Drop for OneCall {
    fn drop(&mut self) {
        let mut calls = self.recorder.calls().to_vec();
        calls.extend(self.recorder.under_way(SystemTime::now()));
        if !calls.is_empty() {
            // Whoever writes is there for as long as anybody calls.
            let _ = self.calls.send(calls);
        }
    }
}
