//! A limit on the size of files (`ulimit -f`): whatever writes says so and goes on or ends in order. It is what a full disk
//! does, without one.
#![cfg(all(unix, feature = "gateway", feature = "ledger"))]

mod common;

use std::process::{Command, Stdio};

use common::{Finished, PLAINTEXT, Scratch, finish};

/// Runs it where no file may get more than this many blocks of 512 bytes.
fn limited(scratch: &Scratch, blocks: u32, arguments: &[&str], stdin: &str) -> Finished {
    let plain = scratch.command(arguments);
    under_a_limit(scratch, blocks, &plain, stdin)
}

fn under_a_limit(scratch: &Scratch, blocks: u32, plain: &Command, stdin: &str) -> Finished {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit -f {blocks}; exec \"$0\" \"$@\"")]);
    command.arg(plain.get_program()).args(plain.get_args());
    command.current_dir(scratch.path(".")).env_clear();
    for (name, value) in plain.get_envs() {
        command.env(name, value.unwrap());
    }
    command.env("PATH", "/usr/bin:/bin");
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command.stderr(Stdio::piped());
    finish(command, stdin.as_bytes())
}

#[test]
fn a14_no_command_dies_of_a_file_that_may_not_grow() {
    let scratch = Scratch::with_keys();
    std::fs::write(scratch.path("card.bmp"), common::bitmap(4096)).unwrap();
    for (arguments, stdin) in [
        (&["keygen", "--suite", "sm4-gcm", "--out", "new"][..], ""),
        (
            &["seal", "--key", "sm4-gcm/public.b64", "--opener", "opener"],
            PLAINTEXT,
        ),
        (&["prepare", "card.bmp", "-o", "out.bmp"], ""),
        (&["postman", "-o", "collection.json"], ""),
        (&["man", "pages"], ""),
    ] {
        limited(&scratch, 0, arguments, stdin).expect_error(2);
    }
    assert!(!scratch.exists("out.bmp") && !scratch.exists("collection.json"));
}

#[test]
fn a14_a_ledger_that_may_not_grow_is_named_and_can_be_read() {
    let scratch = Scratch::new();
    let add = [
        "package",
        "add",
        "--action",
        "IDCardOCR",
        "--calls",
        "7",
        "--ledger",
        "ledger",
    ];
    scratch.run(&add, "").expect_code(0);
    let list = ["package", "list", "--ledger", "ledger", "--json"];
    let told = limited(&scratch, 8, &list, "").expect_code(0).json();
    assert_eq!(told[0]["left"], 7, "{told}");
    let usage = ["usage", "--ledger", "ledger", "--json"];
    let told = limited(&scratch, 8, &usage, "").expect_code(0).json();
    assert_eq!(told["packages"][0]["calls"], 7, "{told}");
    let refused = limited(&scratch, 8, &add, "").expect_error(2);
    let refused = refused.says("the disk is full").says("limit of file size");
    assert!(
        !refused.stderr.contains("permissions"),
        "{}",
        refused.stderr
    );
    let left = scratch.run(&list, "").expect_code(0).json();
    assert_eq!(left.as_array().unwrap().len(), 1, "{left}");
}

#[test]
fn a14_an_answer_is_printed_though_its_call_cannot_be_noted() {
    let scratch = Scratch::with_keys();
    let gateway = scratch.gateway(&[]);
    let plain = scratch.recognizing(&[
        "--key",
        "sm4-gcm/public.b64",
        "--endpoint",
        &gateway.url,
        "--url",
        "https://h.example/card.jpg",
        "--ledger",
        "ledger",
        "--json",
    ]);
    let told = under_a_limit(&scratch, 0, &plain, "").expect_code(0);
    assert!(told.stderr.contains("the disk is full"), "{}", told.stderr);
    assert!(told.json()["result"].is_object());
}
