//! Keeps every line that any library logs, at every level. `tracing` events come as log lines too, since the tests
//! build it with `log-always`.

use std::fmt::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use log::{Level, LevelFilter, Log, Metadata, Record};

static RECORDER: Recorder = Recorder {
    text: Mutex::new(String::new()),
    spares_ureq: AtomicBool::new(false),
};

pub(crate) struct Recorder {
    text: Mutex<String>,
    spares_ureq: AtomicBool,
}

impl Recorder {
    /// From now on everything is recorded.
    pub(crate) fn install() -> &'static Self {
        log::set_logger(&RECORDER).expect("nobody else records");
        log::set_max_level(LevelFilter::Trace);
        &RECORDER
    }

    /// From now on as with `RUST_LOG=trace,ureq_proto=debug`.
    pub(crate) fn spare_ureq(&self) {
        self.spares_ureq.store(true, Ordering::SeqCst);
    }

    /// What was logged so far.
    pub(crate) fn text(&self) -> String {
        self.text.lock().unwrap().clone()
    }
}

impl Log for Recorder {
    fn enabled(&self, of: &Metadata<'_>) -> bool {
        let spared = of.level() == Level::Trace && of.target().starts_with("ureq_proto");
        !(spared && self.spares_ureq.load(Ordering::SeqCst))
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let mut text = self.text.lock().unwrap();
        let _ = writeln!(
            text,
            "{} {}: {}",
            record.level(),
            record.target(),
            record.args()
        );
    }

    fn flush(&self) {}
}
