//! Builds of less than everything: without HTTP, with one driver, without the gateway, with another crypto provider, for
//! the web, by the oldest compiler.

use std::collections::BTreeSet;
use std::fs;

use duct::cmd;

use crate::ci::step::Run;
use crate::output::pattern;
use crate::shell::{Done, Shell};
use crate::tools;

/// Where nothing is run, or next to nothing, macros and libraries need not be fast.
pub(super) const PLAIN: [&str; 2] = ["--config", "profile.dev.package.\"*\".opt-level=0"];

const HTTP_LIBRARIES: &[&str] = &[
    "hyper",
    "hyper-rustls",
    "hyper-util",
    "rustls",
    "tokio",
    "ureq",
];
const PRIVATE_KEYS: &[&str] = &["cardseal-gateway", "rsa", "sm2", "pkcs8"];

/// `cargo SUBCOMMAND --locked`, plainly.
fn plainly(shell: &Shell, subcommand: &str, arguments: &[&str]) -> Done {
    let own = [subcommand, "--locked"];
    shell.run(cmd("cargo", own.iter().chain(&PLAIN).chain(arguments)))
}

/// The core builds with no HTTP library in its tree, each driver alone, and for the web; the command line without its
/// gateway; all of it with the oldest compiler that Cargo.toml promises.
pub(super) fn features(run: &Run<'_>) -> Done {
    let shell = run.shell;
    let core = ["-p", "cardseal", "--no-default-features"];
    plainly(shell, "check", &["--no-default-features"])?;
    tree_lacks(shell, HTTP_LIBRARIES, &core)?;
    tree_lacks(
        shell,
        HTTP_LIBRARIES,
        &["-p", "cardseal-cli", "--no-default-features"],
    )?;
    without_gateway(shell)?;
    for driver in ["async", "blocking"] {
        plainly(
            shell,
            "check",
            &[&core[..], &["--features", driver]].concat(),
        )?;
    }
    plainly(
        shell,
        "check",
        &["-p", "cardseal-gateway", "--no-default-features"],
    )?;
    tools::toolchains(shell)?;
    plainly(
        shell,
        "check",
        &[&core[..], &["--target", "wasm32-unknown-unknown"]].concat(),
    )?;
    let oldest = tools::oldest(&fs::read_to_string("Cargo.toml")?)?;
    let by_oldest = [&format!("+{oldest}"), "check", "--locked"];
    let everything = ["--workspace", "--all-features"];
    shell.run(cmd(
        "cargo",
        by_oldest.iter().chain(&PLAIN).chain(&everything),
    ))?;
    shell.say(format!(
        "REACHED the library without HTTP, with each driver alone and for wasm32, the gateway alone, the command line \
         without it; all of it by Rust {oldest}"
    ));
    Ok(())
}

/// The command line as a bank installs it, with HTTP and without: no test gateway, no private keys and nothing that they
/// take. What it does and does not do is tested once.
fn without_gateway(shell: &Shell) -> Done {
    let build = ["-p", "cardseal-cli", "--no-default-features"];
    let http = [&build[..], &["--features", "http"]].concat();
    plainly(
        shell,
        "clippy",
        &[&http[..], &["--all-targets", "--", "-D", "warnings"]].concat(),
    )?;
    tree_lacks(shell, PRIVATE_KEYS, &http)?;
    tree_lacks(shell, PRIVATE_KEYS, &build)?;
    plainly(
        shell,
        "test",
        &[&build[..], &["--test", "without_gateway"]].concat(),
    )
}

