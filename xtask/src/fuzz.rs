//! Runs fuzz targets and records what came of it: a line each in a table.
//!
//! Needs a nightly toolchain. What a run finds goes to fuzz/corpus-found/TARGET, which is kept out of the repository:
//! minimise it before anything is committed.

mod table;

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::thread;

use duct::cmd;

use crate::ci::step::Run;
use crate::fuzz::table::{Line, Table};
use crate::output::last;
use crate::shell::{Done, Shell};
use crate::tools::{self, folder, nightly};

/// The options of `cargo xtask fuzz`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How long each target runs
    #[arg(short = 't', value_name = "SECONDS", default_value_t = 3600)]
    seconds: u64,
    /// How many targets run at once
    #[arg(short = 'j', value_name = "AT-ONCE", default_value = "2")]
    jobs: NonZeroUsize,
    /// Where a line is added for each target
    #[arg(short = 'o', value_name = "TABLE", default_value = "fuzz/long-run.tsv")]
    table: PathBuf,
    /// Builds all targets, prints the folder of the programs, and runs none
    #[arg(long)]
    build: bool,
    /// The targets; all of them where none is named
    targets: Vec<String>,
}

/// Runs targets, or only builds them.
///
/// # Errors
/// Where one does not build, or finds something.
pub(crate) fn run(shell: &Shell, arguments: &Arguments) -> Done<ExitCode> {
    if arguments.build {
        println!("{}", built(shell)?.display());
    } else {
        fuzz(shell, arguments)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The step of `cargo xtask ci`: every target for some seconds, two at a time; built fast, since a short run needs no fast
/// program.
pub(crate) fn smoke(run: &Run<'_>) -> Done {
    nightly(run.shell)?;
    let shell = run.shell.with_env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")?;
    let table = folder(&shell).join("fuzz.tsv");
    let (seconds, jobs) = (12, NonZeroUsize::MIN.saturating_add(1));
    fuzz(
        &shell,
        &Arguments {
            seconds,
            jobs,
            table,
            build: false,
            targets: Vec::new(),
        },
    )
}

fn fuzz(shell: &Shell, arguments: &Arguments) -> Done {
    let all = targets()?;
    if let Some(unknown) = arguments
        .targets
        .iter()
        .find(|target| !all.contains(target))
    {
        return Err(format!("there is no target {unknown}; there are: {}", all.join(" ")).into());
    }
    let chosen = if arguments.targets.is_empty() {
        all
    } else {
        arguments.targets.clone()
    };
    let table = Table::open(
        &arguments.table,
        &commit(shell)?,
        &tools::today(shell)?,
        arguments.seconds,
    )?;
    let programs = built(shell)?;
    let waiting = Mutex::new(VecDeque::from(chosen));
    let next = || {
        waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front()
    };
    let (executions, faults) = thread::scope(|scope| {
        let worker = || {
            let (mut executions, mut faults) = (Vec::new(), Vec::new());
            while let Some(target) = next() {
                match one(shell, &programs, &table, &target, arguments.seconds) {
                    Ok(ran) => executions.push(ran),
                    Err(error) => faults.push(format!("{target}: {error}")),
                }
            }
            (executions, faults)
        };
        let workers: Vec<_> = (0..arguments.jobs.get())
            .map(|_| scope.spawn(worker))
            .collect();
        let (mut executions, mut faults) = (Vec::new(), Vec::new());
        for worker in workers {
            match worker.join() {
                Ok((some, failed)) => {
                    executions.extend(some);
                    faults.extend(failed);
                }
                Err(_) => faults.push("a thread came to no end".to_owned()),
            }
        }
        (executions, faults)
    });
    if !faults.is_empty() {
        return Err(faults.join("\n").into());
    }
    let (count, sum) = (executions.len(), executions.iter().sum::<u64>());
    shell.say(format!(
        "REACHED {count} targets of {} s each, {sum} executions, no finding",
        arguments.seconds
    ));
    Ok(())
}

/// Runs one target and records it; how often it was executed.
fn one(shell: &Shell, programs: &Path, table: &Table, target: &str, seconds: u64) -> Done<u64> {
    let found = Path::new("fuzz/corpus-found").join(target);
    fs::create_dir_all(&found)?;
    let mut artifacts = OsString::from("-artifact_prefix=");
    artifacts.push(&found);
    artifacts.push("-");
    let mut arguments = vec![
        format!("-max_total_time={seconds}").into(),
        "-print_final_stats=1".into(),
        artifacts,
    ];
    let dictionary = format!("fuzz/dictionaries/{target}.dict");
    if Path::new(&dictionary).exists() {
        arguments.push(format!("-dict={dictionary}").into());
    }
    arguments.extend([
        found.clone().into_os_string(),
        format!("fuzz/corpus/{target}").into(),
    ]);
    let own = shell.with_log(&found.with_extension("log"))?;
    let ended = own.run(cmd(programs.join(target), arguments));
    let log = own.logged();
    let line = Line::read(&log, ended.is_ok());
    shell.say(table.add(target, &line)?);
    if let Err(error) = ended {
        last(&log, 40).into_iter().for_each(|line| shell.say(line));
        return Err(error);
    }
    Ok(line.executions)
}

/// Builds all targets at once, as `cargo fuzz build` would one by one: AddressSanitizer, coverage, debug assertions. Needs
/// a nightly toolchain and nothing else. The folder of the programs.
fn built(shell: &Shell) -> Done<PathBuf> {
    let version = shell.read(cmd!("rustc", "-vV"))?;
    let triple = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .ok_or("rustc names no host")?;
    let mut flags =
        "--cfg fuzzing -Zsanitizer=address -Cdebug-assertions -Cpasses=sancov-module".to_owned();
    for option in [
        "level=4",
        "inline-8bit-counters",
        "pc-table",
        "trace-compares",
    ] {
        flags += &format!(" -Cllvm-args=-sanitizer-coverage-{option}");
    }
    let target = Path::new("fuzz/target/all");
    let build = cmd!(
        "cargo",
        "+nightly",
        "build",
        "--locked",
        "--release",
        "--manifest-path",
        "fuzz/Cargo.toml",
        "--target",
        triple,
        "--target-dir",
        target
    );
    // Its folder is all that is printed.
    shell.run(build.env("RUSTFLAGS", flags).stdout_to_stderr())?;
    Ok(target.join(triple).join("release"))
}

fn targets() -> Done<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir("fuzz/fuzz_targets")? {
        let path = entry?.path();
        if let Some(name) = path
            .file_stem()
            .filter(|_| path.extension().is_some_and(|end| end == "rs"))
        {
            names.push(name.to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// The commit that is run, and whether something is changed beside it.
fn commit(shell: &Shell) -> Done<String> {
    let commit = shell.read(cmd!("git", "rev-parse", "--short=12", "HEAD"))?;
    let clean = shell.succeeds(cmd!(
        "git",
        "diff",
        "--quiet",
        "HEAD",
        "--",
        "src",
        "crates",
        "fuzz/fuzz_targets"
    ));
    Ok(if clean { commit } else { commit + "+changes" })
}
