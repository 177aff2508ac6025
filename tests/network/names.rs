//! A name server that does not answer. The system's look-up cannot be told to give up, so a library that is loaded before
//! the system's stands in for it, in a process of its own.

use std::net::Ipv4Addr;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use cardseal::TransportOptions;

use super::common;
use super::drivers::{Driver, Runner, account};
use super::time::is_not_connected;

/// Looks up every name as the system does, but those that end in `.silent.example`: these for ever.
const SILENT: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
    static const char silent[] = ".silent.example";
    size_t length = node ? strlen(node) : 0;
    if (length >= sizeof silent - 1 && !strcmp(node + length - (sizeof silent - 1), silent))
        for (;;) pause();
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **) = dlsym(RTLD_NEXT, "getaddrinfo");
    return real(node, service, hints, found);
}
"#;

/// In a process of its own: this test again, with that library.
const INSIDE: &str = "CARDSEAL_TEST_SILENT_NAMES";

#[test]
fn s3_a_name_that_is_never_resolved_is_not_connected() {
    if std::env::var_os(INSIDE).is_some() {
        return inside();
    }
    let folder = tempfile::tempdir().unwrap();
    let Some(library) = build(folder.path()) else {
        return common::skip(
            "silent names",
            "there is no C compiler, `cc`, to build a stand-in for the system's look-up",
        );
    };
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "names::s3_a_name_that_is_never_resolved_is_not_connected",
            "--nocapture",
        ])
        .env("LD_PRELOAD", library)
        .env(INSIDE, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
}

fn build(folder: &Path) -> Option<std::path::PathBuf> {
    let (source, library) = (folder.join("silent.c"), folder.join("silent.so"));
    std::fs::write(&source, SILENT).unwrap();
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .arg(&library)
        .arg(&source)
        .arg("-ldl")
        .status();
    built
        .is_ok_and(|status| status.success())
        .then_some(library)
}

fn inside() {
    let options = TransportOptions::default().connect_timeout(Duration::from_secs(1));
    let started = Instant::now();
    is_not_connected(
        "https://ocr.silent.example",
        &options,
        "the name ocr.silent.example was not resolved within 1s",
    );
    let before = looking_up(2);
    // The calls of five seconds share one.
    let most = 2 + started.elapsed().as_secs() as usize / 5;
    assert!(
        (2..=most).contains(&before),
        "one thread a client: {before}"
    );

    // Neither a runtime that ends waits for the look-up, nor another name. The other name must be reached in that time, on
    // a machine that may stand still.
    let options = options.connect_timeout(Duration::from_secs(4));
    let started = Instant::now();
    for driver in [Driver::Async, Driver::Blocking] {
        let runner = Runner::new(driver, &options);
        runner.error(&account("https://other.silent.example"));
        let server = super::server::Server::answering(super::server::refusal());
        runner.is_answered(&account(&format!(
            "http://localhost:{}",
            server.address.port()
        )));
    }
    // Who waits for the look-up waits for ever.
    assert!(
        started.elapsed() < TransportOptions::default().deadline,
        "{:?}",
        started.elapsed()
    );
    assert_eq!(looking_up(before + 2), before + 2, "one thread a client");

    // A given address needs no look-up.
    let server = super::server::Server::answering(super::server::refusal());
    let given = options.resolve("localhost", Ipv4Addr::LOCALHOST.into());
    for driver in [Driver::Async, Driver::Blocking] {
        let url = format!("http://localhost:{}", server.address.port());
        Runner::new(driver, &given).is_answered(&account(&url));
    }
}

/// Threads of this process that look names up, once there are as many as are expected: each is called so by itself.
fn looking_up(expected: usize) -> usize {
    let started = Instant::now();
    loop {
        let tasks = std::fs::read_dir("/proc/self/task").unwrap();
        let found = tasks
            .filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok())
            .filter(|name| name.trim() == "cardseal name")
            .count();
        if found >= expected || started.elapsed() > Duration::from_secs(30) {
            return found;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}
