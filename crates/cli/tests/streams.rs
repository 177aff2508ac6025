//! Streams that are full or closed, and signals: no panic, no half output taken for whole, no key left behind.
#![cfg(all(unix, feature = "gateway"))]

mod common;

use std::fs::File;
use std::time::{Duration, Instant};

use common::{PLAINTEXT, Scratch, finish, heed_signals, seal};
use rustix::process::{Pid, Signal, kill_process};

/// Every command that prints something on success.
fn printing(scratch: &Scratch) -> Vec<(Vec<&'static str>, String)> {
    let sealed = seal(scratch, "sm4-gcm", &[], PLAINTEXT)
        .expect_code(0)
        .stdout;
    scratch.forget("opener");
    let mut commands = vec![
        (vec!["--version"], String::new()),
        (vec!["seal", "--help"], String::new()),
        (
            vec!["keygen", "--suite", "sm4-gcm", "--out", "made"],
            String::new(),
        ),
        (
            vec!["seal", "--key", "sm4-gcm/public.b64", "--opener", "new"],
            PLAINTEXT.to_owned(),
        ),
        (vec!["open", "--opener", "opener", "--keep"], sealed.clone()),
        (
            vec!["open", "--opener", "opener", "--keep", "--json"],
            sealed.clone(),
        ),
        (vec!["inspect"], sealed),
    ];
    commands.push((vec!["demo"], String::new()));
    commands.push((vec!["demo", "--json"], String::new()));
    let gateway = [
        "gateway",
        "--listen",
        "127.0.0.1:0",
        "--keys",
        "sm4-gcm",
        "--secret-id",
        "i",
        "--secret-key-file",
        "secret",
    ];
    commands.push((gateway.to_vec(), String::new()));
    commands
}

#[test]
fn a_full_or_closed_stdout_is_an_error_and_no_panic() {
    let scratch = Scratch::with_keys();
    for (arguments, stdin) in printing(&scratch) {
        let mut full = scratch.command(&arguments);
        full.stdout(File::options().write(true).open("/dev/full").unwrap());
        finish(full, stdin.as_bytes())
            .expect_code(2)
            .says("stdout cannot be written");

        let _ = std::fs::remove_dir_all(scratch.path("made"));
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut closed = scratch.command(&arguments);
        closed.stdout(writer);
        finish(closed, stdin.as_bytes())
            .expect_code(2)
            .says("stdout cannot be written");
        assert!(
            !scratch.exists("new"),
            "an opener file of a request that was not handed over"
        );
        let _ = std::fs::remove_dir_all(scratch.path("made"));
    }
}

#[test]
fn a_closed_stderr_changes_nothing() {
    let scratch = Scratch::with_keys();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = scratch.command(&["seal", "--key", "sm4-gcm/private.pem", "--opener", "o"]);
    command.stderr(writer);
    assert_eq!(command.output().unwrap().status.code(), Some(3));
}

#[test]
fn a19_an_interrupted_seal_leaves_no_opener_file() {
    heed_signals();
    for signal in [
        Signal::INT,
        Signal::TERM,
        Signal::HUP,
        Signal::QUIT,
        Signal::USR1,
        Signal::USR2,
        Signal::ALARM,
        Signal::XCPU,
        Signal::VTALARM,
        Signal::PROF,
    ] {
        let scratch = Scratch::with_keys();
        let before = scratch.files();
        let mut command =
            scratch.command(&["seal", "--key", "sm4-gcm/public.b64", "--opener", "opener"]);
        command.stdin(File::open(big_plaintext(&scratch)).unwrap());
        let mut child = command.spawn().unwrap();
        // Nobody reads its stdout, so it stops in the middle of handing the request over.
        wait_until(|| scratch.exists("opener"));
        std::thread::sleep(Duration::from_millis(100));
        kill_process(Pid::from_child(&child), signal).unwrap();
        let status = child.wait().unwrap();
        assert_eq!(status.code(), None, "it ended by itself: {status:?}");
        std::fs::remove_file(scratch.path("plaintext")).unwrap();
        assert_eq!(scratch.files(), before);
    }
}

#[test]
fn an_interrupted_recognition_ends_at_once_and_says_nothing_that_could_pass_for_an_answer() {
    heed_signals();
    let scratch = Scratch::with_keys();
    let service = std::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).unwrap();
    let endpoint = format!("http://{}", service.local_addr().unwrap());
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let before = scratch.files();
        let key = ["--key", "sm4-gcm/public.b64", "--endpoint", &endpoint];
        let card = ["--url", "https://h.example/card.jpg", "--json"];
        let child = scratch
            .recognizing(&[&key[..], &card].concat())
            .spawn()
            .unwrap();
        // The service takes the request and never answers.
        let (mut connection, _) = service.accept().unwrap();
        std::io::Read::read_exact(&mut connection, &mut [0; 64]).unwrap();
        kill_process(Pid::from_child(&child), signal).unwrap();
        let started = Instant::now();
        let output = child.wait_with_output().unwrap();
        // The call itself would wait for a minute.
        assert!(started.elapsed() < Duration::from_secs(30), "{signal:?}");
        assert_eq!(output.status.code(), None, "it ended by itself: {output:?}");
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(!stderr.contains(common::SECRET_KEY), "{stderr}");
        assert_eq!(scratch.files(), before);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a19_nohup_protects_a_seal() {
    let scratch = Scratch::with_keys();
    let mut command = std::process::Command::new("nohup");
    command
        .arg(env!("CARGO_BIN_EXE_cardseal"))
        .args(["seal", "--key", "sm4-gcm/public.b64", "--opener", "opener"])
        .current_dir(scratch.path("."))
        .stdin(File::open(big_plaintext(&scratch)).unwrap())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    let child = command.spawn().unwrap();
    wait_until(|| scratch.exists("opener"));
    kill_process(Pid::from_child(&child), Signal::HUP).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(scratch.exists("opener") && output.stdout.ends_with(b"}\n"));
}

