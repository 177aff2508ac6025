//! The end of a batch: its summary on stdout, and what to do next.

use std::io;
use std::path::PathBuf;

use cardseal_batch::{Allowance, End, Ended, FileResults, ResultsError, Summary};
use zeroize::Zeroizing;

use super::earlier;
use crate::args::Batch;
use crate::columns::{figures, followed};
use crate::exit::{Failure, Whose};
use crate::input;
use crate::kept_answer;
use crate::output::{Form, Output};
use crate::printable::printable;

/// Tells how a batch ended. Results that nothing was written into go, so that it can begin again as it was told to.
pub(super) fn tell(
    ended: &Ended,
    arguments: &Batch,
    results: FileResults,
    allowance: Option<&Allowance>,
    output: &Output,
) -> Result<(), Failure> {
    let summary = &earlier::counted_in(ended, arguments);
    keep_elsewhere(ended, &results, output);
    if !matches!(ended.end, End::Done) {
        results.discard_if_empty();
    }
    if summary.cards == 0 {
        output.warn("there is no card in INPUT, so nothing was called");
    }
    if ended.summary.skipped > 0 && arguments.encrypt_to.is_some() {
        output.note("cards of earlier runs are not called again; which of them failed, encrypted results do not tell");
    }
    tell_unrecorded(ended, output);
    tell_doubt(ended, output);
    match output.form() {
        Form::Json => output.print_json(summary, 4096)?,
        Form::Text => output.print(text(summary).as_bytes())?,
    }
    match failure(ended, summary, allowance, arguments) {
        Some(failure) => Err(failure),
        None => Ok(()),
    }
}

/// Calls that the ledger lacks.
pub(in crate::commands) fn tell_unrecorded(ended: &Ended, output: &Output) {
    if let Some((calls, why)) = &ended.unrecorded {
        output.warn(&format!(
            "{calls} call(s) are not recorded in the ledger: {why}"
        ));
    }
}

/// Answers that were paid for and that RESULTS did not take go into a file of their own, as RESULTS would have them.
fn keep_elsewhere(ended: &Ended, results: &FileResults, output: &Output) {
    if ended.unkept.is_empty() {
        return;
    }
    let cards = ended.unkept.len();
    match keep_unkept(ended, |line| results.as_kept(line), output) {
        Ok(path) => output.warn(&format!(
            "{cards} answer(s) that RESULTS did not take are kept in `{}`, which only you can read; delete it when you \
             have done with it",
            input::show(&path)
        )),
        Err(error) => output.warn(&format!(
            "{cards} answer(s) that RESULTS did not take cannot be kept elsewhere either and are lost: {error}"
        )),
    }
}

/// A file of the answers that have no other place, each as the results would have it.
pub(in crate::commands) fn keep_unkept(
    ended: &Ended,
    as_kept: impl Fn(&[u8]) -> Result<Zeroizing<Vec<u8>>, ResultsError>,
    output: &Output,
) -> io::Result<PathBuf> {
    let mut lines = Vec::with_capacity(ended.unkept.len());
    for line in &ended.unkept {
        match as_kept(line) {
            Ok(line) => lines.push(line),
            Err(error) => output.warn(&error.to_string()),
        }
    }
    kept_answer::keep_all(&lines)
}

fn tell_doubt(ended: &Ended, output: &Output) {
    let summary = &ended.summary;
    if summary.in_doubt == 0 {
        return;
    }
    let finished = (summary.ok + summary.failed + summary.skipped) - ended.unsent.cards();
    output.warn(&match finished < summary.cards {
        true => format!(
            "{} call(s) were made but their answers were not stored: they may have been billed; --resume calls \
             again for cards without a line",
            summary.in_doubt
        ),
        false => format!(
            "{} call(s) were made but their answers were not stored: they may have been billed",
            summary.in_doubt
        ),
    });
}

