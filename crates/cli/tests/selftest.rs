//! `selftest`: each provider by name, what it checked, and nothing failed.

use std::process::Command;

use serde_json::Value;

#[test]
fn every_provider_passes_and_is_named() {
    let output = Command::new(env!("CARGO_BIN_EXE_cardseal"))
        .args(["selftest", "--json"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let outcomes: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let names: Vec<&str> = outcomes
        .iter()
        .map(|outcome| outcome["provider"].as_str().unwrap())
        .collect();
    assert!(names.contains(&"cardseal-kernels"), "{names:?}");
    if cfg!(feature = "rust-crypto") {
        assert!(names.contains(&"cardseal-rustcrypto"), "{names:?}");
    }
    for outcome in &outcomes {
        assert!(outcome["checks"].as_u64().unwrap() >= 4, "{outcome}");
        assert_eq!(outcome["failed"], 0, "{outcome}");
        assert!(outcome["version"].is_string(), "{outcome}");
    }
    let output = Command::new(env!("CARGO_BIN_EXE_cardseal"))
        .arg("selftest")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("cardseal-kernels") && text.contains("0 failed") && text.ends_with(" ms\n"),
        "{text}"
    );
}
