//! The tests as the README runs them, those that run once more if they fail, and those that take a machine of their own.

use std::path::PathBuf;

use duct::{Expression, cmd};

use crate::ci::step::Run;
use crate::shell::{Done, Shell};
use crate::tools::{self, Missing, find, folder, node, python};

/// As a program is built that takes the library and sets no profile of its own; ours is linked for longer.
fn optimised(command: Expression) -> Expression {
    command
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
}

/// The command is the README's.
pub(super) fn demo(run: &Run<'_>) -> Done {
    run.shell.run(optimised(cmd!(
        "cargo",
        "run",
        "--locked",
        "--release",
        "--",
        "demo"
    )))
}

/// The command is the README's. What failed runs once more and by itself, on two threads: what fails twice is at fault.
pub(super) fn all(run: &Run<'_>) -> Done {
    let shell = run.shell.with_env("CARDSEAL_NO_SKIP", "1")?;
    let first = cmd!("cargo", "test", "--locked", "--workspace", "--no-fail-fast");
    let Err(error) = shell.run(first) else {
        return Ok(());
    };
    let targets = run.failed_once();
    // It did not come so far that tests failed.
    if targets.is_empty() {
        return Err(error);
    }
    let shell = shell.with_env("RUST_TEST_THREADS", "2")?;
    for target in targets {
        let again = ["test", "--locked", "--workspace"]
            .into_iter()
            .map(str::to_owned)
            .chain(target);
        shell.run(cmd("cargo", again))?;
    }
    Ok(())
}

/// Memory once more as a release leaves it: what a compiler keeps where is not what a test build keeps there.
pub(super) fn residue(run: &Run<'_>) -> Done {
    let test = cmd!(
        "cargo",
        "test",
        "--locked",
        "--release",
        "-p",
        "cardseal",
        "--test",
        "residue",
        "--",
        "--nocapture"
    );
    run.shell.run(optimised(test.env("CARDSEAL_NO_SKIP", "1")))
}

/// The command line as the tests build it, so that it is built once for all steps.
pub(crate) fn command_line(shell: &Shell) -> Done<PathBuf> {
    shell.run(cmd!(
        "cargo",
        "test",
        "--locked",
        "--workspace",
        "--test",
        "serve",
        "--no-run"
    ))?;
    Ok(shell.target().join("debug/cardseal"))
}

/// The sidecar answers as its own description says, asked by a program that reads nothing else. It has Python packages of
/// its own versions.
pub(super) fn sidecar(run: &Run<'_>) -> Done {
    let programs = python(run.shell, "schemathesis", &["schemathesis"])?;
    let cardseal = command_line(run.shell)?;
    run.shell.run(cmd!(
        "crates/sidecar/tests/described",
        cardseal,
        programs.join("st")
    ))
}

/// Ten thousand idle connections, slow ones and floods.
pub(super) fn sidecar_load(run: &Run<'_>) -> Done {
    run.twice(|| {
        let test = cmd!(
            "cargo",
            "test",
            "--locked",
            "--workspace",
            "--test",
            "serve",
            "--",
            "--nocapture",
            "idle_slow_and_flooding"
        );
        run.shell.run(test.env("CARDSEAL_LOAD", "full"))
    })
}

/// The queue through a thousand cards' worth of faults; and the examples of its deployment.
pub(super) fn queue(run: &Run<'_>) -> Done {
    run.twice(|| {
        let test = cmd!(
            "cargo",
            "test",
            "--locked",
            "--workspace",
            "--test",
            "queue",
            "--",
            "--nocapture",
            "the_history"
        );
        run.shell.run(
            test.env("CARDSEAL_NO_SKIP", "1")
                .env("CARDSEAL_QUEUE_CARDS", "1000"),
        )?;
        let programs = python(
            run.shell,
            "manifests",
            &["kubernetes-validate", "check-jsonschema"],
        )?;
        let cardseal = command_line(run.shell)?;
        run.shell
            .run(cmd!("examples/queue/check", cardseal, programs))
    })
}

/// The explorer's page in headless Chromium. Its screenshots stay in target/ci/browser.
pub(super) fn browser(run: &Run<'_>) -> Done {
    run.twice(|| {
        // The page is Chinese, too, and a screenshot of boxes shows nothing.
        let fonts = run.shell.read(cmd!("fc-list", ":lang=zh")).is_ok_and(|listed| !listed.is_empty());
        Missing::default()
            .each(&["chromium", "npm"])
            .programs("nodejs", &["node"])
            .unless(fonts, "fonts-noto-cjk")
            .unless(fonts, "fontconfig")
            .install(run.shell)?;
        let modules = node(run.shell, "browser-node", &["playwright-core", "axe-core"])?;
        let cardseal = command_line(run.shell)?;
        let page = cmd!("node", "crates/explorer/tests/browser/run.mjs")
            .env("CARDSEAL", cardseal)
            .env("CHROMIUM", find("chromium").ok_or("chromium is not there")?)
            .env("SHOTS", folder(run.shell).join("browser"))
            .env("NODE_PATH", modules);
        run.shell.run(page)?;
        run.shell.say(
            "REACHED the explorer's page in Chromium: both suites, tampering, attackers, keyboard, two languages, \
             axe-core without findings",
        );
        Ok(())
    })
}

/// What is seen of calls, the proof that no secret is among it, and the example with OpenTelemetry: one span, of this name.
pub(super) fn observability(run: &Run<'_>) -> Done {
    run.shell.run(cmd!(
        "cargo",
        "test",
        "--locked",
        "--workspace",
        "--features",
        "cardseal/observability",
        "--test",
        "observability",
        "--test",
        "logs",
        "--",
        "--nocapture"
    ))?;
    let target = tools::folder(run.shell).join("examples");
    let programs = [
        "--manifest-path",
        "examples/programs/Cargo.toml",
        "--target-dir",
    ];
    let example = ["run", "--locked", "--quiet", "--bin", "opentelemetry"]
        .into_iter()
        .chain(programs);
    let seen = run.shell.read(cmd(
        "cargo",
        example
            .map(Into::into)
            .chain([target.clone().into_os_string()]),
    ))?;
    if !seen.contains("RecognizeEncryptedIDCardOCR") {
        return Err(format!("the example shows no span of the call:\n{seen}").into());
    }
    let tests = ["test", "--locked"].into_iter().chain(programs);
    run.shell.run(cmd(
        "cargo",
        tests.map(Into::into).chain([target.into_os_string()]),
    ))
}
