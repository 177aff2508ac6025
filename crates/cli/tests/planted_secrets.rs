//! Secrets given where they do not belong: no argument of any command brings one to stdout or stderr.
#![cfg(unix)]

mod common;

use common::{Scratch, finish_or_stop, whole};

/// Of every kind that people have: keys of the clouds, tokens, session keys, private keys, opener files, passwords.
const SECRETS: [&str; 10] = [
    "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
    "0b2c3ac3f6cd4d0f9a6c5a47f59d1a77",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "zf2ntpS9LCFzgYXrW1pqXA==",
    "a-secret-that-must-not-be-shown",
    "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqBHM9VAYIt\nBG0wawIBAQQgaMhmpVde5ZuL\n-----END PRIVATE KEY-----\n",
    "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1JR0hBZ0VBTUJNR0J5cUdT",
    r#"{"Algorithm":"SM4-GCM","Key":"zf2ntpS9LCFzgYXrW1pqXA==","Iv":"jR3B1h5cT3mZ4xQp"}"#,
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
    "68c865a5575ee59b8bec8f8b1b4d1ece48dda78630129abbe25bf563b0c86963",
];

/// The longest parts of a secret between what a parser of arguments might split it at.
fn parts(secret: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = secret
        .split(['\n', ',', '"', '=', ' ', ':', '{', '}'])
        .filter(|part| part.len() > 12)
        .collect();
    parts.push(secret);
    parts
}

/// Every option and every place of every command, as their help texts have them.
fn commands(scratch: &Scratch) -> Vec<(String, Vec<String>)> {
    let listed = |arguments: &[&str]| scratch.run(arguments, "").expect_code(0).stdout;
    let names: Vec<String> = listed(&["--help"])
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| Some(line.strip_prefix("  ")?.split(' ').next()?.to_owned()))
        .filter(|name| !name.is_empty() && name != "help")
        .collect();
    assert!(names.len() >= 9, "{names:?}");
    names
        .into_iter()
        .map(|name| {
            let options = listed(&[&name, "--help"])
                .split([' ', '\n', ',', '['])
                .filter(|word| word.starts_with("--") && word.len() > 3)
                .map(|word| {
                    word.trim_end_matches(['.', ';', ')', ']', '`', '\''])
                        .to_owned()
                })
                .collect::<std::collections::BTreeSet<_>>();
            (name, options.into_iter().collect())
        })
        .collect()
}

#[track_caller]
fn shows_nothing(scratch: &Scratch, arguments: &[&str], secret: &str) {
    let finished = finish_or_stop(scratch.command(arguments), b"");
    for stream in [&finished.stdout, &finished.stderr] {
        for part in parts(secret) {
            assert!(
                !stream.contains(part),
                "{arguments:?} shows {part}: {finished:?}"
            );
        }
    }
}

#[test]
fn s15_no_argument_brings_a_secret_to_light() {
    let scratch = Scratch::new();
    // Thousands of runs: those of each command beside those of the others.
    std::thread::scope(|threads| {
        for (place, (command, options)) in commands(&scratch).into_iter().enumerate() {
            let scratch = &scratch;
            threads.spawn(move || command_shows_nothing(scratch, place, &command, &options));
        }
    });
    for secret in SECRETS {
        shows_nothing(&scratch, &[secret], secret);
        shows_nothing(&scratch, &["--json", secret], secret);
        // A pass phrase in small letters, with two dashes before it, is an option misspelt.
        if !secret.starts_with("a-secret") {
            shows_nothing(&scratch, &[&format!("--{secret}")], secret);
        }
    }
}

fn command_shows_nothing(scratch: &Scratch, place: usize, command: &str, options: &[String]) {
    // Each option with some of the secrets, every secret with some of the options: all pairs would take minutes. Fewer where
    // not all is to be run that takes long.
    let steps: &[usize] = if whole() { &[0, 3, 5, 7] } else { &[0] };
    for (turn, option) in options.iter().enumerate() {
        for step in steps {
            let secret = SECRETS[(place + turn + step) % SECRETS.len()];
            shows_nothing(scratch, &[command, option, secret], secret);
            let joined = format!("{option}={secret}");
            shows_nothing(scratch, &[command, &joined], secret);
        }
    }
    for secret in SECRETS {
        shows_nothing(scratch, &[command, secret], secret);
        shows_nothing(scratch, &[command, "--", secret], secret);
    }
}

/// Where the rest of the arguments is right, so that the command gets as far as opening the file.
#[test]
fn s15_a_secret_in_place_of_a_files_name_is_not_shown() {
    let scratch = Scratch::with_keys();
    let key = "sm4-gcm/public.b64";
    for secret in SECRETS {
        for arguments in [
            &["seal", "--key", secret, "--opener", "opener"][..],
            &[
                "seal",
                "--key",
                key,
                "--opener",
                &format!("{secret}/missing"),
            ],
            &["open", "--opener", secret],
            &["inspect", secret],
            &["inspect", key, "--request", secret],
            &[
                "sign",
                "--scheme",
                "tc3-hmac-sha256",
                "--request",
                secret,
                "--secret-id",
                "id",
                "--secret-key-file",
                "secret",
            ],
            &[
                "gateway",
                "--listen",
                "127.0.0.1:0",
                "--keys",
                "sm4-gcm",
                "--secret-id",
                "id",
                "--secret-key-file",
                secret,
            ],
            &[
                "gateway",
                "--listen",
                "127.0.0.1:0",
                "--keys",
                secret,
                "--secret-id",
                "id",
                "--secret-key-file",
                "secret",
            ],
        ] {
            shows_nothing(&scratch, arguments, secret);
        }
    }
    // A name that is none of these is shown, for that is what helps.
    let told = scratch
        .run(&["inspect", "no-such-file.pem"], "")
        .expect_error(2);
    assert!(told.stderr.contains("no-such-file.pem"), "{told:?}");
}
