//! Progress on stderr: a bar on a terminal, elsewhere a line now and then.

use std::fmt;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use cardseal_batch::{Inputs, Summary, Work};
use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use crate::input;
use crate::output::{Chatter, Output};
use crate::speech::said;

/// How often there is a line.
const EVERY: Duration = Duration::from_secs(10);

/// How a batch goes.
pub(super) struct Progress<'a> {
    output: &'a Output,
    bar: Option<ProgressBar>,
    told: Instant,
}

/// On a terminal the cards are counted first, where they need not be waited for.
pub(super) fn start<'a>(inputs: &[PathBuf], output: &'a Output) -> Progress<'a> {
    let is_watched = io::stderr().is_terminal() && output.chatter() == Chatter::Usual;
    let bar = is_watched.then(|| {
        let (bar, form) = match count(inputs) {
            Some(cards) => (
                ProgressBar::new(cards),
                "{bar:30} {pos}/{len} cards, {msg} failed, {rate} a second, {eta_precise} left",
            ),
            None => (
                ProgressBar::no_length(),
                "{spinner} {pos} cards, {msg} failed, {rate} a second",
            ),
        };
        if let Ok(style) = ProgressStyle::with_template(&said(form)) {
            bar.set_style(style.with_key("rate", rate));
        }
        bar.set_message("0");
        bar.enable_steady_tick(Duration::from_millis(200));
        bar
    });
    Progress {
        output,
        bar,
        told: Instant::now(),
    }
}

impl Progress<'_> {
    pub(super) fn show(&mut self, summary: &Summary) {
        let done = summary.ok + summary.failed + summary.skipped;
        if let Some(bar) = &self.bar {
            bar.set_message(summary.failed.to_string());
            bar.set_position(done);
        } else if self.told.elapsed() >= EVERY {
            self.told = Instant::now();
            let rate = (summary.ok + summary.failed) as f64 / summary.elapsed_s.max(0.001);
            self.output.note(&format!(
                "{done} cards, {} failed, {rate:.1} a second",
                summary.failed
            ));
        }
    }

    pub(super) fn end(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Cards a second, of late.
fn rate(state: &ProgressState, to: &mut dyn fmt::Write) {
    // Where it cannot be written, a gap is left in the bar.
    let _ = write!(to, "{:.1}", state.per_sec());
}

/// How many cards there are; `None` if that is not known before they come.
fn count(inputs: &[PathBuf]) -> Option<u64> {
    if inputs.iter().any(|one| input::is_stdin(one)) {
        return None;
    }
    let mut cards = Inputs::of(inputs).ok()?;
    let mut count: u64 = 0;
    while cards.rest().is_some() {
        count += 1;
    }
    Some(count)
}
