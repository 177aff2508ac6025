//! `cargo xtask release`: the archives of a release, each with its bill of materials; and the proofs about them.
//! RELEASING.md tells a release from end to end.

mod archive;
mod artefact;
mod bill;
mod bindings;
mod building;
mod checking;
mod contents;
mod editions;
mod packages;
mod running;
mod smoke;
mod tag;
mod targets;
mod tree;
mod twice;
mod zig;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use duct::cmd;

use self::artefact::Maker;
use self::building::{Order, Pace, Place};
use self::editions::{EDITIONS, Edition};
use self::targets::{QUICK, TARGETS, Target};
use self::zig::Tools;
use crate::ci::step::Run;
use crate::shell::{Done, Shell};
use crate::tools;

/// The options of `cargo xtask release`. Without any: every archive that is built on this machine.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only these targets, by rustc's names.
    #[arg(long = "target", value_name = "TARGET")]
    targets: Vec<String>,
    /// Only this edition: `cardseal`, or `cardseal-keyless`, which holds no private key.
    #[arg(long, value_name = "NAME")]
    edition: Option<String>,
    /// Fast to build and slow to run, to see that all of it works; two targets, and the edition
    /// `cardseal-quick`, which is not released.
    #[arg(long)]
    quick: bool,
    /// Builds the commit twice, in two folders, and compares the hashes.
    #[arg(long, value_name = "TARGET", conflicts_with_all = ["targets", "bindings"])]
    twice: Option<String>,
    /// The packages of the bindings instead: wheel, npm package and jar.
    #[arg(long)]
    bindings: bool,
    /// Runs what an archive holds, on a machine that it is for.
    #[arg(long, value_name = "ARCHIVE", exclusive = true)]
    smoke: Option<PathBuf>,
    /// Whether a tag is signed by somebody who may release.
    #[arg(long, value_name = "TAG", conflicts_with_all = ["targets", "bindings", "twice", "quick"])]
    verify_tag: Option<String>,
    /// Who may release.
    #[arg(long, value_name = "FILE", default_value = ".github/release-signers")]
    signers: PathBuf,
}

