//! A build without the embedded gateway: the commands that hold private keys are not there, and the others work.
#![cfg(not(feature = "gateway"))]

mod common;

use common::{PLAINTEXT, Scratch, finish};

/// The public keys that the service publishes, one a suite.
const KEYS: [(&str, &str); 2] = [
    (
        "AES-256-CBC",
        include_str!("../../../vectors/keys/tencent-demo-rsa.b64"),
    ),
    (
        "SM4-GCM",
        include_str!("../../../vectors/keys/tencent-demo-sm2.b64"),
    ),
];

#[test]
fn help_shows_no_command_that_holds_private_keys() {
    let help = Scratch::new().run(&["--help"], "").expect_code(0).stdout;
    let commands: Vec<_> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .map_while(|line| line.split_whitespace().next())
        .collect();
    for present in ["seal", "open", "recognize", "call", "inspect", "sign"] {
        assert!(commands.contains(&present), "no {present} in {commands:?}");
    }
    for absent in ["demo", "keygen", "gateway"] {
        assert!(!commands.contains(&absent), "{absent} in {commands:?}");
        assert!(!help.contains(absent), "{help}");
    }
}

#[test]
fn a_command_that_holds_private_keys_is_unknown() {
    for command in ["demo", "keygen", "gateway"] {
        Scratch::new()
            .run(&[command], "")
            .expect_error(2)
            .says(&format!("unrecognized subcommand '{command}'"));
    }
}

#[test]
fn a_request_is_sealed_under_both_suites() {
    for (algorithm, key) in KEYS {
        let scratch = Scratch::new();
        scratch.write("key", key);
        let arguments = ["seal", "--key", "key", "--opener", "opener"];
        let sealed = finish(scratch.command(&arguments), PLAINTEXT.as_bytes())
            .expect_code(0)
            .json();
        assert_eq!(sealed["Encryption"]["Algorithm"], algorithm);
        assert!(scratch.read("opener").contains(algorithm));
    }
}

#[cfg(not(feature = "http"))]
#[test]
fn without_http_the_commands_that_send_say_so() {
    let recognize = [
        "recognize",
        "--cloud",
        "tencent",
        "--url",
        "https://h.example/a",
    ];
    let call = [
        "call",
        "--cloud",
        "tencent",
        "--action",
        "A",
        "--version",
        "1",
    ];
    for arguments in [&recognize[..], &call] {
        Scratch::new()
            .run(arguments, "")
            .expect_error(2)
            .says("built without HTTP");
    }
}
