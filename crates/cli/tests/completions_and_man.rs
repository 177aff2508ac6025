//! `completions` and `man`: scripts that the shells take, and pages that man takes.

mod common;

use std::process::Command;

use common::{Scratch, finish};

/// The commands, as the help text lists them.
fn commands(scratch: &Scratch) -> Vec<String> {
    let help = scratch.run(&["--help"], "").expect_code(0).stdout;
    help.lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| Some(line.strip_prefix("  ")?.split(' ').next()?.to_owned()))
        .filter(|name| !name.is_empty() && name != "help")
        .collect()
}

/// Whether a program is there; where it must be, its absence is a failure.
fn has(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok();
    if !found {
        common::skip(
            "completions and manual",
            &format!("{program} is not installed"),
        );
    }
    found
}

#[test]
fn completions_name_every_command_for_every_shell() {
    let scratch = Scratch::new();
    let commands = commands(&scratch);
    assert!(commands.len() >= 12, "{commands:?}");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = scratch
            .run(&["completions", shell], "")
            .expect_code(0)
            .stdout;
        for command in &commands {
            assert!(script.contains(command.as_str()), "{shell}: no {command}");
        }
        let json = scratch
            .run(&["completions", shell, "--json"], "")
            .expect_code(0)
            .json();
        assert_eq!(
            (&json["shell"], &json["script"]),
            (&shell.into(), &script.into())
        );
    }
    scratch.run(&["completions", "cmd"], "").expect_error(2);
}

#[test]
fn bash_completes_with_the_script() {
    if !has("bash") {
        return;
    }
    let scratch = Scratch::new();
    let script = scratch
        .run(&["completions", "bash"], "")
        .expect_code(0)
        .stdout;
    scratch.write("cardseal.bash", &script);
    let complete = |before: &str, last: &str| {
        let words = format!("cardseal {before}{last}");
        let at = words.split(' ').count() - 1;
        let previous = words.split(' ').nth(at - 1).unwrap().to_owned();
        let ask = format!(
            "source cardseal.bash; COMP_WORDS=({words}); COMP_CWORD={at}; _cardseal cardseal {last} {previous}; \
             echo \"${{COMPREPLY[@]}}\""
        );
        let mut bash = Command::new("bash");
        bash.args(["--norc", "-c", &ask])
            .current_dir(scratch.path("."));
        String::from_utf8(bash.output().unwrap().stdout).unwrap()
    };
    assert_eq!(complete("", "pol"), "policy\n");
    // An action is one of the catalogue's.
    for before in [
        "call --action ",
        "code --action ",
        "policy --actions ",
        "package add --action ",
    ] {
        assert_eq!(
            complete(before, "Recog"),
            "RecognizeEncryptedIDCardOCR\n",
            "{before}"
        );
    }
}

#[test]
fn completions_name_every_action_of_the_catalogue() {
    let scratch = Scratch::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = scratch
            .run(&["completions", shell], "")
            .expect_code(0)
            .stdout;
        for action in cardseal_explorer::actions() {
            let name = match action.cloud {
                cardseal_explorer::Cloud::Ctyun => action.path,
                _ => action.name,
            };
            assert!(script.contains(name), "{shell}: no {name}");
        }
    }
}

#[test]
fn a_man_page_is_written_for_every_command() {
    let scratch = Scratch::new();
    let written = scratch
        .run(&["man", "new/man1", "--json"], "")
        .expect_code(0)
        .json();
    let files: Vec<&str> = written["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    assert!(files.contains(&"cardseal.1"));
    for command in commands(&scratch) {
        let name = format!("cardseal-{command}.1");
        assert!(files.contains(&name.as_str()), "no {name}");
        let page = scratch.read(&format!("new/man1/{name}"));
        assert!(
            page.contains(".SH SYNOPSIS") && page.contains(&command),
            "{page}"
        );
    }
    // Again, over what is there.
    scratch.run(&["man", "new/man1"], "").expect_code(0);
    assert_eq!(
        std::fs::read_dir(scratch.path("new/man1")).unwrap().count(),
        files.len()
    );
    if has("man") {
        let page = scratch.path("new/man1/cardseal-policy.1");
        let mut man = Command::new("man");
        let output = man
            .arg("-l")
            .arg(page)
            .env("MANPAGER", "cat")
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).replace('\u{8}', "");
        assert!(text.contains("SYNOPSIS"), "{text} {:?}", output.stderr);
    }
    scratch.write("file", "");
    let mut under_a_file = scratch.command(&["man", "file/below"]);
    under_a_file.env("LANG", "C");
    finish(under_a_file, b"")
        .expect_error(2)
        .says("cannot be written");
}
