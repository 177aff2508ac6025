//! This program, built for AArch64, and run where its instructions are counted.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

const TARGET: &str = "aarch64-unknown-linux-gnu";
const LESS: usize = 2;
const MORE: usize = 6;

/// The program and the plugin that counts.
pub struct Emulated {
    program: PathBuf,
    plugin: PathBuf,
    _folder: TempDir,
}

impl Emulated {
    pub fn build() -> Self {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = tempfile::tempdir().expect("a folder");
        run(Command::new(env!("CARGO"))
            .args(["build", "--locked", "--release", "--target", TARGET])
            .arg("--manifest-path")
            .arg(here.join("Cargo.toml"))
            .arg("--target-dir")
            .arg(here.join("target"))
            .env(
                "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER",
                "aarch64-linux-gnu-gcc",
            ));
        let mut emulated = Self {
            program: here
                .join("target")
                .join(TARGET)
                .join("release/cardseal-aarch64"),
            plugin: folder.path().join("count.so"),
            _folder: folder,
        };
        emulated.plug(here);
        emulated
    }

    /// qemu takes plugins of some versions of its interface only: the first that it takes.
    fn plug(&mut self, here: &Path) {
        let takes = (1..=9).any(|version| {
            run(Command::new("cc")
                .args(["-O2", "-shared", "-fPIC"])
                .arg(format!("-DVERSION={version}"))
                .arg("-o")
                .arg(&self.plugin)
                .arg(here.join("src/count.c")));
            self.executed("nothing", "nobody", 0, 0).is_some()
        });
        assert!(takes, "qemu-aarch64 takes no plugin that counts");
    }

    /// Instructions of one piece of work.
    pub fn instructions(&self, work: &str, by: &str, bytes: usize) -> f64 {
        let [less, more] = [LESS, MORE].map(|times| {
            self.executed(work, by, bytes, times)
                .unwrap_or_else(|| panic!("{work} by {by} failed"))
        });
        (more as f64 - less as f64) / (MORE - LESS) as f64
    }

    fn executed(&self, work: &str, by: &str, bytes: usize, times: usize) -> Option<u64> {
        let output = Command::new("qemu-aarch64")
            .args(["-L", "/usr/aarch64-linux-gnu", "-plugin"])
            .arg(&self.plugin)
            .arg(&self.program)
            .args(["do", work, by])
            .args([bytes.to_string(), times.to_string()])
            .output()
            .expect("qemu-aarch64, of Debian's qemu-user");
        let text = String::from_utf8_lossy(&output.stderr);
        let told = text.lines().find_map(|line| line.strip_prefix("executed "));
        told.filter(|_| output.status.success())?.parse().ok()
    }
}

fn run(command: &mut Command) {
    let status = command
        .status()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?} failed");
}
