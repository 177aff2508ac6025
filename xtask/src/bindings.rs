//! Every language of bindings/: built and tested as its README says, linted, the tests in C with every access watched, and
//! one conformance run for all. A language whose tools are missing fails.
//!
//! All are built into one folder, and fast: what is tested is what they do.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::time::Instant;

use duct::{Expression, cmd};

use crate::ci::step::Run;
use crate::ci::tests::command_line;
use crate::output::pattern;
use crate::shell::{Done, Shell};
use crate::tools::{self, Missing, find, folder, python};

const LANGUAGES: [&str; 9] = [
    "c", "cpp", "go", "php", "csharp", "java", "nodejs", "python", "wasm",
];

/// The step of `cargo xtask ci`. Ends with the seconds that each part took.
pub(crate) fn step(run: &Run<'_>) -> Done {
    tools::toolchains(run.shell)?;
    let cardseal = command_line(run.shell)?;
    let shell = &built_fast(run.shell)?;
    let mut times = Vec::new();
    let mut part = |name: &str, does: &mut dyn FnMut() -> Done| -> Done {
        let started = Instant::now();
        shell.say(format!("=== {name}"));
        does().map_err(|error| format!("FAILED: {name}: {error}"))?;
        times.push(format!("{:>5} s  {name}", started.elapsed().as_secs()));
        Ok(())
    };
    let mut counts = Vec::new();
    part("installed", &mut || installed(shell))?;
    for language in LANGUAGES {
        let commands = Commands::of(language)?;
        part(&format!("built {language}"), &mut || {
            shell.run(commands.run(shell, &commands.build)?)
        })?;
        part(&format!("tested {language}"), &mut || {
            counts.push((language, tested(shell, language, &commands)?));
            Ok(())
        })?;
    }
    part("browser", &mut || {
        let chromium = find("chromium").ok_or("chromium is not there")?;
        let mut argument = OsString::from("CHROMIUM=");
        argument.push(chromium);
        shell.run(cmd!("make", "-C", "bindings/wasm", "browser", argument))
    })?;
    part("linted", &mut || linted(shell))?;
    part("memory", &mut || {
        shell.run(cmd!("make", "-C", "bindings/c", "memory"))
    })?;
    let python = programs(shell).join("python");
    part("conformance", &mut || {
        shell.run(cmd!(
            &python,
            "bindings/conformance/run.py",
            "--cardseal",
            &cardseal
        ))
    })?;
    // That it can be measured; the figures are for a machine that does nothing else.
    part("crossing", &mut || {
        shell.run(cmd!("cargo", "build", "--locked", "--release").dir("bindings/crossing/rust"))?;
        shell.run(cmd!(&python, "bindings/crossing/run.py", "--try"))
    })?;
    times.iter().for_each(|line| shell.say(line));
    shell.say(reached(&counts));
    Ok(())
}

/// All into one folder of its own.
fn built_fast(shell: &Shell) -> Done<Shell> {
    Ok(shell
        .with_env("CARGO_TARGET_DIR", folder(shell).join("bindings-target"))?
        .with_env("CARGO_PROFILE_RELEASE_LTO", "off")?
        .with_env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")?
        .with_env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")?
        .with_env("CARGO_PROFILE_DEV_DEBUG", "false")?)
}

fn programs(shell: &Shell) -> std::path::PathBuf {
    folder(shell).join("bindings/bin")
}

fn installed(shell: &Shell) -> Done {
    let ensurepip = shell.succeeds(cmd!("python3", "-c", "import ensurepip"));
    Missing::default()
        .each(&[
            "pkg-config",
            "valgrind",
            "g++",
            "make",
            "chromium",
            "openssl",
            "npm",
        ])
        .programs("golang-go", &["go"])
        .programs("php-cli", &["php"])
        .programs("default-jdk-headless", &["java", "javac", "jar"])
        .programs("mono-runtime", &["mono"])
        .programs("mono-mcs", &["mcs"])
        .files("libbcprov-java", &["/usr/share/java/bcprov.jar"])
        .programs("nodejs", &["node"])
        .unless(ensurepip, "python3-venv")
        .install(shell)?;
    python(
        shell,
        "bindings",
        &["cryptography", "gmssl", "pycryptodomex", "mypy"],
    )
    .map(drop)
}

/// The two commands at the top of a language's README.
struct Commands {
    build: String,
    test: String,
}

impl Commands {
    fn of(language: &str) -> Done<Self> {
        let page = fs::read_to_string(Path::new("bindings").join(language).join("README.md"))?;
        Self::read(&page)
            .ok_or_else(|| format!("bindings/{language}/README.md begins otherwise").into())
    }

