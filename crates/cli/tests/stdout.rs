//! A16: stdout that is closed or full. No answer is lost under exit code 0, and none that was paid for is lost at all.
#![cfg(all(unix, feature = "gateway"))]

mod common;

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use common::{Finished, PLAINTEXT, SECRET_ID, SECRET_KEY, SUITES, Scratch, finish, mode, seal};
use serde_json::Value;

/// Every command, and what is on its stdin. None of them needs an answer from beyond this host.
fn every_command(url: &str) -> Vec<(Vec<&str>, &'static str)> {
    let at = ["--endpoint", url];
    let tencent = |first: &[&'static str]| [first, &["--cloud", "tencent"]].concat();
    let picture = ["--key", "sm4-gcm/public.b64", "--image", "card.bmp"];
    let code = ["code", "--language", "curl", "--action", "IDCardOCR"];
    let gateway = ["gateway", "--listen", "127.0.0.1:0", "--keys", "sm4-gcm"];
    let secret = ["--secret-id", "i", "--secret-key-file", "secret"];
    let mut commands = vec![
        (vec!["--help"], ""),
        (vec!["--version"], ""),
        (vec!["demo"], ""),
        (vec!["keygen", "--suite", "sm4-gcm", "--out", "made"], ""),
        (
            vec!["seal", "--key", "sm4-gcm/public.b64", "--opener", "new"],
            PLAINTEXT,
        ),
        (vec!["open", "--opener", "opener"], "{}"),
        (vec!["inspect"], PLAINTEXT),
        (vec!["errors"], ""),
        (vec!["policy", "--actions", "IDCardOCR"], ""),
        (vec!["selftest"], ""),
        (vec!["completions", "bash"], ""),
        (vec!["man", "pages"], ""),
        (vec!["postman", "-o", "collection.json"], ""),
        (vec!["prepare", "card.bmp", "-o", "out.bmp"], ""),
        (vec!["usage", "--ledger", "l"], ""),
        (
            vec![
                "package", "add", "--action", "A", "--calls", "1", "--ledger", "l",
            ],
            "",
        ),
        (vec!["package", "list", "--ledger", "l"], ""),
        (vec!["explorer"], ""),
        (
            vec!["serve", "--listen", "127.0.0.1:0", "--token-file", "secret"],
            "",
        ),
        ([&code[..], &["--version", "2018-11-19"]].concat(), ""),
        ([&gateway[..], &secret].concat(), ""),
    ];
    let call = ["call", "--action", "IDCardOCR", "--version", "2018-11-19"];
    let batch = [
        "batch",
        "card.bmp",
        "--key",
        "sm4-gcm/public.b64",
        "--out",
        "r",
    ];
    for calls in [
        [&tencent(&["recognize"])[..], &picture, &at].concat(),
        [&tencent(&call)[..], &at].concat(),
        [&tencent(&batch)[..], &at].concat(),
        [&tencent(&["doctor"])[..], &at].concat(),
    ] {
        commands.push((calls, ""));
    }
    commands
}

fn with_files() -> Scratch {
    let scratch = Scratch::with_keys();
    fs::write(scratch.path("card.bmp"), common::bitmap(58)).unwrap();
    seal(&scratch, "sm4-gcm", &[], PLAINTEXT).expect_code(0);
    scratch
}

/// The command with credentials, and with a state folder of its own.
fn prepared(scratch: &Scratch, arguments: &[&str]) -> Command {
    let mut command = scratch.command(arguments);
    command
        .env("TENCENTCLOUD_SECRET_ID", SECRET_ID)
        .env("TENCENTCLOUD_SECRET_KEY", SECRET_KEY)
        .env("XDG_STATE_HOME", scratch.path("state"));
    command
}

/// The same command as a shell starts it with `>&-`.
fn without_stdout(command: &Command) -> Command {
    let mut shell = Command::new("/bin/sh");
    shell
        .args(["-c", "exec \"$0\" \"$@\" >&-"])
        .arg(command.get_program())
        .args(command.get_args())
        .current_dir(command.get_current_dir().unwrap())
        .env_clear()
        .envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    shell
}

fn full(mut command: Command) -> Command {
    command.stdout(File::options().write(true).open("/dev/full").unwrap());
    command
}

#[test]
fn a16_without_a_stdout_nothing_is_begun() {
    let scratch = with_files();
    let gateway = scratch.gateway(&[]);
    let before = scratch.files();
    let opener = scratch.read("opener");
    for (arguments, stdin) in every_command(&gateway.url) {
        let command = without_stdout(&prepared(&scratch, &arguments));
        let told = finish(command, stdin.as_bytes()).expect_code(2);
        let told = told.says("stdout is closed").says("nothing was done");
        assert_eq!(scratch.files(), before, "{arguments:?} {told:?}");
    }
    assert_eq!(scratch.read("opener"), opener);
    let (_, log) = gateway.end(rustix::process::Signal::TERM);
    assert_eq!(log, "", "something was sent");
}

#[test]
fn a16_a_stdout_that_is_thrown_away_is_no_closed_one() {
    let scratch = with_files();
    // As Python's DEVNULL opens it: that is what the standard library puts in a closed one's place, too.
    for options in [
        File::options().write(true),
        File::options().read(true).write(true),
    ] {
        let mut command = prepared(&scratch, &["inspect", "opener"]);
        command.stdout(options.open("/dev/null").unwrap());
        finish(command, b"").expect_code(0);
    }
}

/// The file that a message says an answer was kept in.
fn kept(told: &Finished, scratch: &Scratch) -> PathBuf {
    let last = told.stderr.lines().last().unwrap_or_default();
    let quoted = last.split('`').nth(1).unwrap_or_default();
    let path = PathBuf::from(quoted);
    assert!(path.starts_with(scratch.path("state")), "{told:?}");
    assert_eq!(mode(&path), 0o600);
    path
}

fn read(path: &PathBuf) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

#[test]
fn a16_an_answer_that_was_billed_is_kept() {
    let scratch = with_files();
    let gateway = scratch.gateway(&[]);
    scratch.write("body", r#"{"ImageUrl":"https://h.example/card.jpg"}"#);
    let card = [
        "recognize",
        "--cloud",
        "tencent",
        "--endpoint",
        &gateway.url,
    ];
    let picture = ["--key", "sm4-gcm/public.b64", "--image", "card.bmp"];
    let call = [
        "call",
        "--cloud",
        "tencent",
        "--endpoint",
        &gateway.url,
        "--body",
        "body",
    ];
    let action = ["--action", "IDCardOCR", "--version", "2018-11-19"];
    for (arguments, name) in [
        ([&card[..], &picture].concat(), "/result/Name"),
        ([&card[..], &picture, &["--json"]].concat(), "/result/Name"),
        ([&call[..], &action].concat(), "/Name"),
    ] {
        let good = finish(prepared(&scratch, &arguments), b"").expect_code(0);
        let told = finish(full(prepared(&scratch, &arguments)), b"").expect_code(2);
        assert!(!told.stderr.contains("run this again"), "{told:?}");
        let found = read(&kept(&told, &scratch));
        let name = found
            .pointer(name)
            .and_then(Value::as_str)
            .unwrap_or_default();
        assert!(
            !name.is_empty() && good.stdout.contains(name),
            "{found} {good:?}"
        );
        // A reader that is gone is told the same.
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut broken = prepared(&scratch, &arguments);
        broken.stdout(writer);
        let told = finish(broken, b"").expect_code(2);
        kept(&told, &scratch);
    }
}

#[test]
fn a16_what_opens_once_is_kept_and_what_stays_is_not() {
    for suite in SUITES {
        let scratch = Scratch::with_keys();
        let sealed = seal(&scratch, suite, &[], PLAINTEXT).expect_code(0).stdout;
        scratch.forget("opener");
        let again = ["open", "--opener", "opener", "--keep"];
        let told = finish(full(prepared(&scratch, &again)), sealed.as_bytes());
        told.expect_code(2).says("run this again");
        assert!(scratch.exists("opener") && !scratch.exists("state"));
        let once = finish(full(prepared(&scratch, &again[..3])), sealed.as_bytes()).expect_code(2);
        let path = kept(&once, &scratch);
        assert_eq!(fs::read_to_string(path).unwrap(), PLAINTEXT);
        assert!(!scratch.exists("opener"));
    }
}

#[test]
fn a16_an_answer_that_cannot_be_kept_is_told_to_be_lost() {
    let scratch = with_files();
    let gateway = scratch.gateway(&[]);
    let card = [
        "recognize",
        "--cloud",
        "tencent",
        "--endpoint",
        &gateway.url,
    ];
    let picture = [
        "--key",
        "sm4-gcm/public.b64",
        "--image",
        "card.bmp",
        "--no-ledger",
    ];
    let mut command = prepared(&scratch, &[&card[..], &picture].concat());
    command
        .env("XDG_STATE_HOME", "/dev/null/state")
        .env("TMPDIR", "/dev/null/tmp");
    let told = finish(full(command), b"").expect_code(2);
    told.says("it is lost").says("may be billed again");
}

#[test]
fn a16_what_was_done_all_the_same_is_told() {
    let scratch = with_files();
    let gateway = scratch.gateway(&[]);
    let batch = [
        "batch",
        "--cloud",
        "tencent",
        "card.bmp",
        "--key",
        "sm4-gcm/public.b64",
    ];
    let out = ["--out", "r", "--endpoint", &gateway.url];
    for (arguments, says, file) in [
        (
            vec!["keygen", "--suite", "sm4-gcm", "--out", "made"],
            "all the same",
            "made/public.pem",
        ),
        (
            vec!["prepare", "card.bmp", "-o", "out.bmp"],
            "all the same",
            "out.bmp",
        ),
        (vec!["man", "pages"], "all the same", "pages/cardseal.1"),
        (
            vec![
                "package", "add", "--action", "A", "--calls", "1", "--ledger", "l", "--json",
            ],
            "would count it twice",
            "l",
        ),
        ([&batch[..], &out].concat(), "--resume", "r"),
    ] {
        let told = finish(full(prepared(&scratch, &arguments)), b"").expect_code(2);
        let told = told.says(says);
        assert!(scratch.exists(file), "{arguments:?}");
        assert!(!told.stderr.contains("run this again"), "{told:?}");
    }
    // What a batch printed is printed again, and nothing is called for it.
    let again = [&batch[..], &out, &["--resume", "--json"]].concat();
    let summary = finish(prepared(&scratch, &again), b"")
        .expect_code(0)
        .json();
    assert_eq!(summary["skipped"], 1);
}
