//! `batch`: many cards, each called once. What can be wrong on this side is judged before results are made.

pub(super) mod cards;
mod earlier;
pub(super) mod inputs;
mod packages;
mod progress;
pub(super) mod report;
pub(super) mod signals;

use std::path::Path;

use cardseal_batch::{
    AgeRecipient, BatchError, Books, Existing, FileResults, Inputs, Options, Recognize, Side,
    run as go,
};
use cardseal_ledger::Ledger;

use crate::args::{Batch, Ledger as LedgerArguments, SideName};
use crate::exit::Failure;
use crate::fitting;
use crate::input;
use crate::output::Output;
use crate::printable::printable;
use crate::recording;
use crate::whole_file::refuse_stdout;

pub(super) fn run(arguments: &Batch, output: &Output) -> Result<(), Failure> {
    inputs::check(&arguments.inputs, output)?;
    refuse_stdout(&arguments.out, "--out")?;
    let cards = cards::of(&arguments.asked, arguments.side, &arguments.inputs, output)?;
    let sealed_to = arguments.encrypt_to.as_deref().map(AgeRecipient::parse);
    let sealed_to = sealed_to.transpose().map_err(refused)?;
    let ledger = ledger(&arguments.ledger, arguments.within_packages, output)?;
    let side = arguments.side.map(side);
    let inputs = Inputs::of(&arguments.inputs).map_err(refused)?;
    let mut work = inputs.side(side);
    if let Some(ledger) = &ledger
        && arguments.within_packages
    {
        packages::check(arguments, ledger)?;
    }

    let existing = match arguments.resume {
        true => Existing::Resume,
        false => Existing::Refuse,
    };
    let mut results = FileResults::open(&arguments.out, existing, sealed_to).map_err(refused)?;
    tell_what_was_found(&mut results, arguments, &*cards, output)?;
    let allowance = match arguments.within_packages {
        false => None,
        true => {
            results = results.counted_by_the_ledger();
            let ledger = self::ledger(&arguments.ledger, true, output)?;
            let ledger = ledger.map(|ledger| packages::allowance(ledger, &results));
            ledger.transpose()?
        }
    };
    let options = Options {
        jobs: arguments.asked.jobs,
        max_rps: arguments.asked.rate(),
        turns: None,
        fit: arguments
            .asked
            .fit
            .then(|| fitting::limits(arguments.asked.cloud)),
        allowance,
    };
    let mut books = match ledger {
        Some(ledger) => Some(books(arguments, ledger)?),
        None => None,
    };

    let stop = signals::stop(signals::Ends::Batch, output)?;
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
    inputs::tell_passed_over(work.passed_over(), output);
    report::tell(
        &ended,
        arguments,
        results,
        options.allowance.as_ref(),
        output,
    )
}

/// What is to be gone on with, and what seems amiss with it.
fn tell_what_was_found(
    results: &mut FileResults,
    arguments: &Batch,
    cards: &dyn Recognize,
    output: &Output,
) -> Result<(), Failure> {
    let shown = input::show(&arguments.out);
    if results.journal_was_lost() {
        output.warn("the journal of these results is missing: it is unknown which earlier calls are in doubt");
    }
    if results.is_new() && arguments.resume {
        output.warn(&format!(
            "--resume found no RESULTS at `{shown}`, so this is a new batch and every card is called for"
        ));
    }
    if let Some(journal) = results.set_aside() {
        output.warn(&format!(
            "the journal of results that are gone lists calls that were made; it is now `{}`",
            input::show(journal)
        ));
    }
    let before = results.called_at(cards.cloud());
    let before = before.map_err(|error| Failure::usage(error.to_string()))?;
    if let Some(before) = before {
        output.warn(&format!(
            "the last run of these results called at {before}, and this one calls at {}; cards with a line are not \
             called again",
            cards.cloud()
        ));
    }
    inputs::compare(&arguments.inputs, results, output);
    Ok(())
}

pub(super) fn side(named: SideName) -> Side {
    match named {
        SideName::Front => Side::Front,
        SideName::Back => Side::Back,
    }
}

/// A batch that cannot begin. Of the names in the message no more is shown than of any name that is given.
pub(super) fn refused(error: BatchError) -> Failure {
    let shown = |name: String| input::show(Path::new(&name));
    let error = match error {
        BatchError::List { name, cause } => BatchError::List {
            name: shown(name),
            cause,
        },
        BatchError::Exists(name) => BatchError::Exists(shown(name)),
        BatchError::Gone(name) => BatchError::Gone(shown(name)),
        BatchError::Locked(name) => BatchError::Locked(shown(name)),
        BatchError::Full(name) => BatchError::Full(shown(name)),
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
pub(super) fn ledger(
    arguments: &LedgerArguments,
    within_packages: bool,
    output: &Output,
) -> Result<Option<Ledger>, Failure> {
    let named = arguments.ledger.as_deref();
    let path = match arguments.no_ledger {
        true => None,
        false => recording::place(named),
    };
    let Some(path) = path else {
        return match within_packages {
            true => Err(Failure::usage(
                "--within-packages needs a ledger, and there is no place for one; give --ledger FILE",
            )),
            false => Ok(None),
        };
    };
    match recording::open(named, &path) {
        Ok(ledger) => Ok(Some(ledger)),
        Err(error) if within_packages => Err(recording::refused(&path, &error)),
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
    let books = match arguments.within_packages {
        true => Books::of(ledger).and_then(Books::required),
        false => Books::of(ledger),
    };
    books.map_err(|error| Failure::usage(error.to_string()))
}
