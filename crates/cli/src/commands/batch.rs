//! `batch`: many cards, each called once. What can be wrong on this side is judged before results are made.

mod cards;
mod earlier;
mod inputs;
mod packages;
mod progress;
mod report;
mod signals;

use std::path::Path;

use cardseal_batch::{
    AgeRecipient, BatchError, Books, Existing, FileResults, Inputs, Options, Side, Stop, run as go,
};
use cardseal_ledger::Ledger;

use crate::args::{Batch, CloudName, SideName};
use crate::exit::Failure;
use crate::fitting;
use crate::input;
use crate::output::Output;
use crate::printable::printable;
use crate::recording;
use crate::whole_file::refuse_stdout;

/// Calls a second that the encrypted ID card is published with.
const PUBLISHED: f64 = 20.0;

pub(super) fn run(arguments: &Batch, output: &Output) -> Result<(), Failure> {
    inputs::check(&arguments.inputs, output)?;
    refuse_stdout(&arguments.out, "--out")?;
    let cards = cards::of(arguments, output)?;
    let sealed_to = arguments.encrypt_to.as_deref().map(AgeRecipient::parse);
    let sealed_to = sealed_to.transpose().map_err(refused)?;
    let ledger = ledger(arguments, output)?;
    let side = arguments.side.map(|side| match side {
        SideName::Front => Side::Front,
        SideName::Back => Side::Back,
    });
    let inputs = Inputs::of(&arguments.inputs).map_err(refused)?;
    let mut work = inputs.side(side);
    let allowance = match &ledger {
        Some(ledger) if arguments.within_packages => Some(packages::left(arguments, ledger)?),
        _ => None,
    };

    let existing = match arguments.resume {
        true => Existing::Resume,
        false => Existing::Refuse,
    };
    let results = FileResults::open(&arguments.out, existing, sealed_to).map_err(refused)?;
    if results.journal_was_lost() {
        output.warn("the journal of these results is missing: it is unknown which earlier calls are in doubt");
    }
    let options = Options {
        jobs: arguments.jobs,
        max_rps: arguments
            .max_rps
            .or((arguments.cloud == CloudName::Tencent).then_some(PUBLISHED)),
        fit: arguments.fit.then(|| fitting::limits(arguments.cloud)),
        // What is in doubt may have been billed and is not in the ledger.
        allowance: allowance.map(|left| packages::allowance(left, &results)),
    };
    let mut books = match ledger {
        Some(ledger) => Some(books(arguments, ledger)?),
        None => None,
    };

    let stop = Stop::when(signals::watch().map_err(|error| {
        Failure::usage(format!(
            "signals cannot be watched: {error}; check the system's limits"
        ))
    })?);
    let mut progress = progress::start(&arguments.inputs, output);
    let ended = go(
        &mut work,
        &results,
        &*cards,
        books.as_mut(),
        &options,
        &stop,
        &mut |summary| progress.show(summary),
    );
    progress.end();
    if work.repeated() > 0 {
        output.warn(&format!(
            "{} file(s) were named more than once and count once",
            work.repeated()
        ));
    }
    let unknown: Vec<String> = work.unknown_members().map(printable).collect();
    if !unknown.is_empty() {
        output.warn(&format!(
            "members of the lists that mean nothing here were left out: {}; there are image, url, side and id",
            unknown.join(", ")
        ));
    }
    report::tell(&ended, arguments, results, output)
}

/// A batch that cannot begin. Of the names in the message no more is shown than of any name that is given.
fn refused(error: BatchError) -> Failure {
    let shown = |name: String| input::show(Path::new(&name));
    let error = match error {
        BatchError::List { name, cause } => BatchError::List {
            name: shown(name),
            cause,
        },
        BatchError::Exists(name) => BatchError::Exists(shown(name)),
        BatchError::Locked(name) => BatchError::Locked(shown(name)),
        BatchError::Results { name, cause } => BatchError::Results {
            name: shown(name),
            cause,
        },
        BatchError::NotResults { name, what } => BatchError::NotResults {
            name: shown(name),
            what,
        },
        other => other,
    };
    Failure::usage(error.to_string())
}

/// The ledger that the arguments name. One that cannot be opened is a warning where no package is counted by it.
fn ledger(arguments: &Batch, output: &Output) -> Result<Option<Ledger>, Failure> {
    let named = arguments.ledger.ledger.as_deref();
    let path = match arguments.ledger.no_ledger {
        true => None,
        false => recording::place(named),
    };
    let Some(path) = path else {
        return match arguments.within_packages {
            true => Err(Failure::usage(
                "--within-packages needs a ledger, and there is no place for one; give --ledger FILE",
            )),
            false => Ok(None),
        };
    };
    match recording::open(named, &path) {
        Ok(ledger) => Ok(Some(ledger)),
        Err(error) if arguments.within_packages => Err(recording::refused(&path, &error)),
        Err(error) => {
            output.warn(&format!(
                "no call will be recorded in the ledger `{}`: {error}",
                input::show(&path)
            ));
            Ok(None)
        }
    }
}

fn books(arguments: &Batch, ledger: Ledger) -> Result<Books, Failure> {
    let books = Books::of(ledger).map_err(|error| Failure::usage(error.to_string()))?;
    Ok(match arguments.within_packages {
        true => books.required(),
        false => books,
    })
}