/// Does what was asked for.
pub(crate) fn run(shell: &Shell, arguments: &Arguments) -> Done<ExitCode> {
    let version = version(shell)?;
    if let Some(tag) = &arguments.verify_tag {
        tag::verify(shell, shell.root(), tag, &arguments.signers)?;
    } else if let Some(archive) = &arguments.smoke {
        smoke_archive(shell, archive, &version)?;
    } else if let Some(triple) = &arguments.twice {
        let target = Target::named(triple)?;
        let edition = arguments.editions()?.first().copied().ok_or("no edition")?;
        let tools = Tools::install(shell, &[target, Target::named(targets::PRINTS_PAGES)?])?;
        let order = Order {
            target,
            edition,
            pace: arguments.pace(),
            time: commit_time(shell)?,
        };
        nothing_uncommitted(shell)?;
        twice::twice(shell, &tools, &version, here(shell)?, order)?;
    } else if arguments.bindings {
        nothing_uncommitted(shell)?;
        bindings::make(
            shell,
            &version,
            commit_time(shell)?,
            &folder(shell, Pace::Release)?,
        )?;
    } else {
        archives(
            shell,
            &version,
            &arguments.targets()?,
            &arguments.editions()?,
            arguments.pace(),
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The step of `.ci/run`: the two quick archives, built, run and checked.
pub(crate) fn step(run: &Run<'_>) -> Done {
    let shell = run.shell;
    tools::Missing::default()
        .files("wine64", &["/usr/lib/wine/wine64", "/usr/bin/wine64"])
        .install(shell)?;
    let targets = QUICK
        .map(Target::named)
        .into_iter()
        .collect::<Done<Vec<_>>>()?;
    archives(
        shell,
        &version(shell)?,
        &targets,
        &[&editions::QUICK],
        Pace::Quick,
    )
}

/// Builds, packs, runs and checks.
fn archives(
    shell: &Shell,
    version: &str,
    targets: &[&Target],
    editions: &[&Edition],
    pace: Pace,
) -> Done {
    if pace == Pace::Release {
        nothing_uncommitted(shell)?;
    }
    let tools = Tools::install(shell, targets)?;
    let folder = folder(shell, pace)?;
    let mut maker = Maker {
        shell,
        tools: &tools,
        place: here(shell)?,
        version: version.to_owned(),
        pages: Default::default(),
    };
    let time = commit_time(shell)?;
    let mut bills = Vec::new();
    for edition in editions {
        for target in targets {
            let made = maker.make(Order {
                target,
                edition,
                pace,
                time,
            })?;
            let file = format!("{}.{}", made.stem, target.form.extension());
            std::fs::write(folder.join(file), &made.packed)?;
            let bill = folder.join(format!("{}.cdx.json", made.stem));
            std::fs::write(&bill, &made.bill)?;
            bills.push(bill);
            smoke::smoke(shell, &tools, &made.packed, (target, edition, version))?;
        }
    }
    checking::check(shell, &bills)?;
    shell.say(artefact::sums(&folder)?);
    Ok(())
}

fn smoke_archive(shell: &Shell, archive: &Path, version: &str) -> Done {
    let name = archive.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.trim_end_matches(".tar.gz").trim_end_matches(".zip");
    let (edition, triple) = Edition::of_stem(stem, version)
        .ok_or_else(|| format!("{name} is no archive of version {version}"))?;
    let target = Target::named(triple)?;
    let tools = Tools::install(shell, &[])?;
    smoke::smoke(
        shell,
        &tools,
        &std::fs::read(archive)?,
        (target, edition, version),
    )
}

impl Arguments {
    fn pace(&self) -> Pace {
        if self.quick {
            Pace::Quick
        } else {
            Pace::Release
        }
    }

    fn targets(&self) -> Done<Vec<&'static Target>> {
        match (self.targets.as_slice(), self.pace()) {
            ([], Pace::Quick) => QUICK.map(Target::named).into_iter().collect(),
            ([], Pace::Release) => Ok(TARGETS
                .iter()
                .filter(|target| target.is_built_here())
                .collect()),
            (named, _) => named.iter().map(|triple| Target::named(triple)).collect(),
        }
    }

    fn editions(&self) -> Done<Vec<&'static Edition>> {
        match (&self.edition, self.pace()) {
            (None, Pace::Quick) => Ok(vec![&editions::QUICK]),
            (None, Pace::Release) => Ok(EDITIONS.iter().collect()),
            (Some(name), _) => {
                let found: Vec<_> = EDITIONS
                    .iter()
                    .filter(|edition| edition.name == name)
                    .collect();
                if found.is_empty() {
                    Err(format!("there is no edition {name}").into())
                } else {
                    Ok(found)
                }
            }
        }
    }
}

/// Where the archives go; what is not released goes elsewhere.
fn folder(shell: &Shell, pace: Pace) -> Done<PathBuf> {
    let name = match pace {
        Pace::Release => "archives",
        Pace::Quick => "archives-quick",
    };
    let folder = shell.target().join(name);
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn version(shell: &Shell) -> Done<String> {
    tag::version(&std::fs::read_to_string(shell.root().join("Cargo.toml"))?)
}

/// What is released is a commit.
fn nothing_uncommitted(shell: &Shell) -> Done {
    match shell.read(cmd!("git", "status", "--porcelain"))?.as_str() {
        "" => Ok(()),
        changed => Err(format!("only a commit can be released; not committed:\n{changed}").into()),
    }
}

/// In seconds since 1970: the time of everything in an archive.
fn commit_time(shell: &Shell) -> Done<u64> {
    Ok(shell
        .read(cmd!("git", "log", "-1", "--format=%ct"))?
        .parse()?)
}

/// This clone.
fn here(shell: &Shell) -> Done<Place> {
    let cargo_home = match std::env::var_os("CARGO_HOME") {
        Some(home) => home.into(),
        None => std::env::home_dir()
            .ok_or("there is no home folder")?
            .join(".cargo"),
    };
    Ok(Place {
        root: shell.root().to_owned(),
        target: shell.target(),
        cargo_home,
    })
}
