//! The end of a batch: its summary on stdout, and what to do next.

use cardseal_batch::{End, Ended, FileResults, Summary};

use super::earlier;
use crate::args::Batch;
use crate::columns::{figures, followed};
use crate::exit::{Failure, Whose};
use crate::input;
use crate::output::{Form, Output};
use crate::printable::printable;

/// Tells how a batch ended. Results that nothing was written into go, so that it can begin again as it was told to.
pub(super) fn tell(
    ended: &Ended,
    arguments: &Batch,
    results: FileResults,
    output: &Output,
) -> Result<(), Failure> {
    let summary = &earlier::counted_in(&ended.summary, arguments);
    if !matches!(ended.end, End::Done) {
        results.discard_if_empty();
    }
    if summary.cards == 0 {
        output.warn("there is no card in INPUT, so nothing was called");
    }
    if ended.summary.skipped > 0 && arguments.encrypt_to.is_some() {
        output.note("cards of earlier runs are not called again; which of them failed, encrypted results do not tell");
    }
    if let Some((calls, why)) = &ended.unrecorded {
        output.warn(&format!(
            "{calls} call(s) are not recorded in the ledger: {why}"
        ));
    }
    if summary.in_doubt > 0 {
        output.warn(&format!(
            "{} call(s) were made but their answers were not stored: they may have been billed; --resume calls \
             again for cards without a line",
            summary.in_doubt
        ));
    }
    match output.form() {
        Form::Json => output.print_json(summary, 4096)?,
        Form::Text => output.print(text(summary).as_bytes())?,
    }
    match failure(ended, summary, arguments) {
        Some(failure) => Err(failure),
        None => Ok(()),
    }
}

fn failure(ended: &Ended, summary: &Summary, arguments: &Batch) -> Option<Failure> {
    let earlier = summary.failed.saturating_sub(ended.summary.failed);
    let again = "run it again with --resume to go on";
    Some(match &ended.end {
        End::Done if summary.failed == 0 => return None,
        End::Done => {
            let codes: Vec<String> = summary
                .by_code
                .iter()
                .map(|(code, count)| format!("{} {count}", printable(code)))
                .collect();
            Failure::new(
                Whose::Cards,
                format!(
                    "{} of {} cards failed ({}); `{}` says why for each",
                    summary.failed,
                    summary.cards,
                    codes.join(", "),
                    input::show(&arguments.out)
                ),
            )
            .adding(&match earlier {
                0 => String::new(),
                _ => format!(
                    "; {earlier} of them in earlier runs, which --resume does not call again: take their lines out of \
                     it first, or name another --out"
                ),
            })
        }
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
        End::PackageEmpty => Failure::new(
            Whose::Cards,
            format!(
                "the packages of this action are used up, so the batch stopped; add another with `cardseal package \
                 add`, then {again}"
            ),
        ),
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

fn text(summary: &Summary) -> String {
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
