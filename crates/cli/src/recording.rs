//! Where calls are recorded, and how: a call is never lost or held up for long because the ledger cannot be written.

use std::env;
use std::fs::DirBuilder;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use cardseal::{Attempt, BlockingClient, Call, Error, Watch};
use cardseal_ledger::{Ledger, LedgerError, Recorder, default_place};

use crate::args;
use crate::discretion;
use crate::exit::Failure;
use crate::input;
use crate::interrupt;
use crate::output::Output;
use crate::plausible;

/// The ledger where none is named.
const LEDGER: &str = "CARDSEAL_LEDGER";

/// The file that is named, or else the user's own; `None` if there is no place for one.
pub(crate) fn place(named: Option<&Path>) -> Option<PathBuf> {
    let set = || env::var_os(LEDGER).filter(|path| !path.is_empty());
    match named {
        Some(path) => Some(path.to_owned()),
        None => set()
            .map(PathBuf::from)
            .or_else(|| default_place(|name| env::var_os(name).filter(|value| !value.is_empty()))),
    }
}

/// What went wrong with a ledger at a place, as this command line tells it.
pub(crate) fn refused(path: &Path, error: &LedgerError) -> Failure {
    // That was in the arguments.
    if let LedgerError::BadTime(what) = error {
        return Failure::usage(what);
    }
    Failure::usage(format!("`{}`: {error}", input::show(path)))
}

/// Opens the ledger at a place; the folder of the user's own is made.
pub(crate) fn open(named: Option<&Path>, path: &Path) -> Result<Ledger, LedgerError> {
    // No file is made whose name a secret may be, which somebody put in a file's place.
    let name = path.display().to_string();
    let is_name = plausible::is_file_name(&name) || plausible::is_plain(&name);
    if !path.exists() && (!is_name || discretion::is_secret(path)) {
        return Err(LedgerError::Unusable(
            "no file has its name, which may be a secret: give a path, or a name as in ledger.sqlite".to_owned(),
        ));
    }
    let is_named = named.is_some() || env::var_os(LEDGER).is_some_and(|path| !path.is_empty());
    if let Some(folder) = path.parent()
        && !is_named
    {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)?;
    }
    Ledger::open(path)
}

/// Records one call of one cloud when it is dropped, after whatever is printed before that; or when a signal ends the
/// process, with the request that is on its way.
pub(crate) struct Recording<'a> {
    kept: Option<Shared>,
    output: &'a Output,
}

/// What is known of a call, and where it will be written. Whoever writes it takes it.
type Shared = Arc<Mutex<Option<Kept>>>;

struct Kept {
    recorder: Recorder,
    path: PathBuf,
    ledger: Ledger,
}

fn lock(kept: &Shared) -> MutexGuard<'_, Option<Kept>> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Kept {
    /// Writes what is known, or says in a line what is lost.
    fn write(mut self) -> Result<(), String> {
        let under_way = self.recorder.under_way(SystemTime::now());
        let mut calls = self.recorder.calls().to_vec();
        calls.extend(under_way);
        self.ledger.record(&calls).map_err(|error| {
            let billed = calls.iter().filter(|call| call.billed == Some(true));
            format!(
                "{} call(s), {} of them billed, are not recorded in the ledger `{}`: {error}",
                calls.len(),
                billed.count(),
                input::show(&self.path)
            )
        })
    }
}

/// Notes what happens while it happens.
struct Noting(Shared);

impl Watch for Noting {
    fn sends(&mut self, attempt: &Attempt<'_>) {
        if let Some(kept) = &mut *lock(&self.0) {
            kept.recorder.sends(attempt);
        }
    }

    fn after(&mut self, attempt: &Attempt<'_>) {
        if let Some(kept) = &mut *lock(&self.0) {
            kept.recorder.after(attempt);
        }
    }
}

impl<'a> Recording<'a> {
    /// Opens the ledger that the arguments name. One that cannot be opened is a warning: the call goes on.
    pub(crate) fn start(arguments: &args::Ledger, cloud: &'static str, output: &'a Output) -> Self {
        let place = if arguments.no_ledger {
            None
        } else {
            place(arguments.ledger.as_deref())
        };
        let ledger = place.and_then(|path| match open(arguments.ledger.as_deref(), &path) {
            Ok(ledger) => Some((path, ledger)),
            Err(error) => {
                output.warn(&format!(
                    "this call will not be recorded in the ledger `{}`: {error}",
                    input::show(&path)
                ));
                None
            }
        });
        let kept = ledger.map(|(path, ledger)| {
            Arc::new(Mutex::new(Some(Kept {
                recorder: Recorder::new(cloud),
                path,
                ledger,
            })))
        });
        Self { kept, output }
    }

    /// Runs a call; `id` finds the request id in its answer.
    pub(crate) fn run<T>(
        &mut self,
        client: &BlockingClient,
        call: Call<T>,
        id: impl FnOnce(&T) -> &str,
    ) -> Result<T, Error> {
        let Some(kept) = &self.kept else {
            return client.run(call);
        };
        let interrupted = Arc::clone(kept);
        // Where signals cannot be waited for they end the process as ever.
        let _ = interrupt::before_the_end(move || {
            // Locked until it is written: the answer that comes now waits, too.
            let mut kept = lock(&interrupted);
            if let Some(kept) = kept.take() {
                let _ = kept.write();
            }
        });
        let answer = client.run_watched(call, &mut Noting(Arc::clone(kept)))?;
        if let Some(kept) = &mut *lock(kept) {
            kept.recorder.answered(id(&answer));
        }
        Ok(answer)
    }
}

impl Drop for Recording<'_> {
    fn drop(&mut self) {
        let kept = self.kept.as_ref().and_then(|kept| lock(kept).take());
        if let Some(Err(lost)) = kept.map(Kept::write) {
            self.output.warn(&lost);
        }
    }
}
