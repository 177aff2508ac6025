//! Figures for people: names with what they count, and columns under their heads, in the language of this process.

use crate::language::{self, Language};
use crate::speech::word;

/// One figure a line, all of them from this column on.
pub(crate) fn figures(rows: &[(&str, String)], from: usize) -> String {
    rows.iter()
        .map(|(name, figure)| format!("{}{figure}\n", left(&word(name), from)))
        .collect()
}

/// A head and rows, each column as wide as it must be. Nothing for no rows. The first word of each column is ours, what
/// stands below is data.
pub(crate) fn columns(first: &str, others: &[&str], rows: &[(String, Vec<String>)]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let first = word(first);
    let heads: Vec<String> = others.iter().map(|name| word(name)).collect();
    let key = rows.iter().map(|(key, _)| width(key)).max();
    let key = key.unwrap_or_default().max(width(&first));
    let widths: Vec<usize> = (0..heads.len())
        .map(|at| {
            let cells = rows.iter().filter_map(|(_, cells)| cells.get(at));
            let most = cells.chain(heads.get(at)).map(|cell| width(cell)).max();
            most.unwrap_or_default()
        })
        .collect();
    let line = |first: &str, cells: &[String]| {
        let mut line = left(first, key);
        for (cell, wide) in cells.iter().zip(&widths) {
            line.push_str("  ");
            line.push_str(&right(cell, *wide));
        }
        line.push('\n');
        line
    };
    let mut text = format!("\n{}", line(&first, &heads));
    for (key, cells) in rows {
        text.push_str(&line(key, cells));
    }
    text
}

/// A figure and the word behind it: its unit, or what it counts.
pub(crate) fn followed(figure: &str, by: &str) -> String {
    format!("{figure} {}", word(by))
}

/// Columns of a terminal. Chinese characters take two, and in a table there are no other characters beyond ASCII but the `…`
/// of a credential, which takes one.
fn width(text: &str) -> usize {
    let is_wide = |c: &char| !c.is_ascii() && *c != '…';
    let wide = text.chars().filter(is_wide).count();
    text.chars().count().saturating_add(wide)
}

fn left(text: &str, wide: usize) -> String {
    let gap = " ".repeat(wide.saturating_sub(width(text)));
    format!("{text}{gap}")
}

fn right(text: &str, wide: usize) -> String {
    let gap = " ".repeat(wide.saturating_sub(width(text)));
    format!("{gap}{text}")
}

/// What stands between the parts of one figure.
pub(crate) fn comma() -> &'static str {
    match language::chosen() {
        Language::English => ", ",
        Language::Chinese => "，",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chinese_character_takes_two_columns() {
        assert_eq!((width("ok"), width("成功"), width("AKID…7x")), (2, 4, 7));
        assert_eq!(left("成功", 6), "成功  ");
        assert_eq!(right("成功", 6), "  成功");
        assert_eq!(right("longer", 3), "longer");
    }
}