/// Whatever ends with the power, the name of an opener is on the disk before its request is out.
#[cfg(target_os = "linux")]
#[test]
fn a19_an_opener_and_its_name_are_on_the_disk_before_the_request_is_out() {
    let scratch = Scratch::with_keys();
    std::fs::create_dir(scratch.path("kept")).unwrap();
    scratch.write("plaintext", PLAINTEXT);
    let mut command = std::process::Command::new("strace");
    command
        .args([
            "-f",
            "-y",
            "-e",
            "trace=fsync,fdatasync,rename,renameat,renameat2,link,linkat,write",
            "-o",
            "calls",
        ])
        .arg(env!("CARGO_BIN_EXE_cardseal"))
        .args([
            "seal",
            "--key",
            "sm4-gcm/public.b64",
            "--opener",
            "kept/opener",
        ])
        .current_dir(scratch.path("."))
        .stdin(File::open(scratch.path("plaintext")).unwrap());
    let output = match command.output() {
        Ok(output) => output,
        Err(error) => {
            return common::skip("fsync", &format!("strace: {error}"));
        }
    };
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let calls = scratch.read("calls");
    let first = |what: &dyn Fn(&str) -> bool| {
        let found = calls.lines().position(what);
        found.unwrap_or_else(|| panic!("not among:\n{calls}"))
    };
    let synced = |line: &str| line.contains("sync(") && line.ends_with("= 0");
    let file = first(&|line| synced(line) && line.contains("/kept/.cardseal-"));
    let name = first(&|line| {
        (line.contains("rename") || line.contains("link"))
            && line.contains("opener")
            && line.ends_with("= 0")
    });
    let folder = first(&|line| synced(line) && line.contains("/kept>"));
    let out = first(&|line| line.contains("write(1<"));
    assert!(
        file < name && name < folder && folder < out,
        "{file} {name} {folder} {out}:\n{calls}"
    );
}

#[test]
fn a_call_on_its_way_when_a_signal_ends_it_is_in_the_ledger() {
    heed_signals();
    let scratch = Scratch::with_keys();
    let service = std::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).unwrap();
    let endpoint = format!("http://{}", service.local_addr().unwrap());
    let recognize = [
        "recognize",
        "--cloud",
        "tencent",
        "--key",
        "sm4-gcm/public.b64",
        "--url",
        "https://h.example/a.jpg",
    ];
    let call = [
        "call",
        "--cloud",
        "tencent",
        "--action",
        "IDCardOCR",
        "--version",
        "2018-11-19",
    ];
    for (at, (command, signal)) in [
        (&recognize[..], Signal::INT),
        (&recognize, Signal::TERM),
        (&call, Signal::HUP),
        (&call, Signal::QUIT),
    ]
    .into_iter()
    .enumerate()
    {
        let usual = ["--endpoint", &endpoint, "--ledger", "ledger"];
        let child = scratch
            .command(&[command, &usual].concat())
            .env("TENCENTCLOUD_SECRET_ID", common::SECRET_ID)
            .env("TENCENTCLOUD_SECRET_KEY", common::SECRET_KEY)
            .spawn()
            .unwrap();
        // The service takes the request and never answers.
        let (mut connection, _) = service.accept().unwrap();
        std::io::Read::read_exact(&mut connection, &mut [0; 64]).unwrap();
        kill_process(Pid::from_child(&child), signal).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), None, "it ended by itself: {output:?}");
        let usage = scratch.run(&["usage", "--json", "--ledger", "ledger"], "");
        let usage = usage.expect_code(0).json();
        assert_eq!(usage["calls"], at + 1, "{signal:?}: {usage}");
        assert_eq!(usage["by_code"]["transport"], at + 1, "{signal:?}: {usage}");
    }
}

/// More than a pipe holds.
fn big_plaintext(scratch: &Scratch) -> std::path::PathBuf {
    let text = format!(r#"{{"ImageBase64":"{}"}}"#, "A".repeat(1 << 20));
    scratch.write("plaintext", &text);
    scratch.path("plaintext")
}

fn wait_until(done: impl Fn() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < Duration::from_secs(120), "waited in vain");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn the_gateway_ends_cleanly_when_told_to() {
    let scratch = Scratch::with_keys();
    for signal in [Signal::INT, Signal::TERM] {
        let gateway = scratch.gateway(&[]);
        let arguments = ["--key", "sm4-gcm/public.b64", "--endpoint", &gateway.url];
        let url = ["--url", "https://h.example/name-of-somebody.jpg"];
        scratch
            .recognize(&[&arguments[..], &url].concat())
            .expect_code(0);
        let (code, log) = gateway.end_after(1, signal);
        assert_eq!(code, Some(0));
        // One line a request, and nothing in it that the request said.
        assert_eq!(log.lines().count(), 1, "{log}");
        assert!(
            log.starts_with("tencent RecognizeEncryptedIDCardOCR ok "),
            "{log}"
        );
        assert!(!log.contains("somebody"), "{log}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn core_dumps_are_off() {
    let scratch = Scratch::with_keys();
    let gateway = scratch.gateway(&[]);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", gateway.process_id())).unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    let words: Vec<_> = core.split_whitespace().collect();
    assert_eq!(words[4..6], ["0", "0"], "{core}");
}
