//! Every stage of a signature as readable text, beside another program's stages.

use core::fmt::Write as _;

use cardseal::signing::Signed;

use crate::stage::{Stage, rows};
use crate::stage_file::StageFile;
use crate::visible::visible;

/// The width of a cell: a SHA-256 in hex fits on one line.
const WIDTH: usize = 64;

/// Every stage as readable text: ours, and theirs beside it if given, with `≠` at each line that differs.
///
/// Derived keys are shown as their SHA-256. The canonical request is shown in full, including the content of the query
/// and the signed headers.
pub fn stages_as_text(ours: &Signed, theirs: Option<&StageFile>) -> String {
    let mut text = String::new();
    let hides = theirs.is_some_and(|theirs| theirs.is_guess);
    let theirs = theirs.map(StageFile::stages).unwrap_or_default();
    for row in rows(ours, theirs) {
        let note = match row.stage {
            Stage::DerivedKey(_) => " (its SHA-256)",
            _ => "",
        };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}{note}", row.stage);
        match row.theirs {
            None => one_column(&mut text, row.ours),
            Some(theirs) => two_columns(&mut text, row.ours, theirs, hides),
        }
        text.push('\n');
    }
    text
}

fn one_column(text: &mut String, ours: &str) {
    for (number, line) in ours.split('\n').enumerate() {
        let number = number.saturating_add(1);
        let _ = writeln!(text, "{number:>4} │ {}", visible(line));
    }
}

/// With `hides` what theirs has otherwise is not shown: it may be of another file, and a secret.
fn two_columns(text: &mut String, ours: &str, theirs: &str, hides: bool) {
    let (mut ours, mut theirs) = (ours.split('\n'), theirs.split('\n'));
    for number in 1_usize.. {
        let (our_line, their_line) = (ours.next(), theirs.next());
        if our_line.is_none() && their_line.is_none() {
            break;
        }
        let mark = if our_line == their_line { ' ' } else { '≠' };
        let hidden = their_line
            .filter(|_| hides && our_line != their_line)
            .map(|theirs| hidden(our_line.unwrap_or_default(), theirs));
        let their_line = hidden.as_deref().or(their_line);
        let (our_cells, their_cells) = (cells(our_line), cells(their_line));
        for cell in 0..our_cells.len().max(their_cells.len()) {
            let at = |cells: &[String]| cells.get(cell).cloned().unwrap_or_default();
            let number = if cell == 0 {
                number.to_string()
            } else {
                String::new()
            };
            let (left, right) = (at(&our_cells), at(&their_cells));
            let pad = " ".repeat(WIDTH.saturating_sub(left.chars().count()));
            let _ = writeln!(text, "{number:>4} {mark} {left}{pad} │ {right}");
        }
    }
}

/// As much of their line as ours has, too, and how much more there is.
fn hidden(ours: &str, theirs: &str) -> String {
    let same = ours.chars().zip(theirs.chars()).take_while(|(a, b)| a == b);
    let same: String = same.map(|(ours, _)| ours).collect();
    let more = theirs.len().saturating_sub(same.len());
    format!("{same}[{more} bytes, not shown]")
}

/// A line in pieces of at most [`WIDTH`] characters. An absent line differs from an empty one.
fn cells(line: Option<&str>) -> Vec<String> {
    let Some(line) = line else {
        return vec!["(no such line)".to_owned()];
    };
    let visible: Vec<char> = visible(line).chars().collect();
    if visible.is_empty() {
        return vec![String::new()];
    }
    visible.chunks(WIDTH).map(|c| c.iter().collect()).collect()
}
