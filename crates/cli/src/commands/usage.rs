//! `usage`: the figures of the ledger, as a table, as JSON, and in files.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::time::SystemTime;

use cardseal_ledger::{
    By, Latency, Ledger, LedgerError, PackageLeft, Period, Usage as Figures, write_csv, write_svg,
    write_xlsx,
};

use crate::args::{ByName, Usage};
use crate::columns::{columns, comma, figures, followed};
use crate::exit::Failure;
use crate::input;
use crate::output::{Form, Output};
use crate::printable::printable;
use crate::recording;
use crate::speech::word;
use crate::whole_file::{refuse_stdout, write_whole};

pub(super) fn run(arguments: &Usage, output: &Output) -> Result<(), Failure> {
    let period = Period::parse(arguments.since.as_deref(), arguments.until.as_deref())
        .map_err(|error| Failure::usage(error.to_string()))?;
    for (option, file, ending) in [
        ("--csv", &arguments.csv, "csv"),
        ("--xlsx", &arguments.xlsx, "xlsx"),
        ("--plot", &arguments.plot, "svg"),
    ] {
        if let Some(file) = file {
            refuse_stdout(file, option)?;
            warn_of_ending(file, option, ending, output);
        }
    }
    let path = place(arguments.ledger.as_deref())?;
    let ledger = open(&path, output)?;
    let refused = |error: LedgerError| recording::refused(&path, &error);
    let usage = ledger.usage(&period, by(arguments.by)).map_err(refused)?;
    if let Some(file) = &arguments.csv {
        write(file, |to| write_csv(&ledger, &period, to))?;
    }
    if let Some(file) = &arguments.xlsx {
        write(file, |to| write_xlsx(&ledger, &period, to))?;
    }
    if let Some(file) = &arguments.plot {
        write(file, |to| {
            Ok(to.write_all(write_svg(&usage, word)?.as_bytes())?)
        })?;
    }
    warn_of_packages(&usage.packages, output);
    match output.form() {
        Form::Json => output.print_json(&usage, 4096),
        Form::Text => output.print(table(&usage, arguments.by).as_bytes()),
    }
}

/// A file whose name says that it holds something else.
fn warn_of_ending(file: &Path, option: &str, ending: &str, output: &Output) {
    let other = |given: &std::ffi::OsStr| !given.eq_ignore_ascii_case(ending);
    if file.extension().is_some_and(other) {
        output.warn(&format!(
            "{option} writes {} into `{}`, whatever the name says; name it .{ending}",
            ending.to_ascii_uppercase(),
            input::show(file)
        ));
    }
}

/// The ledger's file, which must have a place.
pub(super) fn place(named: Option<&Path>) -> Result<std::path::PathBuf, Failure> {
    recording::place(named).ok_or_else(|| {
        Failure::usage(
            "there is no place for a ledger, because HOME is not set; give --ledger FILE",
        )
    })
}

/// The ledger that is there. Where there is none yet, an empty one that is nowhere.
pub(super) fn open(path: &Path, output: &Output) -> Result<Ledger, Failure> {
    let found = Ledger::open_existing(path).map_err(|error| recording::refused(path, &error))?;
    match found {
        Some(ledger) => Ok(ledger),
        None => {
            output.note(&format!(
                "there is no ledger at `{}` yet: nothing was recorded there",
                input::show(path)
            ));
            Ledger::in_memory().map_err(|error| recording::refused(path, &error))
        }
    }
}

/// One line for each action whose packages are nearly used up.
fn warn_of_packages(packages: &[PackageLeft], output: &Output) {
    for (action, calls, left) in PackageLeft::nearly_used_up(packages, SystemTime::now()) {
        output.warn(&format!(
            "the packages of {} calls of {} have {} left; buy another, otherwise calls are billed individually or \
             refused",
            calls,
            printable(action),
            left
        ));
    }
}

fn by(name: ByName) -> By {
    match name {
        ByName::Day => By::Day,
        ByName::Cloud => By::Cloud,
        ByName::Action => By::Action,
        ByName::Code => By::Code,
        ByName::Credential => By::Credential,
    }
}

/// Writes a file whole or not at all.
fn write(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<&mut File>) -> Result<(), LedgerError>,
) -> Result<(), Failure> {
    write_whole(path, |file| {
        let mut to = BufWriter::new(file);
        fill(&mut to).map_err(io::Error::other)?;
        to.flush()
    })
    .map_err(|error| {
        Failure::usage(format!(
            "`{}` cannot be written: {error}",
            input::show(path)
        ))
    })
}

/// Where figures stand behind their names.
const FIGURES: usize = 14;

fn table(usage: &Figures, by: ByName) -> String {
    let mut rows = vec![
        ("calls", usage.calls.to_string()),
        ("ok", usage.ok.to_string()),
        ("failed", usage.failed.to_string()),
        ("billed", usage.billed.to_string()),
    ];
    let is_in_part_unknown = usage.billed_unknown > 0;
    if is_in_part_unknown {
        let unknown = followed(
            &usage.billed_unknown.to_string(),
            "(whether they are billed)",
        );
        rows.push(("not known", unknown));
    }
    if usage.calls > 0 {
        rows.push((
            "success rate",
            format!("{:.1} %", usage.success_rate * 100.0),
        ));
        rows.push(("latency", latency(&usage.latency_ms)));
    }
    let mut text = figures(&rows, FIGURES);
    let name = match by {
        ByName::Day => "day",
        ByName::Cloud => "cloud",
        ByName::Action => "action",
        ByName::Code => "code",
        ByName::Credential => "credential",
    };
    let mut names = vec!["calls", "ok", "failed", "billed"];
    if is_in_part_unknown {
        names.push("not known");
    }
    let groups = usage.groups.iter().map(|group| {
        let mut figures = vec![group.calls, group.ok, group.failed, group.billed];
        if is_in_part_unknown {
            figures.push(group.billed_unknown);
        }
        let figures = figures.iter().map(u64::to_string).collect();
        // The only key that is a word of ours.
        let key = match (by, group.key.as_str()) {
            (ByName::Code, "ok") => word("ok"),
            (_, key) => printable(key),
        };
        (key, figures)
    });
    text.push_str(&columns(name, &names, &groups.collect::<Vec<_>>()));
    let codes = usage.by_code.iter();
    let codes = codes.map(|(code, count)| (printable(code), vec![count.to_string()]));
    text.push_str(&columns(
        "failed with",
        &["calls"],
        &codes.collect::<Vec<_>>(),
    ));
    text.push_str(&packages(&usage.packages));
    text
}

fn latency(latency: &Latency) -> String {
    let of = |name: &str, millis: Option<f64>| {
        let figure = millis.map_or("-".to_owned(), |m| followed(&format!("{m:.0}"), "ms"));
        format!("{name} {figure}")
    };
    let parts = [
        of("p50", latency.p50),
        of("p90", latency.p90),
        of("p99", latency.p99),
    ];
    parts.join(comma())
}

/// The packages as a table; empty if there are none.
pub(super) fn packages(packages: &[PackageLeft]) -> String {
    let rows = packages.iter().map(|package| {
        let figures = [package.calls, package.used, package.left].map(|figure| figure.to_string());
        let day = |day: &Option<String>| day.clone().unwrap_or("-".to_owned());
        let days = [day(&package.from), day(&package.until)];
        (printable(&package.action), [&figures[..], &days].concat())
    });
    columns(
        "package",
        &["calls", "used", "left", "from", "until"],
        &rows.collect::<Vec<_>>(),
    )
}
