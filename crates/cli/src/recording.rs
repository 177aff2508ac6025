//! Where calls are recorded, and how: a call is never lost or held up for long because the ledger cannot be written.

use std::env;
use std::fs::DirBuilder;
use std::path::{Path, PathBuf};

use cardseal::{BlockingClient, Call, Error};
use cardseal_ledger::{Ledger, LedgerError, Recorder, default_place};

use crate::args;
use crate::exit::Failure;
use crate::input;
use crate::output::Output;

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

/// Records one call of one cloud when it is dropped, after whatever is printed before that.
pub(crate) struct Recording<'a> {
    recorder: Recorder,
    ledger: Option<(PathBuf, Ledger)>,
    output: &'a Output,
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
        Self {
            recorder: Recorder::new(cloud),
            ledger,
            output,
        }
    }

    /// Runs a call; `id` finds the request id in its answer.
    pub(crate) fn run<T>(
        &mut self,
        client: &BlockingClient,
        call: Call<T>,
        id: impl FnOnce(&T) -> &str,
    ) -> Result<T, Error> {
        let answer = client.run_watched(call, &mut self.recorder)?;
        self.recorder.answered(id(&answer));
        Ok(answer)
    }
}

impl Drop for Recording<'_> {
    fn drop(&mut self) {
        let Some((path, ledger)) = &mut self.ledger else {
            return;
        };
        let calls = self.recorder.calls();
        if let Err(error) = ledger.record(calls) {
            let billed = calls.iter().filter(|call| call.billed == Some(true));
            self.output.warn(&format!(
                "{} call(s), {} of them billed, are not recorded in the ledger `{}`: {error}",
                calls.len(),
                billed.count(),
                input::show(path)
            ));
        }
    }
}
