//! The command that `inspect` prints for a key of another form is run as it is printed, whatever the file is called.
#![cfg(all(unix, feature = "gateway"))]

mod common;

use std::process::{Command, Output};

use common::Scratch;

fn shell(scratch: &Scratch, line: &str) -> Output {
    Command::new("sh")
        .args(["-c", line])
        .current_dir(scratch.path("."))
        .output()
        .unwrap()
}

#[test]
fn a9_the_command_takes_a_file_of_any_name() {
    let scratch = Scratch::with_keys();
    for program in ["openssl", "xxd", "iconv"] {
        if Command::new(program).arg("--version").output().is_err() {
            return common::skip(
                "a9_the_command_takes_a_file_of_any_name",
                &format!("{program} is not installed"),
            );
        }
    }
    let public = scratch
        .run(&["inspect", "sm4-gcm/public.pem"], "")
        .expect_code(0);
    let fingerprint = public.stdout;
    let compressed = "openssl ec -pubin -in sm4-gcm/public.pem -conv_form compressed -outform DER | tail -c 33 | xxd -p";
    for name in [
        "key.txt",
        "the service's key.txt",
        "my key.txt",
        "密钥 1.txt",
        "a&b;c.txt",
        "$HOME.txt",
        "-n.txt",
        "a`b`.txt",
    ] {
        for made in [
            "openssl ec -pubin -in sm4-gcm/public.pem -conv_form compressed",
            "iconv -f UTF-8 -t UTF-16 sm4-gcm/public.pem",
            "base64 sm4-gcm/public.pem | base64",
            compressed,
        ] {
            let bytes = shell(&scratch, made);
            assert!(bytes.status.success(), "{bytes:?}");
            std::fs::write(scratch.path(name), &bytes.stdout).unwrap();
            let told = scratch
                .run(&["inspect", "--json", "--", name], "")
                .expect_code(3)
                .json();
            let command = told["facts"]["converted_by"].as_str().unwrap();
            let converted = shell(&scratch, command);
            assert!(converted.status.success(), "{command}: {converted:?}");
            std::fs::write(scratch.path("converted"), &converted.stdout).unwrap();
            let same = scratch.run(&["inspect", "converted"], "").expect_code(0);
            assert_eq!(
                same.stdout.replace("converted", "sm4-gcm/public.pem"),
                fingerprint,
                "{command}"
            );
        }
    }
}
