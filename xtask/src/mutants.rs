//! Changes the code in every way that cargo-mutants knows, one change at a time, and counts the changes that no test
//! notices. Fails when there is one that docs/mutants.md does not give a reason for.
//!
//! A group is a part of src/ with the tests that are there to protect it; what they miss is tried again on (nearly) all
//! tests. Or it is a crate, with its own tests. Work is done on clones of the last commit in target/mutants, which keep
//! what they built; results stay there too.

mod groups;
mod job;
mod sources;
mod survivors;

use std::collections::BTreeSet;
use std::fs;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;
use std::time::Instant;

use crate::mutants::groups::{CRATES, Group, LIBRARY, SEALING, Weight};
use crate::mutants::job::Job;
use crate::mutants::sources::Sources;
use crate::mutants::survivors::{percent, unlisted};
use crate::shell::{Done, Shell};

const ACCEPTED: &str = "docs/mutants.md";

/// The options of `cargo xtask mutants`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The groups, or `crates`; all groups of the library where none is named
    groups: Vec<String>,
    /// As if there had been no run before
    #[arg(long)]
    anew: bool,
    /// On how many cores
    #[arg(short = 'j', value_name = "JOBS", default_value = "2")]
    jobs: NonZeroUsize,
    /// Lists the groups and runs none
    #[arg(long)]
    list: bool,
}

/// A group of the library, or a crate.
enum Chosen {
    Library(&'static Group),
    Crate(&'static str),
}

impl Chosen {
    fn name(&self) -> &'static str {
        match self {
            Self::Library(group) => group.name,
            Self::Crate(name) => name,
        }
    }

    fn package(&self) -> String {
        match self {
            Self::Library(_) => "cardseal".to_owned(),
            Self::Crate(name) => format!("cardseal-{name}"),
        }
    }

    fn files(&self) -> Vec<String> {
        match self {
            Self::Library(group) => group.files.iter().map(|file| (*file).to_owned()).collect(),
            Self::Crate(name) => vec![format!("crates/{name}/src/**")],
        }
    }

    fn is_critical(&self) -> bool {
        matches!(self, Self::Library(group) if group.weight == Weight::Critical)
    }
}

/// What all jobs share.
struct Work {
    shell: Shell,
    folder: PathBuf,
    jobs: usize,
    anew: bool,
}

impl Work {
    fn results(&self, group: &Chosen, job: usize) -> PathBuf {
        self.folder
            .join("results")
            .join(format!("{}.{job}", group.name()))
    }

    /// All mutants of a kind (`caught`, `missed`) of groups, each once, as of their last run.
    fn outcomes(&self, kind: &str, groups: &[&Chosen]) -> Done<BTreeSet<String>> {
        let mut all = BTreeSet::new();
        for group in groups {
            for job in 0..self.jobs {
                let names = fs::read_to_string(self.results(group, job).join(kind))?;
                all.extend(names.lines().map(str::to_owned));
            }
        }
        Ok(all)
    }

