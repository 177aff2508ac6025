//! The table.

use std::fmt::Write;

use crate::emulated::Emulated;
use crate::work::{WORKS, sizes};

/// Every work, by everybody, at every size.
pub fn measured() -> String {
    let emulated = Emulated::build();
    let mut text =
        "| work | bytes | by | instructions | a byte | × the last |\n|---|--:|---|--:|--:|--:|\n"
            .to_owned();
    for (work, contenders) in WORKS.iter().filter(|(work, _)| *work != "nothing") {
        for bytes in sizes(work) {
            let counts: Vec<f64> = contenders
                .iter()
                .map(|by| emulated.instructions(work, by, *bytes))
                .collect();
            let last = counts.last().copied().unwrap_or_default();
            for (by, count) in contenders.iter().zip(&counts) {
                let a_byte = match bytes {
                    0 => "–".to_owned(),
                    _ => format!("{:.1}", count / *bytes as f64),
                };
                let size = if *bytes == 0 {
                    "–".to_owned()
                } else {
                    bytes.to_string()
                };
                let ratio = count / last;
                let _ = writeln!(
                    text,
                    "| {work} | {size} | {by} | {count:.0} | {a_byte} | {ratio:.2} |"
                );
            }
        }
    }
    text
}
