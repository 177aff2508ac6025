//! Folders and files that permissions keep closed: each refusal names the place and the cause, nothing is called, and nothing
//! is half-written.
#![cfg(all(feature = "batch", feature = "gateway", unix))]

mod common;
mod service;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use common::{Finished, Scratch, finish};
use serde_json::json;
use service::{PICTURE, Service, by_id, lines, pictures};

/// Runs a command as somebody whom permissions bind: root keeps its name and loses what lets it pass over them.
fn bound(command: &Command) -> Finished {
    let mut bound = match rustix::process::geteuid().is_root() {
        true => Command::new("setpriv"),
        false => Command::new("env"),
    };
    if bound.get_program() == "setpriv" {
        bound.args(["--bounding-set=-all", "--inh-caps=-all"]);
    }
    bound.arg(command.get_program()).args(command.get_args());
    bound.current_dir(command.get_current_dir().unwrap());
    bound.env_clear().env("PATH", "/usr/bin:/bin");
    for (name, value) in command.get_envs() {
        bound.env(name, value.unwrap());
    }
    let piped = || std::process::Stdio::piped();
    bound.stdin(piped()).stdout(piped()).stderr(piped());
    finish(bound, b"")
}

/// What is closed while this exists, so that the scratch folder can be removed whatever happens.
struct Closed(std::path::PathBuf, u32);

impl Closed {
    fn new(scratch: &Scratch, name: &str, mode: u32) -> Self {
        let path = scratch.path(name);
        let before = fs::metadata(&path).unwrap().permissions().mode();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        Self(path, before)
    }
}

impl Drop for Closed {
    fn drop(&mut self) {
        let _ = fs::set_permissions(&self.0, fs::Permissions::from_mode(self.1));
    }
}

#[test]
fn results_in_a_read_only_folder_are_refused_and_nothing_is_called() {
    let scratch = Scratch::with_keys();
    let service = Service::good(&scratch);
    pictures(&scratch, "cards", 2);
    fs::create_dir(scratch.path("kept")).unwrap();
    let arguments = ["cards", "--out", "kept/results.jsonl"];
    let resumed = [&arguments[..], &["--resume"]].concat();
    {
        let _closed = Closed::new(&scratch, "kept", 0o555);
        for arguments in [&arguments[..], &resumed] {
            bound(&service.batch(&scratch, arguments))
                .expect_error(2)
                .says("the results `kept/results.jsonl` cannot be written")
                .says("Permission denied")
                .says("check the folder and its permissions");
        }
    }
    assert_eq!(fs::read_dir(scratch.path("kept")).unwrap().count(), 0);
    assert_eq!(service.came().len(), 0);

    // What lost its permissions after a first run stays as it is, and nothing is called.
    finish(service.batch(&scratch, &arguments), b"").expect_code(0);
    fs::write(scratch.path("cards/more.jpg"), PICTURE).unwrap();
    let before = scratch.read("kept/results.jsonl");
    let refused = || {
        bound(&service.batch(&scratch, &resumed))
            .expect_error(2)
            .says("`kept/results.jsonl`")
            .says("Permission denied");
        assert_eq!(scratch.read("kept/results.jsonl"), before);
        assert_eq!(service.came().len(), 2);
    };
    {
        let _closed = Closed::new(&scratch, "kept/results.jsonl", 0o400);
        refused();
    }
    fs::remove_file(scratch.path("kept/results.jsonl.journal")).unwrap();
    let _closed = Closed::new(&scratch, "kept", 0o555);
    refused();
}

#[test]
fn a_picture_or_a_list_that_may_not_be_read_is_named() {
    let scratch = Scratch::with_keys();
    let service = Service::good(&scratch);
    pictures(&scratch, "cards", 2);
    scratch.write("list", "{\"image\":\"cards/0000.jpg\"}\n");
    let _closed = ["cards/0001.jpg", "list"].map(|name| Closed::new(&scratch, name, 0));
    let done = bound(&service.batch(&scratch, &["cards"]))
        .expect_code(9)
        .json();
    assert_eq!(
        (&done["ok"], &done["by_code"]),
        (&json!(1), &json!({"input": 1}))
    );
    let message = by_id(&lines(&scratch))["cards/0001.jpg"]["error"]["message"].clone();
    let message = message.as_str().unwrap();
    assert!(
        message.contains("cannot be read") && message.contains("Permission denied"),
        "{message}"
    );
    bound(&service.batch(&scratch, &["@list", "--out", "other.jsonl"]))
        .expect_error(2)
        .says("the list `list` cannot be read")
        .says("Permission denied");
    assert!(!scratch.exists("other.jsonl"));
    assert_eq!(service.came().len(), 1);
}

#[test]
fn what_is_made_of_pictures_and_ledgers_is_not_half_written_there() {
    let scratch = Scratch::with_keys();
    let service = Service::good(&scratch);
    fs::write(scratch.path("card.jpg"), PICTURE).unwrap();
    fs::create_dir(scratch.path("kept")).unwrap();
    let package = [
        "package",
        "add",
        "--action",
        "IDCardOCR",
        "--calls",
        "5",
        "--ledger",
    ];
    scratch
        .run(&[&package[..], &["ledger"]].concat(), "")
        .expect_code(0);
    let closed = Closed::new(&scratch, "kept", 0o555);
    for arguments in [
        &["prepare", "card.jpg", "-o", "kept/out.jpg"][..],
        &["usage", "--ledger", "ledger", "--csv", "kept/out.csv"],
        &["usage", "--ledger", "ledger", "--xlsx", "kept/out.xlsx"],
        &["usage", "--ledger", "ledger", "--plot", "kept/out.svg"],
        &[&package[..], &["kept/ledger"]].concat(),
    ] {
        let done = bound(&scratch.command(arguments)).expect_error(2);
        done.says("`kept/").says("ermission");
    }
    // A card that was recognised is not lost for want of a place to note it.
    let url = service.url();
    let card = [
        "--key",
        "sm4-gcm/public.b64",
        "--image",
        "card.jpg",
        "--endpoint",
        &url,
    ];
    let arguments = [&card[..], &["--ledger", "kept/ledger"]].concat();
    let done = bound(&scratch.recognizing(&arguments)).expect_code(0);
    assert!(done.stdout.contains("11010119900307002X"), "{done:?}");
    done.says("recorded").says("kept/ledger");
    assert_eq!(fs::read_dir(scratch.path("kept")).unwrap().count(), 0);
    drop(closed);
}
