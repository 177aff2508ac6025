//! What builds a release: zig, whose compiler and C libraries know every target, and what lets cargo use it.

use std::path::{Path, PathBuf};

use duct::{Expression, cmd};

use super::targets::{Linker, Target};
use crate::shell::{Done, Shell};

/// Where the tools are: a virtual environment of Python, with these bytes of each and no others.
const LIST: &str = "supply-chain/release-tools.txt";

/// The tools, installed.
pub(crate) struct Tools {
    folder: PathBuf,
}

impl Tools {
    /// Installs what is not there, and rustc's libraries for the targets.
    pub(crate) fn install(shell: &Shell, targets: &[&Target]) -> Done<Self> {
        let folder = crate::tools::folder(shell).join("release-tools");
        let tools = Self { folder };
        if targets.iter().any(|target| target.linker != Linker::Native) {
            tools.install_zig(shell)?;
        }
        let triples: Vec<_> = targets.iter().map(|target| target.triple).collect();
        crate::tools::targets(shell, &triples)?;
        Ok(tools)
    }

    /// The list of tools is part of the folder's name, so that a changed one is installed anew.
    fn install_zig(&self, shell: &Shell) -> Done {
        let list = std::fs::read(shell.root().join(LIST))?;
        let installed = self.folder.join("installed.txt");
        if std::fs::read(&installed).is_ok_and(|said| said == list) {
            return Ok(());
        }
        let _ = std::fs::remove_dir_all(&self.folder);
        shell.run(cmd!("python3", "-m", "venv", &self.folder))?;
        shell.run(cmd!(
            self.program("pip"),
            "-q",
            "install",
            "--no-deps",
            "--require-hashes",
            "-r",
            shell.root().join(LIST)
        ))?;
        Ok(std::fs::write(installed, list)?)
    }

    /// A program of the environment.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.folder.join("bin").join(name)
    }

    /// What finds the tools first. cargo-zigbuild looks for zig in the Python that it finds.
    pub(crate) fn path(&self) -> Done<std::ffi::OsString> {
        let others = std::env::var_os("PATH").unwrap_or_default();
        let folders =
            std::iter::once(self.folder.join("bin")).chain(std::env::split_paths(&others));
        Ok(std::env::join_paths(folders)?)
    }

    /// What a build depends on beside the sources: the compiler's version and zig's.
    pub(crate) fn versions(
        &self,
        shell: &Shell,
        target: &Target,
    ) -> Done<Vec<(&'static str, String)>> {
        let mut versions = vec![("rustc", shell.read(cmd!("rustc", "--version"))?)];
        if target.linker != Linker::Native {
            let zig = cmd!(self.program("python3"), "-m", "ziglang", "version");
            versions.push(("zig", shell.read(zig)?));
            versions.push((
                "cargo-zigbuild",
                shell.read(cmd!(self.program("cargo-zigbuild"), "--version"))?,
            ));
        }
        Ok(versions)
    }

    /// zig's C compiler.
    pub(crate) fn zig_cc(&self, arguments: &[&str], folder: &Path) -> Expression {
        let mut all = vec!["-m", "ziglang", "cc"];
        all.extend(arguments);
        cmd(self.program("python3"), all).dir(folder)
    }
}
