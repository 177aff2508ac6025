//! The table.

use std::fmt::Write;

use cardseal_gateway::Suite;

use crate::card::Card;
use crate::contender::{Contender, Cost, Driver};
use crate::{copies, machine};

pub struct Table {
    text: String,
    has_head: bool,
    skipped: Option<String>,
}

impl Table {
    pub fn begin() -> Self {
        let mut text = String::new();
        for line in machine::describe(machine::pin().expect("a core")) {
            let _ = writeln!(text, "- {line}");
        }
        Self {
            text: text + "\n",
            has_head: false,
            skipped: None,
        }
    }

    pub fn add(
        &mut self,
        suite: Suite,
        bytes: usize,
        card: &Card,
        contenders: &[Contender<'_>],
        row: &[Cost],
    ) {
        if !self.has_head {
            let names: Vec<&str> = contenders.iter().map(|each| each.name).collect();
            let _ = writeln!(
                self.text,
                "| suite | picture | {} | copies, `Client` | copies, `BlockingClient` |\n|---|--:|{}--:|--:|",
                names.join(" | "),
                "--:|".repeat(names.len())
            );
            self.has_head = true;
        }
        let body = card.request().body().len();
        let cells: Vec<String> = row.iter().map(|cost| cell(cost, body)).collect();
        let copies: Vec<String> = [Driver::Async, Driver::Blocking]
            .into_iter()
            .map(|driver| self.copies(driver, suite, bytes, body))
            .collect();
        let picture = if bytes == 0 {
            "its URL".to_owned()
        } else {
            bytes.to_string()
        };
        let _ = writeln!(
            self.text,
            "| {} | {picture} | {} | {} |",
            suite.name(),
            cells.join(" | "),
            copies.join(" | ")
        );
    }

    /// Of a picture only: around a short body everything else is more.
    fn copies(&mut self, driver: Driver, suite: Suite, bytes: usize, body: usize) -> String {
        if bytes == 0 {
            return "–".into();
        }
        match copies::of_body(driver, suite, bytes, body) {
            Ok(copies) => format!("{copies:.2} n"),
            Err(why) => {
                self.skipped = Some(why);
                "–".into()
            }
        }
    }

    pub fn end(mut self) -> String {
        if let Some(why) = &self.skipped {
            let _ = writeln!(self.text, "\n- copies were not counted: {why}");
        }
        self.text
    }
}

fn cell(cost: &Cost, body: usize) -> String {
    let micros = cost.nanoseconds / 1e3;
    let heap = cost.heap;
    // Around a short body the buffers of HTTP and TLS are most of it.
    let peak = match heap.peak {
        peak if peak < 1 << 20 => format!("{} KiB", peak >> 10),
        peak => format!("{:.2} n", peak as f64 / body as f64),
    };
    format!("{micros:.0} µs ({}; {peak})", heap.allocations)
}
