//! `queue status`.

use cardseal_queue::{Job, Status, status};

use super::{connect, failed, name};
use crate::args::QueueStatus;
use crate::columns::{figures, followed};
use crate::exit::Failure;
use crate::output::{Form, Output};
use crate::printable::printable;

/// Where figures stand behind their names.
const FIGURES: usize = 11;

pub(super) fn run(arguments: &QueueStatus, output: &Output) -> Result<(), Failure> {
    let name = name(&arguments.place)?;
    let server = connect(&arguments.place)?;
    let job = Job::open(&server, name).map_err(failed)?;
    let status = status(&server, &job).map_err(failed)?;
    match output.form() {
        Form::Json => output.print_json(&status, 512),
        Form::Text => output.print(text(&status).as_bytes()),
    }
}

fn text(status: &Status) -> String {
    let counts = [
        ("cards", status.cards),
        ("done", status.done),
        ("ok", status.ok),
        ("failed", status.failed),
        ("waiting", status.waiting),
        ("in flight", status.in_flight),
        ("in doubt", status.in_doubt),
    ];
    let counts = counts.map(|(name, count)| (name, count.to_string()));
    let mut text = figures(&counts, FIGURES);
    for (code, count) in &status.by_code {
        text.push_str(&format!("  {count:>6}  {}\n", printable(code)));
    }
    if let Some(rate) = status.rate {
        let rate = followed(&format!("{rate:.1}"), "a second");
        text.push_str(&figures(&[("rate", rate)], FIGURES));
    }
    if let Some(seconds) = status.remaining_s().filter(|_| status.waiting > 0) {
        let seconds = followed(&format!("{seconds:.0}"), "s");
        text.push_str(&figures(&[("remaining", seconds)], FIGURES));
    }
    text
}
