//! A18: what a terminal is shown. `script` is the terminal.
#![cfg(target_os = "linux")]

mod common;

use std::process::{Command, Stdio};

use common::Scratch;
use serde_json::{Value, json};

/// One of each kind that a terminal obeys or a reader does not see.
const HIDDEN: &str = "\u{202e}\u{2066}\u{61c}\u{200b}\u{ad}\u{fff9}\u{e0041}\u{9b}\u{85}\u{2028}\u{180e}\u{115f}\u{3164}\
                      \u{fe0f}\u{2800}\u{34f}\u{206a}\u{e0100}\u{1b}[31m\u{7f}";

/// What the command prints to a terminal, on both streams.
fn shown(scratch: &Scratch, command: &str) -> Option<String> {
    let program = env!("CARGO_BIN_EXE_cardseal");
    let started = Command::new("script")
        .args(["-qec", &format!("{program} {command}"), "/dev/null"])
        .current_dir(scratch.path(""))
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .stdin(Stdio::null())
        .output();
    match started {
        Ok(output) => Some(
            String::from_utf8(output.stdout)
                .unwrap()
                .replace("\r\n", "\n"),
        ),
        Err(_) => {
            common::skip("a terminal", "script is not installed");
            None
        }
    }
}

#[test]
fn a18_json_for_a_terminal_is_escaped_and_stays_json() {
    let scratch = Scratch::new();
    let reply = json!({"Response": {"RequestId": HIDDEN, "EncryptedBody": "AAAA",
        "Encryption": {"Algorithm": HIDDEN, "EncryptList": [HIDDEN], "TagList": [HIDDEN], "Iv": HIDDEN}}});
    let policy = json!({"version": HIDDEN, HIDDEN: 1, "statement": [
        {"effect": HIDDEN, "action": [HIDDEN], "resource": [HIDDEN], HIDDEN: 1}]});
    let clear = json!({"ImageUrl": "https://h.example/a.jpg", HIDDEN: 1});
    for (name, text) in [("reply", reply), ("policy", policy), ("clear", clear)] {
        scratch.write(name, &text.to_string());
    }
    for command in [
        "inspect reply",
        "policy --check policy",
        "inspect clear",
        "errors 'A\u{202e}\u{2800}'",
    ] {
        for form in ["", " --json"] {
            let Some(shown) = shown(&scratch, &format!("{command}{form}")) else {
                return;
            };
            assert!(!shown.is_empty(), "{command}");
            let raw = |c: char| c != '\n' && cardseal::is_unprintable(c);
            assert!(!shown.contains(raw), "{command}{form}: {shown:?}");
            if let Some(text) = shown.lines().find(|line| line.starts_with(['{', '['])) {
                let read: Value = serde_json::from_str(text).unwrap();
                assert!(read.is_object(), "{shown}");
            }
        }
    }
    // To a pipe: byte for byte.
    let piped = scratch.run(&["policy", "--check", "policy", "--json"], "");
    assert!(piped.stdout.contains('\u{202e}'), "{piped:?}");
}
