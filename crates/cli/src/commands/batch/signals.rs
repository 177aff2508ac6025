//! Ctrl-C and its kin: the first is a wish, the second ends the process. Either is answered at once.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use cardseal_batch::Stop;

use crate::exit::Failure;
use crate::output::Output;

/// What a signal ends.
#[derive(Clone, Copy)]
pub(in crate::commands) enum Ends {
    Batch,
    /// A worker of a queue.
    #[cfg(feature = "queue")]
    Worker,
}

impl Ends {
    fn at_once(self) -> &'static str {
        match self {
            Self::Batch => {
                "ended at once: the calls that were under way are in doubt and may be billed; run it again with --resume \
                 to go on"
            }
            #[cfg(feature = "queue")]
            Self::Worker => {
                "ended at once: the calls that were under way are in doubt and may be billed; their cards go to another \
                 worker"
            }
        }
    }
}

/// A stop at the first signal.
pub(in crate::commands) fn stop(ends: Ends, output: &Output) -> Result<Stop, Failure> {
    watch(ends, output).map(Stop::when).map_err(|error| {
        Failure::usage(format!(
            "signals cannot be watched: {error}; check the system's limits"
        ))
    })
}

/// Becomes true at the first signal.
#[cfg(unix)]
fn watch(ends: Ends, output: &Output) -> io::Result<Arc<AtomicBool>> {
    use std::sync::atomic::Ordering;

    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    use crate::exit::Whose;
    use crate::interrupt;
    use crate::output::complain;
    use crate::unprinted::Unprinted;

    let interrupted = Arc::new(AtomicBool::new(false));
    let mut wanted = vec![SIGINT, SIGTERM];
    // `nohup` had it ignored, and so it stays.
    wanted.extend(Some(SIGHUP).filter(|signal| !interrupt::is_ignored(*signal)));
    let mut signals = Signals::new(wanted)?;
    let flag = Arc::clone(&interrupted);
    let (form, chatter) = (output.form(), output.chatter());
    std::thread::Builder::new()
        .name("signals".into())
        .spawn(move || {
            for _ in signals.forever() {
                if flag.swap(true, Ordering::SeqCst) {
                    say(move || complain(&Failure::new(Whose::Interrupted, ends.at_once())));
                    std::process::exit(i32::from(Whose::Interrupted.code()));
                }
                say(move || {
                    let output = Output::new(form, chatter, Unprinted::Again);
                    output.warn(
                        "stopping: what is under way is finished and written; press Ctrl-C again to end at once, which \
                         leaves those calls in doubt",
                    );
                });
            }
        })?;

    Ok(interrupted)
}

/// Says something, and waits for it no longer than a moment: where nobody reads stderr, a signal is obeyed all the same.
#[cfg(unix)]
fn say(what: impl FnOnce() + Send + 'static) {
    use std::sync::mpsc::channel;
    use std::time::Duration;

    let (said, is_said) = channel();
    std::thread::spawn(move || {
        what();
        let _ = said.send(());
    });
    let _ = is_said.recv_timeout(Duration::from_millis(500));
}

/// Elsewhere the system ends the process as it likes; --resume goes on.
#[cfg(not(unix))]
fn watch(_: Ends, _: &Output) -> io::Result<Arc<AtomicBool>> {
    Ok(Arc::default())
}
