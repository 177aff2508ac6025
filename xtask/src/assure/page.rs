//! The page: docs/assurance.md without what was reached, target/assure/assurance.md with it.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::assure::rows::Row;
use crate::shell::Done;

/// What a row reached, on which commit and day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reached {
    pub(super) what: String,
    pub(super) commit: String,
    pub(super) day: String,
}

impl Reached {
    /// Its line in reached.tsv.
    pub(super) fn line(&self, id: &str) -> String {
        format!(
            "{id}\t{}\t{}\t{}\n",
            self.what.replace('\t', " "),
            self.commit,
            self.day
        )
    }

    /// What reached.tsv says.
    pub(super) fn read(table: &str) -> Done<BTreeMap<String, Self>> {
        let mut all = BTreeMap::new();
        for line in table.lines() {
            let [id, what, commit, day] = line.split('\t').collect::<Vec<_>>()[..] else {
                return Err(format!(
                    "target/assure/reached.tsv has a line of another form: {line}"
                )
                .into());
            };
            let [what, commit, day] = [what, commit, day].map(str::to_owned);
            all.insert(id.to_owned(), Self { what, commit, day });
        }
        Ok(all)
    }
}

const ABOUT: &str = "\
# Assurance

Each property of this library, how it is proven, and the command of the proof.

[docs/assurance/rows.tsv](assurance/rows.tsv) has the rows; `cargo xtask assure --page` writes this page from it. `.ci/run
peers` installs Java, Bouncy Castle, OpenSSL, valgrind and the Python packages that some rows need. Then `cargo xtask
assure ROW` runs a row, and `cargo xtask assure` all of them, which takes hours. Each writes the numbers that it reached,
with the commit and the day, to `target/assure/assurance.md`; the workflow `ci` keeps that page of every night.
";

const PROVEN: &str = "\
# Assurance: what was reached

Each property of this library, how it is proven, and what the command of the proof reached. `cargo xtask assure` wrote this
page: it runs the command of a row on committed code, and records the commit and the day.
";

/// The page, with what was reached or without.
pub(super) fn page(rows: &[Row], reached: Option<&BTreeMap<String, Reached>>) -> String {
    let (about, columns) = match reached {
        None => (
            ABOUT,
            ["row", "property", "how it is proven", "command"].as_slice(),
        ),
        Some(_) => (
            PROVEN,
            [
                "row",
                "property",
                "how it is proven",
                "command",
                "reached",
                "commit",
            ]
            .as_slice(),
        ),
    };
    let mut page = format!(
        "{about}\n| {} |\n|{}\n",
        columns.join(" | "),
        "---|".repeat(columns.len())
    );
    for Row {
        id,
        property,
        how,
        command,
    } in rows
    {
        let _ = write!(page, "| {id} | {property} | {how} | `{}` |", cell(command));
        match reached.map(|all| all.get(id)) {
            None => {}
            Some(None) => page.push_str(" not run yet |  |"),
            Some(Some(Reached { what, commit, day })) => {
                let _ = write!(page, " {} | `{commit}`, {day} |", cell(what));
            }
        }
        page.push('\n');
    }
    page
}

/// A bar would end the cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assure::rows::rows;

    fn two() -> Vec<Row> {
        rows("load\tNothing is drawn twice\tthreads\tmake | tee\ntaint\tNo branch\tvalgrind\t.ci/run taint\n").unwrap()
    }

    #[test]
    fn the_page_of_the_repository_has_no_numbers() {
        let page = page(&two(), None);
        assert!(page.contains("\n|---|---|---|---|\n"), "{page}");
        assert!(page.ends_with(
            "| load | Nothing is drawn twice | threads | `make \\| tee` |\n| taint | No branch | valgrind | `.ci/run taint` |\n"
        ));
    }

    #[test]
    fn the_page_of_a_run_says_what_was_reached_and_what_was_not_run() {
        let reached = Reached {
            what: "largest |t| 3.05".into(),
            commit: "0123456789".into(),
            day: "2026-11-30".into(),
        };
        let all = BTreeMap::from([("taint".to_owned(), reached)]);
        let page = page(&two(), Some(&all));
        assert!(
            page.contains("`make \\| tee` | not run yet |  |\n"),
            "{page}"
        );
        assert!(
            page.ends_with("`.ci/run taint` | largest \\|t\\| 3.05 | `0123456789`, 2026-11-30 |\n"),
            "{page}"
        );
    }

    #[test]
    fn what_is_recorded_is_read_again() {
        let reached = Reached {
            what: "5 cases; 0 wrong".into(),
            commit: "0123456789".into(),
            day: "2026-11-30".into(),
        };
        let read = Reached::read(&reached.line("load")).unwrap();
        assert_eq!(read, BTreeMap::from([("load".to_owned(), reached)]));
        assert!(Reached::read("load\t5 cases\n").is_err());
    }
}
