//! `queue work`: one of many workers.

use std::sync::Arc;

use cardseal_batch::{Books, End, Ended, Options, Turns, run as go};
use cardseal_queue::{Identity, Job, SharedTurns, Worker};

use super::super::batch::report::{keep_unkept, tell_unrecorded};
use super::super::batch::{cards, ledger};
use super::{connect, failed, name, stop};
use crate::args::QueueWork;
use crate::columns::figures;
use crate::exit::{Failure, Whose};
use crate::fitting;
use crate::input;
use crate::output::{Form, Output};
use crate::unprinted::Unprinted;

/// Where figures stand behind their names.
const FIGURES: usize = 10;

pub(super) fn run(arguments: &QueueWork, output: &Output) -> Result<(), Failure> {
    let name = name(&arguments.place)?;
    let asked = &arguments.asked;
    let identity = Identity::read(&arguments.identity).map_err(failed)?;
    let cards = cards::of(asked, None, &[], output)?;
    let ledger = ledger(&arguments.ledger, false, output)?;
    let books = ledger.map(Books::of).transpose();
    let mut books = books.map_err(|error| Failure::usage(error.to_string()))?;
    let stop = stop(output)?;
    let server = connect(&arguments.place)?;
    let told = Output::new(output.form(), output.chatter(), Unprinted::Again);
    server.on_waiting(move |why| told.warn(&format!("{why}; the worker waits")));
    let job = Arc::new(Job::open(&server, name).map_err(failed)?);
    let turns = asked
        .rate()
        .and_then(|most| SharedTurns::new(&server, &job, most));
    let options = Options {
        jobs: asked.jobs,
        max_rps: None,
        turns: turns.map(|turns| Arc::new(turns) as Arc<dyn Turns>),
        fit: asked.fit.then(|| fitting::limits(asked.cloud)),
        allowance: None,
    };
    let worker = Worker::start(&server, job, identity, asked.jobs, Arc::clone(&stop));
    let mut worker = worker.map_err(failed)?;
    let (work, results) = worker.parts();
    let ended = go(
        work,
        results,
        &*cards,
        books.as_mut(),
        &options,
        &stop,
        &mut |_| {},
    );
    if !ended.unkept.is_empty() {
        keep_elsewhere(&ended, &worker, output);
    }
    worker.end();
    tell(ended, output)
}

fn tell(ended: Ended, output: &Output) -> Result<(), Failure> {
    tell_unrecorded(&ended, output);
    match output.form() {
        Form::Json => output.print_json(&ended.summary, 4096)?,
        Form::Text => {
            let counts = [("ok", ended.summary.ok), ("failed", ended.summary.failed)];
            let counts = counts.map(|(name, count)| (name, count.to_string()));
            output.print(figures(&counts, FIGURES).as_bytes())?;
        }
    }
    Err(match ended.end {
        End::Interrupted => Failure::new(
            Whose::Interrupted,
            "what was under way is finished and stored; its other cards went back to the queue",
        ),
        End::Refused(error) => Failure::new(
            error.kind().into(),
            format!(
                "{error}; every other card would be refused as well, so the worker stopped; fix that, then start it again"
            ),
        ),
        End::Unreachable(error) | End::Unanswered(error) => Failure::new(
            Whose::Transport,
            format!(
                "{error}; too many calls in a row got no answer, so the worker stopped; fix that, then start it again"
            ),
        ),
        End::Unwritable(error) => Failure::new(Whose::Transport, error.to_string()),
        _ => Failure::new(
            Whose::Transport,
            "the job is gone from the server, so the worker stopped; check --job and --nats",
        ),
    })
}

/// Answers that were paid for and that the server did not take go into a file of their own, sealed as the job's results.
fn keep_elsewhere(ended: &Ended, worker: &Worker, output: &Output) {
    let cards = ended.unkept.len();
    match keep_unkept(ended, |line| worker.as_kept(line), output) {
        Ok(path) => output.warn(&format!(
            "{cards} answer(s) that the server did not take are kept in `{}`, each line sealed for who opens the \
             results; delete it when you have done with it",
            input::show(&path)
        )),
        Err(error) => output.warn(&format!(
            "{cards} answer(s) that the server did not take cannot be kept elsewhere either and are lost: {error}"
        )),
    }
}