    /// Caught, and all that can be built.
    fn reached(&self, groups: &[&Chosen], counts: fn(&str) -> bool) -> Done<(usize, usize)> {
        let count = |kind: &str| -> Done<usize> {
            Ok(self
                .outcomes(kind, groups)?
                .iter()
                .filter(|name| counts(name))
                .count())
        };
        let caught = count("caught")?;
        Ok((caught, caught + count("missed")?))
    }
}

/// Runs groups and tells what survives.
///
/// # Errors
/// Where there is no such group, a run itself fails, or a survivor has no reason given.
pub(crate) fn run(shell: &Shell, arguments: &Arguments) -> Done<ExitCode> {
    if arguments.list {
        LIBRARY
            .iter()
            .map(|group| group.name)
            .chain(CRATES)
            .for_each(|name| println!("{name}"));
        return Ok(ExitCode::SUCCESS);
    }
    let chosen = chosen(&arguments.groups)?;
    // Nobody looks at a backtrace here, and without them a mutant is built in half the time.
    let shell = shell
        .with_env("CARGO_PROFILE_DEV_DEBUG", "false")?
        .with_env("CARGO_INCREMENTAL", "1")?
        .with_env("CARGO_TERM_COLOR", "never")?
        .with_env("RUST_BACKTRACE", "0")?
        .without_env("CARGO_TARGET_DIR");
    let folder = shell.root().join("target/mutants");
    fs::create_dir_all(folder.join("results"))?;
    let work = &Work {
        shell,
        folder,
        jobs: arguments.jobs.get(),
        anew: arguments.anew,
    };
    let mut jobs = Vec::new();
    for number in 0..work.jobs {
        let sources = Sources::at_last_commit(&work.shell, sources::folder(&work.folder, number))?;
        jobs.push(Job {
            work,
            number,
            sources,
        });
    }
    for group in &chosen {
        let started = Instant::now();
        beside_each_other(&jobs, group)?;
        let (caught, viable) = work.reached(&[group], |_| true)?;
        println!(
            "{}: {caught} of {viable} caught, in {} s",
            group.name(),
            started.elapsed().as_secs()
        );
    }
    told(work, &chosen, arguments.groups.is_empty())
}

fn beside_each_other(jobs: &[Job<'_>], group: &Chosen) -> Done {
    thread::scope(|scope| {
        let running: Vec<_> = jobs
            .iter()
            .map(|job| scope.spawn(move || job.run(group)))
            .collect();
        let ended = running
            .into_iter()
            .map(|job| job.join().map_err(|_| "a job came to no end")?);
        ended.collect::<Vec<Done>>().into_iter().collect()
    })
}

/// The groups of these names; those of the library without a name, all crates by the word for them.
fn chosen(names: &[String]) -> Done<Vec<Chosen>> {
    if names.is_empty() {
        return Ok(LIBRARY.iter().map(Chosen::Library).collect());
    }
    let mut chosen = Vec::new();
    for name in names {
        let library = LIBRARY
            .iter()
            .find(|group| group.name == name)
            .map(Chosen::Library);
        let own = CRATES
            .into_iter()
            .find(|own| own == name)
            .map(Chosen::Crate);
        match library.or(own) {
            Some(group) => chosen.push(group),
            None if name == "crates" => chosen.extend(CRATES.map(Chosen::Crate)),
            None => {
                let all =
                    Vec::from_iter(LIBRARY.iter().map(|group| group.name).chain(CRATES)).join(" ");
                return Err(format!("no group {name}; there are: {all}").into());
            }
        }
    }
    Ok(chosen)
}

/// Survivors, those without a reason, and what was reached.
fn told(work: &Work, chosen: &[Chosen], is_all: bool) -> Done<ExitCode> {
    let all: Vec<&Chosen> = chosen.iter().collect();
    let survivors = work.outcomes("missed", &all)?;
    let survivors: Vec<&str> = survivors.iter().map(String::as_str).collect();
    println!(
        "survivors:\n{}",
        if survivors.is_empty() {
            "none".to_owned()
        } else {
            survivors.join("\n")
        }
    );
    let unlisted = unlisted(&survivors, &fs::read_to_string(ACCEPTED)?);
    if !unlisted.is_empty() {
        return Err(format!("not in {ACCEPTED}:\n{}", unlisted.join("\n")).into());
    }
    let (caught, viable) = work.reached(&all, |_| true)?;
    if !is_all {
        let names: Vec<&str> = all.iter().map(|group| group.name()).collect();
        println!("{}: {caught} of {viable} caught", names.join(" "));
        return Ok(ExitCode::SUCCESS);
    }
    let critical: Vec<&Chosen> = all
        .into_iter()
        .filter(|group| group.is_critical())
        .collect();
    let percent = percent(caught, viable);
    let (strict, of) = work.reached(&critical, |name| !is_for_sealing(name))?;
    println!(
        "REACHED src/: {caught} of {viable} caught ({percent} %), open/verify/IV policy/key parsing: {strict} of {of}"
    );
    Ok(ExitCode::SUCCESS)
}

fn is_for_sealing(mutant: &str) -> bool {
    SEALING.iter().any(|file| {
        mutant
            .strip_prefix(file)
            .is_some_and(|rest| rest.starts_with(':'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_name_it_is_the_library() {
        let names = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            chosen(&words).map(|all| all.iter().map(Chosen::name).collect::<Vec<_>>())
        };
        assert_eq!(names(&[]).unwrap().len(), LIBRARY.len());
        assert_eq!(names(&["keys", "batch"]).unwrap(), ["keys", "batch"]);
        assert_eq!(names(&["crates"]).unwrap(), CRATES);
        assert!(names(&["kees"]).is_err());
    }

    #[test]
    fn sealing_alone_is_not_critical() {
        assert!(is_for_sealing(
            "src/envelope/body.rs:12:9: replace + with *"
        ));
        assert!(!is_for_sealing(
            "src/envelope/opener.rs:12:9: replace + with *"
        ));
    }
}