    fn read(page: &str) -> Option<Self> {
        let mut lines = page.lines();
        let [first, build, test, last] =
            [lines.next()?, lines.next()?, lines.next()?, lines.next()?];
        let between = first == "```sh" && last == "```";
        between.then(|| Self {
            build: build.to_owned(),
            test: test.to_owned(),
        })
    }

    fn run(&self, shell: &Shell, command: &str) -> Done<Expression> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(programs(shell)).chain(std::env::split_paths(&path));
        Ok(cmd!("bash", "-c", command).env("PATH", std::env::join_paths(folders)?))
    }
}

/// The tests, and how many there were. None at all is a failure.
fn tested(shell: &Shell, language: &str, commands: &Commands) -> Done<usize> {
    let own = shell.with_log(&folder(shell).join(format!("bindings-{language}.log")))?;
    let ended = own.run(commands.run(&own, &commands.test)?);
    let log = own.logged();
    shell.say(log.trim_end());
    ended?;
    match counted(&log) {
        0 => Err("no test ran".into()),
        count => Ok(count),
    }
}

/// How many tests passed, as our own programs, Python, Node.js and Go tell it.
fn counted(log: &str) -> usize {
    let told = pattern(
        r"(?m)^(?:([0-9]+) passed, 0 failed$|Ran ([0-9]+) tests|(?:#|ℹ) pass ([0-9]+)$|( *--- PASS: ))",
    );
    let count = |found: regex::Captures<'_>| {
        let number = (1..=3)
            .find_map(|group| found.get(group))
            .map(|number| number.as_str().parse().unwrap_or(0));
        number.unwrap_or(1)
    };
    told.captures_iter(log).map(count).sum()
}

fn reached(counts: &[(&str, usize)]) -> String {
    let sum: usize = counts.iter().map(|(_, count)| count).sum();
    let told: Vec<String> = counts
        .iter()
        .map(|(language, count)| format!("{language} {count}"))
        .collect();
    format!(
        "REACHED {sum} tests of their own of {} languages ({}), 0 failed",
        counts.len(),
        told.join(", ")
    )
}

/// With the profile that they were built with, whose build scripts and macros are there already.
fn linted(shell: &Shell) -> Done {
    for package in ["python", "nodejs", "java/native", "crossing/rust"] {
        let folder = Path::new("bindings").join(package);
        shell.run(cmd!("cargo", "fmt", "--check").dir(&folder))?;
        shell.run(
            cmd!(
                "cargo",
                "clippy",
                "--locked",
                "--release",
                "--",
                "-D",
                "warnings"
            )
            .dir(&folder),
        )?;
    }
    shell.run(cmd!("cargo", "fmt", "--all", "--check").dir("bindings/wasm"))?;
    let clippy = cmd!(
        "cargo",
        "clippy",
        "--locked",
        "--release",
        "--target",
        "wasm32-unknown-unknown",
        "-p",
        "cardseal-wasm",
        "--",
        "-D",
        "warnings"
    );
    shell.run(clippy.dir("bindings/wasm"))?;
    let python = programs(shell).join("python");
    shell.run(cmd!(
        python,
        "-m",
        "mypy",
        "--strict",
        "bindings/python/examples/recognize.py",
        "bindings/python/cardseal.pyi"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_counted_as_each_language_tells_them() {
        assert_eq!(counted("12 passed, 0 failed\n"), 12);
        assert_eq!(counted("Ran 7 tests in 0.1s\n\nOK\n"), 7);
        assert_eq!(counted("# pass 3\n# fail 0\nℹ pass 4\n"), 7);
        assert_eq!(
            counted(
                "=== RUN TestOne\n--- PASS: TestOne (0.00s)\n    --- PASS: TestOne/a (0.00s)\n"
            ),
            2
        );
        assert_eq!(counted("3 passed, 1 failed\nnothing ran\n"), 0);
    }

    #[test]
    fn a_readme_begins_with_its_two_commands() {
        let commands = Commands::read("```sh\nmake\nmake test\n```\n\n# C\n").unwrap();
        assert_eq!(
            (commands.build.as_str(), commands.test.as_str()),
            ("make", "make test")
        );
        assert!(Commands::read("# C\n\n```sh\nmake\n```\n").is_none());
    }

    #[test]
    fn the_sum_stands_before_the_languages() {
        let told = reached(&[("c", 5), ("go", 6)]);
        assert_eq!(
            told,
            "REACHED 11 tests of their own of 2 languages (c 5, go 6), 0 failed"
        );
    }
}
