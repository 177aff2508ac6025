//! The scenarios are what their generator writes, and a second implementation, in Python, says the same of each.

use std::path::PathBuf;
use std::process::Command;

use libtest_mimic::{Failed, Trial};

use crate::common::{skip, vectors};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("generator_gives_the_same_files", || {
            run(
                "generator_gives_the_same_files",
                "generate.py",
                &["--check"],
            )
        }),
        Trial::test("a_second_implementation_agrees", || {
            run("a_second_implementation_agrees", "reference.py", &[])
        }),
    ]
}

fn run(test: &str, program: &str, arguments: &[&str]) -> Result<(), Failed> {
    let python = std::env::var_os("CARDSEAL_PYTHON").unwrap_or("python3".into());
    let folder: PathBuf = vectors("scenarios/generator");
    // `hashlib` has SM3 where the OpenSSL beneath it does.
    let needed = "import cryptography, gmssl, hashlib; hashlib.new('sm3')";
    let has_all = Command::new(&python)
        .args(["-c", needed])
        .output()
        .is_ok_and(|output| output.status.success());
    if !has_all {
        skip(
            test,
            "Python 3 with `cryptography` and `gmssl` is needed (CARDSEAL_PYTHON)",
        );
        return Ok(());
    }
    let output = Command::new(&python)
        .arg("-B")
        .arg(folder.join(program))
        .args(arguments)
        .output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).into_owned().into())
}