/// Cards that failed, and where it stands why.
fn of_cards(ended: &Ended, summary: &Summary, arguments: &Batch) -> Failure {
    let (failed, cards) = (summary.failed, summary.cards);
    let codes: Vec<String> = summary
        .by_code
        .iter()
        .map(|(code, count)| format!("{} {count}", printable(code)))
        .collect();
    let codes = codes.join(", ");
    let out = input::show(&arguments.out);
    let unsent = ended.unsent.cards();
    let mut message = match unsent {
        0 => format!("{failed} of {cards} cards failed ({codes}); `{out}` says why for each"),
        _ => format!(
            "{failed} of {cards} cards failed ({codes}); nothing was sent for {unsent} of them, which have no line: {}; \
             run it again with --resume to call for those",
            ended.unsent.why
        ),
    };
    if unsent > 0 && failed > unsent {
        message.push_str(&format!("; `{out}` says why for the others"));
    }
    let earlier = failed.saturating_sub(ended.summary.failed);
    if earlier > 0 {
        message.push_str(&format!(
            "; {earlier} of them in earlier runs, which --resume does not call again: take their lines out of it first, \
             or name another --out"
        ));
    }
    Failure::new(Whose::Cards, message)
}

fn failure(
    ended: &Ended,
    summary: &Summary,
    allowance: Option<&Allowance>,
    arguments: &Batch,
) -> Option<Failure> {
    let again = "run it again with --resume to go on";
    Some(match &ended.end {
        End::Done if summary.failed == 0 => return None,
        End::Done => of_cards(ended, summary, arguments),
        End::Interrupted => Failure::new(
            Whose::Interrupted,
            format!("what was under way is finished and written; {again}"),
        ),
        End::Refused(error) => Failure::new(
            error.kind().into(),
            format!(
                "{error}; every other card would be refused as well, so the batch stopped; fix that, then {again}"
            ),
        ),
        End::Unreachable(error) => Failure::new(
            Whose::Transport,
            format!(
                "{error}; too many cards in a row got no connection, so the batch stopped; fix that, then {again}"
            ),
        ),
        End::Unanswered(error) => Failure::new(
            error.kind().into(),
            format!(
                "{error}; too many calls in a row got no answer, so the batch stopped; their cards failed, and the calls \
                 are in doubt; fix that, then {again}"
            ),
        ),
        End::InputGone(why) => Failure::usage(format!(
            "{why}; too many pictures in a row cannot be read, so the batch stopped; bring their folder back, then {again}"
        )),
        End::PackageEmpty => Failure::new(Whose::Cards, used_up(allowance, again)),
        End::Unwritable(error) => Failure::usage(format!(
            "{error}; make room or fix the folder, then {again}"
        )),
        End::Unrecorded(why) => Failure::usage(format!(
            "calls cannot be recorded ({why}), and packages are counted by the ledger, so the batch stopped; fix \
             that, then {again}"
        )),
        _ => Failure::new(
            Whose::Bug,
            "the batch ended in an unknown way; please report it",
        ),
    })
}

/// Where figures stand behind their names.
const FIGURES: usize = 10;
fn used_up(allowance: Option<&Allowance>, again: &str) -> String {
    // A ledger that cannot be read any more is told by what it does not record.
    let uncertain = allowance.and_then(|allowance| allowance.uncertain().ok());
    match uncertain.unwrap_or(0) {
        0 => format!(
            "the packages of this action are used up, so the batch stopped; add another with `cardseal package add`, \
             then {again}"
        ),
        uncertain => format!(
            "the packages of this action are used up, so the batch stopped; {uncertain} call(s) whose answers are lost \
             count as used: where the cloud's console shows that they were not billed, add a package of as many with \
             `cardseal package add`, then {again}"
        ),
    }
}

/// A summary for people.
pub(in crate::commands) fn text(summary: &Summary) -> String {
    let counts = [
        ("cards", summary.cards),
        ("ok", summary.ok),
        ("failed", summary.failed),
        ("skipped", summary.skipped),
        ("in doubt", summary.in_doubt),
    ];
    let counts = counts.map(|(name, count)| (name, count.to_string()));
    let mut text = figures(&counts, FIGURES);
    for (code, count) in &summary.by_code {
        text.push_str(&format!("  {count:>6}  {}\n", printable(code)));
    }
    let elapsed = followed(&format!("{:.1}", summary.elapsed_s), "s");
    text.push_str(&figures(&[("elapsed", elapsed)], FIGURES));
    text
}
