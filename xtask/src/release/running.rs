//! A built program, started here: by itself, or by an emulator of its system.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use duct::{Expression, cmd};

use super::targets::{Runner, Target};
use super::zig::Tools;
use crate::shell::{Done, Shell};

/// How programs of one target are started on this machine.
pub(crate) struct Starter {
    emulator: Option<PathBuf>,
    /// Where Wine keeps its Windows.
    wine: PathBuf,
}

/// Whether they are at all.
pub(crate) enum Here {
    Runs(Starter),
    /// The reason, for people.
    Not(String),
}

impl Starter {
    pub(crate) fn of(shell: &Shell, target: &Target) -> Here {
        let wine = shell.root().join("target/ci/wine");
        let itself = Self {
            emulator: None,
            wine: wine.clone(),
        };
        if target.is_this_system() {
            return Here::Runs(itself);
        }
        match target.runner {
            Runner::Itself if cfg!(all(target_arch = "x86_64", target_os = "linux")) => {
                Here::Runs(itself)
            }
            Runner::Emulator { program, package } => match found(program) {
                Some(path) => Here::Runs(Self {
                    emulator: Some(path),
                    wine,
                }),
                None => Here::Not(format!(
                    "{program} is not installed; Debian's package is {package}"
                )),
            },
            Runner::Itself | Runner::Elsewhere => Here::Not(format!(
                "a program for {} does not run on this system",
                target.triple
            )),
        }
    }

    /// The program with its arguments.
    pub(crate) fn command(&self, binary: &Path, arguments: &[&str]) -> Expression {
        let arguments = arguments.iter().map(OsString::from);
        let command = match &self.emulator {
            Some(emulator) => cmd(
                emulator,
                std::iter::once(OsString::from(binary)).chain(arguments),
            ),
            None => cmd(binary, arguments),
        };
        command
            .env("WINEPREFIX", &self.wine)
            .env("WINEDEBUG", "-all")
            // No window, and no offer to fetch parts of Windows from elsewhere.
            .env(
                "WINEDLLOVERRIDES",
                "winemenubuilder.exe,mscoree,mshtml=;bcryptprimitives=n,b",
            )
            .env_remove("DISPLAY")
    }

    /// Puts beside a Windows program what Wine before its version 9 lacks: the library that Rust asks for random bytes.
    /// Windows itself does not look there for it.
    pub(crate) fn complete(&self, shell: &Shell, tools: &Tools, folder: &Path) -> Done {
        let by_wine = self
            .emulator
            .as_ref()
            .is_some_and(|it| it.ends_with("wine64"));
        if !by_wine {
            return Ok(());
        }
        std::fs::create_dir_all(&self.wine)?;
        let source = folder.join("bcryptprimitives.c");
        std::fs::write(&source, RANDOM)?;
        let arguments = [
            "-target",
            "x86_64-windows-gnu",
            "-shared",
            "-o",
            "bcryptprimitives.dll",
            "bcryptprimitives.c",
            "-ladvapi32",
        ];
        shell.run(tools.zig_cc(&arguments, folder))
    }
}

/// `ProcessPrng` by Wine's older generator.
const RANDOM: &str = "\
unsigned char __stdcall SystemFunction036(void *bytes, unsigned long length);
__declspec(dllexport) int __stdcall ProcessPrng(unsigned char *bytes, unsigned long long length) {
    return SystemFunction036(bytes, (unsigned long)length);
}
";

/// A program in a folder of `PATH`, or where Debian has Wine.
fn found(program: &str) -> Option<PathBuf> {
    let debian = Path::new("/usr/lib/wine").join(program);
    crate::tools::find(program).or_else(|| debian.is_file().then_some(debian))
}
