//! What cannot be written down: each file in `compile_fail/` must not compile, for the reason its `.stderr` tells.
//!
//! The compiler's words change between versions, so the reasons are compared with the version they were recorded with
//! only. The same promises stand as `compile_fail` examples in the documentation, which every version checks.

mod common;

use std::process::Command;

/// The compiler that wrote the `.stderr` files.
const RECORDED_WITH: &str = "rustc 1.95.";

#[test]
fn misuse_does_not_compile() {
    let version = Command::new("rustc")
        .arg("--version")
        .output()
        .expect("rustc");
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    if !version.starts_with(RECORDED_WITH) {
        let reason = format!("recorded with {RECORDED_WITH}x, this is {}", version.trim());
        return common::skip("misuse_does_not_compile", &reason);
    }
    if !common::whole() {
        let reason =
            "a minute, with CARDSEAL_NO_SKIP set; the documentation's examples say the same";
        return common::skip("misuse_does_not_compile", reason);
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/compile_fail");
    let cases = std::fs::read_dir(folder)
        .unwrap()
        .filter(|file| file.as_ref().unwrap().path().extension() == Some("rs".as_ref()))
        .count();
    let compiler = trybuild::TestCases::new();
    compiler.compile_fail("tests/compile_fail/*.rs");
    // It compiles them here, and fails where one is accepted or refused for another reason.
    drop(compiler);
    println!("REACHED {cases} cases of misuse, 0 compile");
}
