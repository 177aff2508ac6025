//! `usage`: the figures of the ledger, as a table, as JSON, and in files.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::time::SystemTime;

use cardseal_ledger::{
    By, Ledger, LedgerError, PackageLeft, Period, Usage as Figures, write_csv, write_svg,
    write_xlsx,
};

use crate::args::{ByName, Usage};
use crate::exit::Failure;
use crate::input;
use crate::output::{Form, Output};
use crate::printable::printable;
use crate::recording;
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
        write(file, |to| Ok(to.write_all(write_svg(&usage)?.as_bytes())?))?;
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

fn table(usage: &Figures, by: ByName) -> String {
    let mut text = format!(
        "calls         {}\nok            {}\nfailed        {}\nbilled        {}\n",
        usage.calls, usage.ok, usage.failed, usage.billed
    );
    if usage.billed_unknown > 0 {
        text.push_str(&format!(
            "not known     {} (whether they are billed)\n",
            usage.billed_unknown
        ));
    }
    if usage.calls > 0 {
        text.push_str(&format!(
            "success rate  {:.1} %\n",
            usage.success_rate * 100.0
        ));
        let of = |millis: Option<f64>| millis.map_or("-".to_owned(), |m| format!("{m:.0} ms"));
        let latency = &usage.latency_ms;
        text.push_str(&format!(
            "latency       p50 {}, p90 {}, p99 {}\n",
            of(latency.p50),
            of(latency.p90),
            of(latency.p99)
        ));
    }
    let name = match by {
        ByName::Day => "day",
        ByName::Cloud => "cloud",
        ByName::Action => "action",
        ByName::Code => "code",
        ByName::Credential => "credential",
    };
    let is_in_part_unknown = usage.billed_unknown > 0;
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
        (printable(&group.key), figures)
    });
    text.push_str(&columns(name, &names, groups.collect()));
    let codes = usage.by_code.iter();
    let codes = codes.map(|(code, count)| (printable(code), vec![count.to_string()]));
    text.push_str(&columns("failed with", &["calls"], codes.collect()));
    text.push_str(&packages(&usage.packages));
    text
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
        rows.collect(),
    )
}

/// A header and rows, each column as wide as it must be. Nothing for no rows.
fn columns(first: &str, others: &[&str], rows: Vec<(String, Vec<String>)>) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let wide = |text: &str| text.chars().count();
    let key = rows.iter().map(|(key, _)| wide(key)).max();
    let key = key.unwrap_or_default().max(wide(first));
    let width = |at: usize| {
        let cells = rows.iter().filter_map(|(_, cells)| cells.get(at));
        let most = cells.map(|cell| wide(cell)).max().unwrap_or_default();
        others.get(at).map_or(most, |name| most.max(wide(name)))
    };
    let line = |key_text: &str, cells: &mut dyn Iterator<Item = &str>| {
        let mut line = format!("{key_text:<key$}");
        for (at, cell) in cells.enumerate() {
            line.push_str(&format!("  {cell:>width$}", width = width(at)));
        }
        line.push('\n');
        line
    };
    let mut text = format!("\n{}", line(first, &mut others.iter().copied()));
    for (key_text, cells) in &rows {
        text.push_str(&line(key_text, &mut cells.iter().map(String::as_str)));
    }
    text
}
