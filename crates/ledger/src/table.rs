//! Calls as CSV, one row per call, safe to open in a spreadsheet.

use std::io::Write;

use crate::day::{millis, written};
use crate::error::LedgerError;
use crate::ledger::Ledger;
use crate::period::Period;
use crate::record::CallRecord;
use crate::usage::in_millis;

/// The columns of every table of calls.
pub(crate) const COLUMNS: [&str; 14] = [
    "time",
    "cloud",
    "action",
    "region",
    "credential",
    "outcome",
    "code",
    "request_id",
    "attempt",
    "billed",
    "latency_ms",
    "sent",
    "received",
    "billed_calls",
];

/// The content of a cell.
pub(crate) enum Cell {
    Text(String),
    Number(f64),
}

/// A call as a row of [`COLUMNS`].
pub(crate) fn row(call: &CallRecord) -> [Cell; 14] {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a spreadsheet has no other numbers"
    )]
    let number = |count: u64| Cell::Number(count as f64);
    let text = |text: &str| Cell::Text(text.to_owned());
    let outcome = if call.code().is_none() {
        "ok"
    } else {
        "failed"
    };
    // A word for people, and a number that can be summed up: 1, 0, or nothing where it is not known.
    let (billed, billed_calls) = match call.billed {
        Some(true) => ("yes", number(1)),
        Some(false) => ("no", number(0)),
        None => ("unknown", text("")),
    };
    [
        Cell::Text(written(millis(call.time))),
        text(&call.cloud),
        text(&call.action),
        text(&call.region),
        text(&call.credential),
        text(outcome),
        text(call.code().unwrap_or_default()),
        text(&call.request_id),
        number(u64::from(call.attempt)),
        text(billed),
        Cell::Number(in_millis(call.latency)),
        number(call.sent),
        number(call.received),
        billed_calls,
    ]
}

/// Writes the calls of a period as CSV (RFC 4180) with a header row. A text that a spreadsheet would read as a formula
/// gets a leading apostrophe.
///
/// # Errors
/// [`LedgerError`].
pub fn write_csv(ledger: &Ledger, period: &Period, to: impl Write) -> Result<(), LedgerError> {
    let failed = |error: csv::Error| LedgerError::Report(error.to_string());
    let mut csv = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(to);
    csv.write_record(COLUMNS).map_err(failed)?;
    ledger.each_call(period, |call| {
        let cells = row(call).map(|cell| match cell {
            Cell::Text(text) => harmless(text),
            Cell::Number(number) => number.to_string(),
        });
        csv.write_record(cells).map_err(failed)
    })?;
    csv.flush()
        .map_err(|error| LedgerError::Report(error.to_string()))
}

fn harmless(text: String) -> String {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        true => format!("'{text}"),
        false => text,
    }
}
