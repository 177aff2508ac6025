//! Adding cardseal to a program changes nothing for what else is in it: tests/neighbour is such a program, built and run
//! here with an HTTP client without TLS beside cardseal, and with one as it is out of the box.

use std::path::Path;
use std::process::Command;

fn cargo(arguments: &[&str]) -> (bool, String) {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/neighbour/Cargo.toml");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("neighbour");
    let (command, rest) = arguments.split_first().unwrap();
    let output = Command::new(env!("CARGO"))
        .args([command, "--locked", "--manifest-path"])
        .arg(manifest)
        .args(rest)
        .env("CARGO_TARGET_DIR", target)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr) + String::from_utf8_lossy(&output.stdout);
    (output.status.success(), text.into_owned())
}

#[test]
fn neighbours_work_as_they_did_before() {
    let (fetched, why) = cargo(&["fetch"]);
    if !fetched {
        println!(
            "SKIP neighbours: their dependencies cannot be fetched: {}",
            why.trim()
        );
        return;
    }
    for features in ["", "tls"] {
        let (ran, said) = cargo(&["run", "--features", features]);
        assert!(ran, "with features `{features}`: {said}");
        assert!(said.contains("the neighbours are as they were"), "{said}");
    }
}
