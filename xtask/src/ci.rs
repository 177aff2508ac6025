//! Everything a change must pass, on a clean clone. Installs what it needs; ends with "N passed, N failed".

mod kernels;
mod packages;
mod pages;
mod peers;
mod ran;
mod smaller;
pub(crate) mod step;
pub(crate) mod tests;

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::time::Instant;
use std::{fs, io, thread};

use crate::ci::ran::{Ran, Summary};
use crate::ci::step::{Commit, Step, clean_commit};
use crate::shell::{Done, Shell};
use crate::{bindings, fuzz, interrupt, release, tools};

/// The options of `cargo xtask ci`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The steps; all of them where none is named
    steps: Vec<String>,
    /// Lists the steps and runs none
    #[arg(long)]
    list: bool,
}

/// What looks at a clock, or takes the whole machine, runs alone.
const ALONE: &[Step] = &[
    Step("peers", peers::peers),
    Step("fmt", pages::fmt),
    Step("house", pages::house),
    Step("lints", pages::lints),
    Step("tests", tests::all),
    Step("sidecar", tests::sidecar),
    Step("sidecar_load", tests::sidecar_load),
    Step("queue", tests::queue),
    Step("browser", tests::browser),
];

/// Of the rest, what builds into target/ …
const MAIN: &[Step] = &[
    Step("demo", tests::demo),
    Step("residue", tests::residue),
    Step("taint", kernels::taint),
    Step("features", smaller::features),
    Step("providers", smaller::providers),
    Step("observability", tests::observability),
    Step("package", packages::package),
    Step("docs", pages::docs),
    Step("book", pages::book),
    Step("supply", pages::supply),
    Step("api", pages::api),
    Step("aarch64", kernels::aarch64),
    // It takes the macros and build scripts that the tests have left there.
    Step("release", release::step),
];

/// … runs beside what builds into folders of its own: one of them waits where the other computes.
const BESIDE: &[Step] = &[
    Step("bindings", bindings::step),
    Step("miri", kernels::miri),
    Step("asan", kernels::asan),
    Step("fuzz", fuzz::smoke),
];

/// Runs the steps that are named, or all.
///
/// # Errors
/// Where there is nowhere to write to.
pub(crate) fn run(shell: &Shell, arguments: &Arguments) -> Done<ExitCode> {
    let every = || [ALONE, MAIN, BESIDE].into_iter().flatten();
    if arguments.list {
        every().for_each(|step| println!("{}", step.name()));
        return Ok(ExitCode::SUCCESS);
    }
    let started = Instant::now();
    let known: BTreeSet<&str> = every().map(Step::name).collect();
    if let Some(unknown) = arguments
        .steps
        .iter()
        .find(|name| !known.contains(name.as_str()))
    {
        let all = Vec::from_iter(every().map(Step::name)).join(" ");
        let fault = Ran::failed(unknown, &format!("there is no such step; there are: {all}"));
        return Ok(ended(Summary::from(fault), started));
    }
    let shell = &prepared(shell)?;
    let commit: Commit<'_> = &|| clean_commit(shell);
    let chosen = |steps: &'static [Step]| -> Vec<&'static Step> {
        let named = |step: &&Step| {
            arguments.steps.is_empty() || arguments.steps.iter().any(|name| name == step.name())
        };
        steps.iter().filter(named).collect()
    };
    let mut summary = Summary::default();
    for step in chosen(ALONE) {
        summary.add(in_turn(step, shell, commit, &mut io::stdout()));
    }
    thread::scope(|scope| {
        let (steps, mut printed) = (chosen(BESIDE), Vec::new());
        let beside = scope.spawn(move || {
            let ran: Vec<Option<Ran>> = steps
                .into_iter()
                .map(|step| in_turn(step, shell, commit, &mut printed))
                .collect();
            (ran, printed)
        });
        for step in chosen(MAIN) {
            summary.add(in_turn(step, shell, commit, &mut io::stdout()));
        }
        match beside.join() {
            Ok((ran, printed)) => {
                print!("{}", String::from_utf8_lossy(&printed));
                ran.into_iter().for_each(|ran| summary.add(ran));
            }
            Err(_) => summary.add(Some(Ran::failed("the steps beside", "they came to no end"))),
        }
    });
    if interrupt::interrupted() {
        summary.add(Some(Ran::failed("the rest", "interrupted by a signal")));
    }
    Ok(ended(summary, started))
}

/// Tells what came of it, last of all the counts.
fn ended(summary: Summary, started: Instant) -> ExitCode {
    println!("{}", summary.told(started.elapsed()));
    match (summary.is_good(), interrupt::interrupted()) {
        (true, _) => ExitCode::SUCCESS,
        (false, true) => ExitCode::from(130),
        (false, false) => ExitCode::FAILURE,
    }
}

/// Runs a step unless a signal came before it.
fn in_turn(step: &Step, shell: &Shell, commit: Commit<'_>, out: &mut dyn io::Write) -> Option<Ran> {
    (!interrupt::interrupted()).then(|| step.run(shell, commit, out))
}

/// A folder for logs, and the environment in which tests find the peers that the first step installs.
fn prepared(shell: &Shell) -> Done<Shell> {
    let folder = tools::folder(shell);
    fs::create_dir_all(&folder)?;
    let shell = shell
        .with_env("CARGO_TERM_COLOR", "never")?
        .with_env("CARGO_INCREMENTAL", "0")?
        .with_env("RUST_BACKTRACE", "1")?
        .with_env("CARDSEAL_PYTHON", folder.join("venv/bin/python"))?
        .with_env("NODE_PATH", folder.join("node/node_modules"))?;
    Ok(shell)
}
