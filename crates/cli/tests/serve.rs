//! `serve`: what it prints, how it ends, what it refuses to start with; the guide's quick start as it is pasted; and
//! thousands of connections that do nothing.
#![cfg(all(feature = "gateway", feature = "serve", unix))]

mod common;
#[path = "common/sidecar.rs"]
mod sidecar;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use common::{GatewayProcess, Scratch};
use rustix::process::Signal;
use sidecar::{TOKEN, ask, expect_ok, private, scratch, serving};

#[test]
fn it_serves_a_port_and_ends_when_told() {
    let scratch = scratch();
    let gateway = scratch.gateway(&[]);
    for suite in common::SUITES {
        let key = format!("{suite}/public.b64");
        let more = [
            "--key",
            &key,
            "--cloud",
            "tencent",
            "--endpoint",
            &gateway.url,
        ];
        let sidecar = GatewayProcess::start(serving(&scratch, "127.0.0.1:0", &more));
        let connect = || TcpStream::connect(sidecar.address()).unwrap();
        let asked = r#"{"url":"https://h.example/card.jpg"}"#;
        let reply = ask(connect(), sidecar.address(), "POST", "/v1/recognize", asked);
        expect_ok(&reply);
        assert!(reply.contains("11010119900307002X"), "{reply}");
        expect_ok(&ask(connect(), sidecar.address(), "GET", "/readyz", ""));
        assert_eq!(sidecar.end(Signal::TERM), (Some(0), String::new()));
    }
}

#[test]
fn a_socket_that_a_killed_one_left_is_taken_over() {
    let scratch = scratch();
    let start = || {
        let command = serving(&scratch, "unix:socket", &["--key", "sm4-gcm/public.b64"]);
        let sidecar = GatewayProcess::start(command);
        assert_eq!(sidecar.url, "unix:socket");
        sidecar
    };
    let ready = || {
        let stream = UnixStream::connect(scratch.path("socket")).unwrap();
        expect_ok(&ask(
            stream,
            "localhost",
            "POST",
            "/v1/seal",
            r#"{"json":{}}"#,
        ));
    };
    let first = start();
    ready();
    assert_eq!(common::mode(&scratch.path("socket")) & 0o007, 0);
    let second = common::finish(serving(&scratch, "unix:socket", &[]), b"");
    second.expect_error(5).says("another process listens there");
    ready();
    // In the middle of a request.
    let mut broken = UnixStream::connect(scratch.path("socket")).unwrap();
    broken
        .write_all(b"POST /v1/seal HTTP/1.1\r\nHost: x\r\n")
        .unwrap();
    assert_eq!(first.end(Signal::KILL).0, None);
    assert!(scratch.exists("socket"));
    let third = start();
    ready();
    assert_eq!(third.end(Signal::INT), (Some(0), String::new()));
    assert!(!scratch.exists("socket"));
}

#[test]
fn it_is_not_started_with_what_is_wrong() {
    let scratch = scratch();
    let run = |listen: &str, more: &[&str]| common::finish(serving(&scratch, listen, more), b"");
    for (listen, words) in [
        ("0.0.0.0:0", "not loopback"),
        ("[::]:0", "not loopback"),
        ("nonsense", "neither"),
        ("unix:", "neither"),
    ] {
        run(listen, &[]).expect_error(2).says(words);
    }
    scratch.write("file", "mine");
    symlink("nowhere", scratch.path("link")).unwrap();
    drop(UnixListener::bind(scratch.path("stale")).unwrap());
    symlink("stale", scratch.path("link-to-socket")).unwrap();
    for name in ["file", "link", "link-to-socket"] {
        run(&format!("unix:{name}"), &[])
            .expect_error(2)
            .says("not a socket");
    }
    assert_eq!(scratch.read("file"), "mine");
    let stale = std::fs::symlink_metadata(scratch.path("stale")).unwrap();
    assert!(stale.file_type().is_socket());
    let held = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = held.local_addr().unwrap().to_string();
    run(&taken, &[]).expect_error(5).says("cannot listen");
    let local = "127.0.0.1:0";
    run(local, &["--key", "file"]).expect_error(3);
    run(local, &["--cloud", "huawei"])
        .expect_error(4)
        .says("HUAWEICLOUD_SDK_PROJECT_ID");
    run(local, &["--cloud", "ctyun", "--region", "x"]).expect_error(2);
    for (text, words) in [
        ("", "empty"),
        ("short", "no token"),
        ("a token with spaces", "no token"),
    ] {
        scratch.write("token", text);
        private(&scratch.path("token"));
        let refused = run(local, &[]).expect_error(2).says(words);
        assert!(
            text.is_empty() || !refused.stderr.contains(text),
            "{refused:?}"
        );
    }
    std::fs::remove_file(scratch.path("token")).unwrap();
    run(local, &[]).expect_error(2).says("the token file");
}

#[test]
fn a_token_that_others_read_or_guess_is_warned_of() {
    let scratch = scratch();
    scratch.write("token", "12345678\n");
    std::fs::set_permissions(
        scratch.path("token"),
        std::fs::Permissions::from_mode(0o644),
    )
    .unwrap();
    let sidecar = GatewayProcess::start(serving(&scratch, "127.0.0.1:0", &[]));
    let (code, stderr) = sidecar.end(Signal::TERM);
    assert_eq!(code, Some(0));
    assert!(
        stderr.contains("mode 0644") && stderr.contains("short"),
        "{stderr}"
    );
    assert!(!stderr.contains("12345678"), "{stderr}");
}