/// Every crypto provider keeps the promises of the joint, and so do the example's and one with a third suite; the library's
/// own tests pass with the RustCrypto crates alone, and nothing in that build's tree is `unsafe` code of ours.
pub(super) fn providers(run: &Run<'_>) -> Done {
    let shell = run.shell;
    shell.run(cmd!(
        "cargo",
        "test",
        "--locked",
        "--workspace",
        "--test",
        "conformance",
        "--test",
        "third_suite",
        "--",
        "--nocapture"
    ))?;
    let alone = [
        "-p",
        "cardseal",
        "--no-default-features",
        "--features",
        "rust-crypto,async,blocking,tls-ring",
    ];
    let tests = [
        "--test",
        "scenarios",
        "--test",
        "known_answers",
        "--test",
        "sealing",
        "--test",
        "opening",
        "--test",
        "fields",
    ];
    shell.run(cmd(
        "cargo",
        ["test", "--locked"].iter().chain(&alone).chain(&tests),
    ))?;
    tree_lacks(shell, &["cardseal-kernels"], &alone)?;

    let tree = built(shell, &alone)?;
    let ours: BTreeSet<&str> = packages(&tree)
        .filter_map(|name| name.strip_prefix("cardseal-"))
        .collect();
    if !ours.contains("rustcrypto") {
        return Err("cardseal-rustcrypto is not in the tree of its own feature".into());
    }
    let roots = ours
        .into_iter()
        .chain(["pkcs11"])
        .map(|name| format!("crates/{name}/src/lib.rs"));
    for root in roots.chain(["src/lib.rs".to_owned()]) {
        if !fs::read_to_string(&root)?
            .lines()
            .any(|line| line.starts_with("#![forbid(unsafe_code)]"))
        {
            return Err(format!("{root} may use unsafe code").into());
        }
    }
    shell.say("REACHED the library's scenarios and known answers with rust-crypto alone, without the kernels in its tree");
    Ok(())
}

/// None of these packages is in what the arguments build, on any system. Each must be somewhere in the workspace: one that
/// is misspelt would never be found.
fn tree_lacks(shell: &Shell, names: &[&str], arguments: &[&str]) -> Done {
    let everything = shell.read(cmd!(
        "cargo",
        "tree",
        "--locked",
        "--workspace",
        "--all-features",
        "--target",
        "all",
        "-e",
        "normal",
        "--prefix",
        "none"
    ))?;
    lacks(names, &everything, &built(shell, arguments)?)
}

/// What the arguments build, on any system.
fn built(shell: &Shell, arguments: &[&str]) -> Done<String> {
    let tree = [
        "tree",
        "--locked",
        "--target",
        "all",
        "-e",
        "normal,build",
        "--prefix",
        "none",
    ];
    shell.read(cmd("cargo", tree.iter().chain(arguments)))
}

fn lacks(names: &[&str], everything: &str, tree: &str) -> Done {
    let (everything, tree): (BTreeSet<&str>, BTreeSet<&str>) =
        (packages(everything).collect(), packages(tree).collect());
    if tree.is_empty() {
        return Err("nothing is built".into());
    }
    for name in names {
        if !everything.contains(name) {
            return Err(format!("no package is called {name}").into());
        }
        if tree.contains(name) {
            return Err(format!("{name} is built").into());
        }
    }
    Ok(())
}

/// The packages in a tree without prefixes.
fn packages(tree: &str) -> impl Iterator<Item = &str> {
    let version = pattern("^v[0-9]");
    tree.lines().filter_map(move |line| {
        let (name, rest) = line.split_once(' ')?;
        version.is_match(rest).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "cardseal v0.1.0 (/src)\nhttp v1.3.1\nserde v1.0.228 (*)\n";

    #[test]
    fn what_is_built_is_found_by_its_whole_name() {
        assert!(lacks(&["http"], TREE, TREE).is_err());
        assert!(lacks(&["hyper"], "hyper v1.8.0\nhttp v1.3.1", TREE).is_ok());
        // `serde` is no `serde_json`.
        assert!(lacks(&["serde_json"], "serde_json v1.0.0", TREE).is_ok());
    }

    #[test]
    fn a_name_that_no_package_has_is_a_mistake() {
        let error = lacks(&["hiper"], TREE, TREE).unwrap_err();
        assert_eq!(error.to_string(), "no package is called hiper");
        assert!(lacks(&["http"], TREE, "").is_err());
    }
}
