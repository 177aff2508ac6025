//! The kernels where a test build does not look: under valgrind, interpreted, with their memory watched, on the other
//! architecture.

use std::thread;

use duct::cmd;

use crate::ci::step::Run;
use crate::output::{Counts, pattern};
use crate::shell::{Done, Shell};
use crate::tools::{folder, nightly, toolchains};

const KERNEL_TESTS: [&str; 17] = [
    "--lib",
    "--test",
    "aes256_cbc",
    "--test",
    "aes256_cbc_decrypt",
    "--test",
    "differential",
    "--test",
    "sealing_beside_hash",
    "--test",
    "published_vectors",
    "--test",
    "refusal",
    "--test",
    "wycheproof",
    "--test",
    "wycheproof_ghash",
];

/// Fewer than this, and a filter no longer fits: it would pass with nothing interpreted.
const INTERPRETED: usize = 55;

/// Under valgrind, with keys marked undefined: nothing may branch on them or use them as an address. The tests count what
/// valgrind reports; the planted leaks among them must be reported.
pub(super) fn taint(run: &Run<'_>) -> Done {
    let build = cmd!(
        "cargo",
        "test",
        "--locked",
        "--release",
        "-p",
        "cardseal-kernels",
        "--lib",
        "--no-run"
    );
    let told = run.shell.read(build.stderr_to_stdout())?;
    let binary = pattern(r"Executable.*\((.*)\)")
        .captures(&told)
        .map(|found| found[1].to_owned());
    let binary = binary.ok_or_else(|| format!("Cargo names no program:\n{told}"))?;
    run.shell.run(cmd!(
        "valgrind",
        "--quiet",
        binary,
        "taint",
        "--test-threads=1"
    ))?;
    // What the CPU that valgrind emulates cannot run is read off the machine code, as our own profile makes it.
    let read_off = cmd!(
        "cargo",
        "test",
        "--locked",
        "--release",
        "-p",
        "cardseal-kernels",
        "--test",
        "disassembly",
        "--test",
        "secret_taint",
        "--",
        "--nocapture"
    );
    run.shell.run(read_off.env("CARDSEAL_NO_SKIP", "1"))
}

/// The kernels on the other architecture: its own instructions and the portable code, under emulation.
pub(super) fn aarch64(run: &Run<'_>) -> Done {
    let shell = run
        .shell
        .with_env(
            "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER",
            "aarch64-linux-gnu-gcc",
        )?
        .with_env(
            "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER",
            "qemu-aarch64 -L /usr/aarch64-linux-gnu",
        )?;
    let test = [
        "test",
        "--locked",
        "-p",
        "cardseal-kernels",
        "--target",
        "aarch64-unknown-linux-gnu",
    ];
    toolchains(&shell)?;
    shell.run(cmd(
        "cargo",
        test.iter()
            .chain(&KERNEL_TESTS)
            .chain(&["--", "--nocapture"]),
    ))?;
    if !shell.logged().contains("ran on: neon-aes, portable") {
        return Err("the tests did not run on neon-aes".into());
    }
    let wraps = [
        "--test",
        "sm2_wrap",
        "--test",
        "rsa_wrap",
        "--",
        "reproduced",
        "unwrapped",
    ];
    shell.run(cmd("cargo", test.iter().chain(&wraps)))
}

/// The portable kernels interpreted, so that undefined behaviour cannot hide; and beside them what the library reads,
/// checks and writes. Nothing there takes a key wrap or the network: an interpreter would take minutes for each.
pub(super) fn miri(run: &Run<'_>) -> Done {
    let shell = run.shell.with_env(
        "MIRIFLAGS",
        "-Zmiri-strict-provenance -Zmiri-disable-isolation",
    )?;
    // An interpreter has one thread for all.
    let shell = shell.with_env("RUST_TEST_THREADS", "1")?;
    toolchains(&shell)?;
    shell.run(cmd!("cargo", "+nightly", "miri", "setup"))?;
    let library = shell.with_log(&folder(&shell).join("miri-library.log"))?;
    let (kernels, ended) = thread::scope(|scope| {
        let beside = scope.spawn(|| miri_library(&library));
        (miri_kernels(&shell), beside.join())
    });
    let (log, ran) = (library.logged(), Counts::of(&library.logged()).passed);
    shell.say(log.trim_end());
    kernels?;
    ended.map_err(|_| "the library's tests came to no end")??;
    shell.say(format!(
        "REACHED {ran} tests of the library interpreted by Miri, without undefined behaviour"
    ));
    if ran < INTERPRETED {
        return Err(
            format!("{ran} tests are fewer than {INTERPRETED}: a filter no longer fits").into(),
        );
    }
    Ok(())
}

fn miri_kernels(shell: &Shell) -> Done {
    let test = [
        "+nightly",
        "miri",
        "test",
        "--locked",
        "-p",
        "cardseal-kernels",
    ];
    let portable = [
        "--test",
        "differential",
        "--test",
        "published_vectors",
        "--test",
        "refusal",
        "--",
        "--skip",
        "random_cases",
    ];
    shell.run(cmd("cargo", test.iter().chain(&portable)))?;
    let numbers = [
        "--lib",
        "--",
        "rsa::",
        "only_canonical",
        "zero_is_recognised",
    ];
    shell.run(cmd("cargo", test.iter().chain(&numbers)))
}

fn miri_library(shell: &Shell) -> Done {
    let target = folder(shell).join("miri").into_os_string();
    let test = [
        "+nightly",
        "miri",
        "test",
        "--locked",
        "-p",
        "cardseal",
        "--no-default-features",
        "--features",
        "kernels",
        "--target-dir",
    ];
    let run = |rest: &[&str]| {
        let arguments = test.iter().map(Into::into).chain([target.clone()]);
        shell.run(cmd("cargo", arguments.chain(rest.iter().map(Into::into))))
    };
    run(&[
        "--lib",
        "--",
        "clock::",
        "credential::",
        "envelope::p",
        "error::",
        "personal::",
        "retry::",
        "sign::",
        "wire::",
        "--skip",
        "cloud::",
        "--skip",
        "what_could_be_read_in_two_ways",
    ])?;
    run(&[
        "--test",
        "key_text",
        "--test",
        "opened",
        "--test",
        "opening",
        "--",
        "read_strictly",
        "refusal_is_read",
        "no_reply",
        "private_key",
        "label",
        "no_key",
    ])
}

/// Every x86 kernel with its memory watched. Left out is what only repeats the same accesses.
pub(super) fn asan(run: &Run<'_>) -> Done {
    nightly(run.shell)?;
    let test = ["+nightly", "test", "--locked", "-p", "cardseal-kernels"];
    let watched = ["--target", "x86_64-unknown-linux-gnu", "--target-dir"];
    let left_out = [
        "--",
        "--nocapture",
        "--skip",
        "a_million_rounds",
        "--skip",
        "in_between",
    ];
    let arguments = test
        .iter()
        .chain(&KERNEL_TESTS)
        .chain(&watched)
        .map(Into::into);
    let arguments = arguments.chain([folder(run.shell).join("asan").into_os_string()]);
    let test = cmd("cargo", arguments.chain(left_out.iter().map(Into::into)));
    run.shell.run(test.env("RUSTFLAGS", "-Zsanitizer=address"))
}
