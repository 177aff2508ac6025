//! What other programs a step needs, and how they come: Debian's packages, Python's, Rust's toolchains. What is there
//! already is left alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use duct::cmd;

use crate::shell::{Done, Shell};

/// One installation at a time: two of them are in each other's way.
static INSTALLING: Mutex<()> = Mutex::new(());

/// Where checks keep their logs and tools.
pub(crate) fn folder(shell: &Shell) -> PathBuf {
    shell.root().join("target/ci")
}

/// Debian packages that are missing.
#[derive(Default)]
pub(crate) struct Missing(Vec<&'static str>);

impl Missing {
    /// A package is missing where one of these programs is.
    pub(crate) fn programs(mut self, package: &'static str, programs: &[&str]) -> Self {
        if programs.iter().any(|program| find(program).is_none()) {
            self.0.push(package);
        }
        self
    }

    /// The same for packages that are called as their program.
    pub(crate) fn each(self, programs: &[&'static str]) -> Self {
        programs.iter().fold(self, |missing, program| {
            missing.programs(program, &[program])
        })
    }

    /// A package is missing where none of these files is there.
    pub(crate) fn files(self, package: &'static str, files: &[&str]) -> Self {
        self.unless(files.iter().any(|file| Path::new(file).exists()), package)
    }

    /// A package is missing unless it is known to be there.
    pub(crate) fn unless(mut self, there: bool, package: &'static str) -> Self {
        if !there {
            self.0.push(package);
        }
        self
    }

    /// Installs them.
    pub(crate) fn install(self, shell: &Shell) -> Done {
        if self.0.is_empty() {
            return Ok(());
        }
        let _alone = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
        shell.run(cmd!("apt-get", "update", "-qq"))?;
        let install = ["install", "-y", "-qq"].into_iter().chain(self.0);
        shell.run(cmd("apt-get", install).env("DEBIAN_FRONTEND", "noninteractive"))
    }
}

/// Where a program is found.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    let file = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    let files = std::env::split_paths(&folders).map(|folder| folder.join(&file));
    files.into_iter().find(|file| file.is_file())
}

/// Whether a folder below this one holds such a file.
pub(crate) fn below(folder: &str, file: &str) -> bool {
    let folders = fs::read_dir(folder).into_iter().flatten().flatten();
    folders
        .into_iter()
        .any(|entry| entry.path().join(file).exists())
}

/// Makes a Python of its own with packages; its folder of programs.
pub(crate) fn python(shell: &Shell, name: &str, packages: &[&str]) -> Done<PathBuf> {
    let folder = folder(shell).join(name);
    shell.run(cmd!("python3", "-m", "venv", &folder))?;
    let install = ["-q", "install"].iter().chain(packages);
    shell.run(cmd(folder.join("bin/pip"), install))?;
    Ok(folder.join("bin"))
}

/// Installs packages from npm; the folder in which Node.js finds them.
pub(crate) fn node(shell: &Shell, name: &str, packages: &[&str]) -> Done<PathBuf> {
    let folder = folder(shell).join(name);
    fs::create_dir_all(&folder)?;
    let install = ["install", "--silent", "--no-save", "--prefix", "."]
        .iter()
        .chain(packages);
    shell.run(cmd("npm", install).dir(&folder))?;
    Ok(folder.join("node_modules"))
}

/// The nightly toolchain, where none is there.
pub(crate) fn nightly(shell: &Shell) -> Done {
    let _alone = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    nightly_alone(shell)
}

fn nightly_alone(shell: &Shell) -> Done {
    let installed = shell.read(cmd!("rustup", "toolchain", "list"))?;
    if installed.contains("nightly") {
        return Ok(());
    }
    shell.run(cmd!(
        "rustup",
        "toolchain",
        "install",
        "nightly",
        "--profile",
        "minimal"
    ))
}

/// Every toolchain, component and target that a step needs.
pub(crate) fn toolchains(shell: &Shell) -> Done {
    let _alone = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    nightly_alone(shell)?;
    shell.run(cmd!(
        "rustup",
        "component",
        "add",
        "--toolchain",
        "nightly",
        "miri",
        "rust-src"
    ))?;
    shell.run(cmd!(
        "rustup",
        "target",
        "add",
        "wasm32-unknown-unknown",
        "aarch64-unknown-linux-gnu"
    ))?;
    let oldest = oldest(&fs::read_to_string("Cargo.toml")?)?;
    shell.run(cmd!(
        "rustup",
        "toolchain",
        "install",
        oldest,
        "--profile",
        "minimal"
    ))
}

/// Rust's libraries for more targets.
pub(crate) fn targets(shell: &Shell, triples: &[&str]) -> Done {
    let _alone = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    let add = ["target", "add"].iter().chain(triples);
    shell.run(cmd("rustup", add))
}

/// The day in UTC, as `2026-11-30`.
pub(crate) fn today(shell: &Shell) -> Done<String> {
    shell.read(cmd!("date", "-u", "+%F"))
}

/// The oldest compiler that the workspace's manifest promises.
pub(crate) fn oldest(manifest: &str) -> Done<String> {
    let line = manifest
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = \"")?.strip_suffix('"'));
    Ok(line
        .ok_or("Cargo.toml promises no oldest compiler")?
        .to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_missing_where_one_of_its_programs_is() {
        let Missing(missing) = Missing::default()
            .programs("cargo", &["cargo"])
            .programs("jdk", &["cargo", "no-such-program"])
            .files("headers", &["/no/such/file", env!("CARGO_MANIFEST_DIR")])
            .files("library", &["/no/such/file"]);
        assert_eq!(missing, ["jdk", "library"]);
    }

    #[test]
    fn the_oldest_compiler_is_the_workspaces() {
        let manifest = "[workspace.package]\nrust-version = \"1.89\"\n[package]\nrust-version.workspace = true\n";
        assert_eq!(oldest(manifest).unwrap(), "1.89");
        assert!(oldest("[package]\n").is_err());
    }
}
