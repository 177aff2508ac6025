//! The table, and its place in docs/performance.md.

use std::fmt::Write;
use std::path::PathBuf;

use crate::emulated::Emulated;
use crate::work::{WORKS, sizes};

const BEGIN: &str = "<!-- aarch64: begin -->";
const END: &str = "<!-- aarch64: end -->";

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

/// Puts a new measurement in place of the old one.
pub fn write(measured: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/performance.md");
    let page = std::fs::read_to_string(&path).expect("the page");
    let (before, rest) = page.split_once(BEGIN).expect("the begin marker");
    let (_, after) = rest.split_once(END).expect("the end marker");
    let page = format!("{before}{BEGIN}\n\n{measured}\n{END}{after}");
    std::fs::write(&path, page).expect("the page written");
    println!("{measured}\nwritten to {}", path.display());
}
