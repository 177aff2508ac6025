//! The README's commands, run as they are pasted, in both languages.
#![cfg(unix)]

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::Scratch;
use serde_json::Value;

/// The fenced block that begins with `cardseal keygen`.
fn commands(page: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = fs::read_to_string(root.join(page)).unwrap();
    let (_, commands) = page.split_once("```sh\ncardseal keygen").unwrap();
    let (commands, _) = commands.split_once("```").unwrap();
    format!("cardseal keygen{commands}")
}

#[test]
fn the_readmes_commands_work_as_pasted() {
    let program = Path::new(env!("CARGO_BIN_EXE_cardseal")).parent().unwrap();
    for page in ["README.md", "README.zh-CN.md"] {
        let scratch = Scratch::new();
        let output = Command::new("sh")
            .args(["-eu", "-c", &commands(page)])
            .current_dir(scratch.path("."))
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", program.display()))
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{page}: {errors}");
        let sealed: Value = serde_json::from_str(&scratch.read("sealed.json")).unwrap();
        assert_eq!(sealed["Encryption"]["Algorithm"], "SM4-GCM", "{page}");
        let allowed = "ocr:RecognizeEncryptedIDCardOCR";
        assert!(scratch.read("policy.json").contains(allowed), "{page}");
        assert!(scratch.read("call.py").contains("IDCardOCR"), "{page}");
    }
}