/// The first block of the guide, line by line as it stands there.
#[test]
fn the_quick_start_works_as_pasted() {
    let runs = |program: &str| {
        Command::new(program)
            .arg("--version")
            .stdout(Stdio::null())
            .status()
            .is_ok()
    };
    if !runs("curl") || !runs("bash") {
        return common::skip("the quick start", "bash and curl are needed");
    }
    for guide in [
        include_str!("../../../docs/sidecar.md"),
        include_str!("../../../docs/sidecar.zh-CN.md"),
    ] {
        let block = guide.split_once("```sh\n").unwrap().1;
        let block = block.split_once("\n```").unwrap().0;
        let scratch = Scratch::new();
        let program = Path::new(env!("CARGO_BIN_EXE_cardseal"));
        let path = format!(
            "{}:{}",
            program.parent().unwrap().display(),
            std::env::var("PATH").unwrap()
        );
        let output = Command::new("bash")
            .args(["-eu", "-o", "pipefail", "-c", block])
            .current_dir(scratch.path(""))
            .env_clear()
            .env("PATH", path)
            .output()
            .unwrap();
        let (said, errors) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        assert!(output.status.success(), "{said}\n{errors}");
        assert!(said.contains(r#""status":"ok""#), "{said}\n{errors}");
        assert!(said.contains(r#""EncryptedBody":""#), "{said}\n{errors}");
        assert!(said.contains("11010119900307002X"), "{said}\n{errors}");
        assert!(!scratch.exists("socket"), "it was stopped");
    }
}

/// Kilobytes, of a process's memory.
fn memory(process: u32, what: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(what))
        .unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Idle, slow, and in floods: memory stays within bounds, and whoever behaves is served. `CARDSEAL_LOAD=full` for the full
/// numbers.
#[cfg(target_os = "linux")]
#[test]
fn idle_slow_and_flooding_connections_keep_nobody_out() {
    let is_full = std::env::var("CARDSEAL_LOAD").is_ok_and(|load| load == "full");
    let (idle, slow, flood) = if is_full {
        (10_000, 2_000, 5_000)
    } else {
        (400, 50, 200)
    };
    let scratch = scratch();
    let sidecar = GatewayProcess::start(serving(
        &scratch,
        "127.0.0.1:0",
        &["--key", "sm4-gcm/public.b64"],
    ));
    let connect = || {
        let stream = TcpStream::connect(sidecar.address()).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        stream
    };
    let serves = || {
        expect_ok(&ask(connect(), sidecar.address(), "GET", "/healthz", ""));
        expect_ok(&ask(
            connect(),
            sidecar.address(),
            "POST",
            "/v1/seal",
            r#"{"json":{}}"#,
        ));
    };
    serves();
    let before = memory(sidecar.process_id(), "VmRSS:");
    let idle_ones: Vec<TcpStream> = (0..idle).map(|_| connect()).collect();
    serves();
    let with_idle = memory(sidecar.process_id(), "VmRSS:");
    let slow_ones: Vec<TcpStream> = (0..slow)
        .map(|number| {
            let mut stream = connect();
            let text = match number % 2 {
                0 => "POST /v1/seal HTTP/1.1\r\nHo".to_owned(),
                _ => format!(
                    "POST /v1/seal HTTP/1.1\r\nHost: {}\r\nContent-Length: 9\r\n\r\n{{",
                    sidecar.address()
                ),
            };
            stream.write_all(text.as_bytes()).unwrap();
            stream
        })
        .collect();
    serves();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..flood / 4 {
                    let mut stream = connect();
                    // Cut off, or with what is refused.
                    let _ = stream.write_all(b"POST /v1/open HTTP/1.1\r\nHost: x\r\n\r\n");
                }
            });
        }
        for _ in 0..5 {
            serves();
        }
    });
    let body = format!(r#"{{"json":{{"Image":"{}"}}}}"#, "A".repeat(4 << 20));
    std::thread::scope(|scope| {
        for _ in 0..24 {
            scope.spawn(|| {
                let mut stream = connect();
                let head = format!(
                    "POST /v1/seal HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n\
                     Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                    sidecar.address(),
                    body.len()
                );
                stream.write_all(head.as_bytes()).unwrap();
                stream.write_all(body.as_bytes()).unwrap();
                let mut reply = Vec::new();
                stream.read_to_end(&mut reply).unwrap();
                assert!(reply.starts_with(b"HTTP/1.1 200 ") || reply.starts_with(b"HTTP/1.1 503 "));
            });
        }
        serves();
    });
    let most = memory(sidecar.process_id(), "VmHWM:");
    println!(
        "REACHED {idle} idle, {slow} slow and {flood} flooding connections: {before} kB before, {with_idle} kB with the \
         idle, {most} kB at most"
    );
    // A socket, a future, and no buffer.
    assert!(
        with_idle.saturating_sub(before) < 4096 + idle * 4,
        "{before} kB, {with_idle} kB"
    );
    // The bodies that are held at once, what is made of them, and the connections.
    assert!(most < 640 * 1024, "{most} kB");
    drop((idle_ones, slow_ones));
    serves();
    assert_eq!(sidecar.end(Signal::TERM).0, Some(0));
}
