//! The table, in Markdown.

use std::fmt::Write;

use crate::heap;
use crate::work::Work;

/// One row: what one work took at one size, for every contender.
pub struct Row {
    pub work: Work,
    pub bytes: usize,
    /// Nanoseconds, in the contenders' order; `None` where one does not take part.
    pub times: Vec<Option<f64>>,
    /// What the first two contenders ask of the heap, where that means something.
    pub heap: Option<[heap::Use; 2]>,
}

/// Why somebody did not take part.
pub struct Skipped {
    pub name: String,
    pub why: String,
    pub works: Vec<String>,
}

/// The table: the first contender's figures, and beside them every peer's with its ratio to the first.
pub fn table(names: &[String], rows: &[Row]) -> String {
    let mut text = format!(
        "| work | bytes | **{}** | speed | allocations | peak heap |",
        names[0]
    );
    for name in &names[1..] {
        let _ = write!(text, " {name} |");
    }
    text.push_str("\n|---|--:|--:|--:|--:|--:|");
    text.push_str(&"--:|".repeat(names.len() - 1));
    text.push('\n');
    for row in rows {
        let first = row.times[0].expect("the first contender does everything");
        let speed = match row.work.is_wrap() {
            true => format!("{} /s", whole(1e9 / first)),
            false => format!("{} MB/s", whole(row.bytes as f64 / first * 1e3)),
        };
        let [allocations, peak] = row.heap.map_or(["".into(), "".into()], |heap| {
            let [ours, theirs] = heap;
            [
                format!("{} ({})", ours.allocations, theirs.allocations),
                format!(
                    "{} ({})",
                    held(ours.peak, row.bytes),
                    held(theirs.peak, row.bytes)
                ),
            ]
        });
        let _ = write!(
            text,
            "| {} | {} | **{}** | {speed} | {allocations} | {peak} |",
            row.work.title(),
            whole(row.bytes as f64),
            time(first)
        );
        for peer in &row.times[1..] {
            let cell = peer.map_or("–".into(), |ns| {
                format!("{} ({})", time(ns), ratio(ns / first))
            });
            let _ = write!(text, " {cell} |");
        }
        text.push('\n');
    }
    text
}

/// Who did not take part in what, and why.
pub fn absences(skipped: &[Skipped]) -> String {
    let mut text = String::new();
    for Skipped { name, why, works } in skipped {
        let _ = writeln!(text, "- {name}, skipped: {why} ({})", works.join("; "));
    }
    text
}

/// `1.23 µs`, three digits.
pub fn time(ns: f64) -> String {
    let (value, unit) = match ns {
        _ if ns < 1e3 => (ns, "ns"),
        _ if ns < 1e6 => (ns / 1e3, "µs"),
        _ => (ns / 1e6, "ms"),
    };
    format!("{} {unit}", digits(value))
}

/// Three digits.
pub fn digits(value: f64) -> String {
    match value {
        _ if value < 10.0 => format!("{value:.2}"),
        _ if value < 100.0 => format!("{value:.1}"),
        _ => whole(value),
    }
}

fn ratio(ratio: f64) -> String {
    format!("{}×", digits(ratio))
}

/// Bytes held; for long inputs as a multiple of them.
fn held(bytes: usize, input: usize) -> String {
    match input {
        0..4096 => format!("{} B", whole(bytes as f64)),
        _ => format!("{:.2} n", bytes as f64 / input as f64),
    }
}

/// `7 340 032`
pub fn whole(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}
