//! The programs that measure: where they are, what they need, and how each is run.

use std::process::ExitCode;

use duct::cmd;

use crate::shell::{Done, Shell};

/// The options of `cargo xtask bench`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The program; without it they are listed
    name: Option<String>,
    /// Its own options, after `--`; `--write` puts the figures into the page that the list names
    #[arg(allow_hyphen_values = true, trailing_var_arg = true)]
    options: Vec<String>,
}

struct Bench {
    name: &'static str,
    measures: &'static str,
    /// What it needs beside Rust, and where that is said.
    needs: &'static str,
    /// Commands that build what it measures.
    before: &'static [&'static str],
    command: &'static str,
}

/// Each runs as the page beside it says.
const BENCHES: &[Bench] = &[
    Bench {
        name: "peers",
        measures: "sealing, opening and signing beside other implementations; --write: docs/performance.md",
        needs: "Java, Node.js and Python with their libraries (.ci/run peers)",
        before: &[],
        command: "cargo run --locked --release --manifest-path benches/peers/Cargo.toml --",
    },
    Bench {
        name: "calls",
        measures: "a whole call over TLS, by both drivers, beside the HTTP library of each alone; --write: docs/performance.md",
        needs: "nothing",
        before: &[],
        command: "cargo run --locked --release --manifest-path benches/calls/Cargo.toml --",
    },
    Bench {
        name: "aarch64",
        measures: "instructions that AArch64 takes, counted under emulation; --write: docs/performance.md",
        needs: "qemu-user, gcc and gcc-aarch64-linux-gnu",
        before: &[],
        command: "cargo run --locked --release --manifest-path benches/aarch64/Cargo.toml --",
    },
    Bench {
        name: "batch",
        measures: "a batch beside the official Python SDK and beside its bare calls",
        needs: "benches/batch/README.md",
        before: &[],
        command: "cargo run --locked --release --manifest-path benches/batch/Cargo.toml --",
    },
    Bench {
        name: "prepare",
        measures: "preparing a picture beside Pillow and libvips",
        needs: "benches/prepare/README.md",
        before: &[],
        command: "cargo run --locked --release --manifest-path benches/prepare/Cargo.toml --",
    },
    Bench {
        name: "debug-build",
        measures: "what a debug build pays",
        needs: "nothing",
        before: &[],
        command: "cargo run --locked --manifest-path benches/debug-build/Cargo.toml --",
    },
    Bench {
        name: "crossing",
        measures: "what it costs to cross into the library from each language; --write: docs/crossing.md",
        needs: "the bindings, built as bindings/crossing/README.md says",
        before: &[
            "cargo build --locked --release --manifest-path bindings/crossing/rust/Cargo.toml",
        ],
        command: "\"${CARDSEAL_PYTHON:-python3}\" bindings/crossing/run.py",
    },
    Bench {
        name: "queue",
        measures: "what the queue costs on one machine, for docs/scale.md; `many` as its option: with 200,000 cards",
        needs: "nats-server and age",
        before: &["cargo build --locked --release -p cardseal-cli"],
        command: "examples/queue/measure \"${CARGO_TARGET_DIR:-target}/release/cardseal\"",
    },
];

/// Lists the programs, or runs one.
///
/// # Errors
/// Where there is no such program, or it fails.
pub(crate) fn run(shell: &Shell, arguments: &Arguments) -> Done<ExitCode> {
    let Some(name) = &arguments.name else {
        for Bench {
            name,
            measures,
            needs,
            command,
            ..
        } in BENCHES
        {
            println!(
                "{name:<12} {measures}\n{:<12} needs: {needs}\n{:<12} {command}",
                "", ""
            );
        }
        return Ok(ExitCode::SUCCESS);
    };
    let names = || Vec::from_iter(BENCHES.iter().map(|bench| bench.name)).join(" ");
    let bench = BENCHES.iter().find(|bench| bench.name == name);
    let bench =
        bench.ok_or_else(|| format!("nothing called {name} measures; there are: {}", names()))?;
    for command in bench.before {
        shell.run(cmd!("bash", "-c", command))?;
    }
    let command = format!("exec {} \"$@\"", bench.command);
    let own = ["-c", &command, bench.name].map(str::to_owned).into_iter();
    shell.run(cmd("bash", own.chain(arguments.options.iter().cloned())))?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn what_is_named_is_there() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut files = 0;
        for bench in BENCHES {
            for word in bench
                .before
                .iter()
                .chain([&bench.command, &bench.needs])
                .flat_map(|text| text.split(' '))
            {
                let is_file = ["benches/", "bindings/", "examples/"]
                    .iter()
                    .any(|folder| word.starts_with(folder));
                if is_file {
                    assert!(root.join(word).exists(), "{}: {word}", bench.name);
                    files += 1;
                }
            }
        }
        assert!(files >= BENCHES.len(), "{files} files are few");
    }

    #[test]
    fn every_folder_that_measures_is_listed() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        for entry in std::fs::read_dir(root.join("benches")).unwrap() {
            let folder = format!("benches/{}/", entry.unwrap().file_name().to_string_lossy());
            assert!(
                BENCHES.iter().any(|bench| bench.command.contains(&folder)),
                "{folder}"
            );
        }
    }
}
