//! What a release is built for, and how each is linked, packed and run.

use crate::shell::Done;

/// A platform, by rustc's name for it.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) triple: &'static str,
    pub(crate) linker: Linker,
    pub(crate) runner: Runner,
    pub(crate) form: Form,
}

/// Who compiles the C code and links.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Linker {
    /// zig's, with the headers and the C library that zig brings. The text follows the triple: the oldest glibc.
    Zig(&'static str),
    /// The system's own, on a machine of that kind.
    Native,
}

/// How its programs are run on x86-64 Linux.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Runner {
    Itself,
    /// By an emulator, which Debian has in a package.
    Emulator {
        program: &'static str,
        package: &'static str,
    },
    /// Not at all.
    Elsewhere,
}

/// What its archive is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    TarGz,
    Zip,
}

/// glibc as of 2012, which is the oldest that Rust's own library runs with.
const GLIBC: &str = ".2.17";

/// The statically linked ones first: they run on every Linux, and print the pages for those that do not run here.
pub(crate) const TARGETS: &[Target] = &[
    Target {
        triple: PRINTS_PAGES,
        linker: Linker::Zig(""),
        runner: Runner::Itself,
        form: Form::TarGz,
    },
    Target {
        triple: "aarch64-unknown-linux-musl",
        linker: Linker::Zig(""),
        runner: Runner::Emulator {
            program: "qemu-aarch64",
            package: "qemu-user",
        },
        form: Form::TarGz,
    },
    Target {
        triple: "x86_64-unknown-linux-gnu",
        linker: Linker::Zig(GLIBC),
        runner: Runner::Itself,
        form: Form::TarGz,
    },
    Target {
        triple: "x86_64-pc-windows-gnu",
        linker: Linker::Zig(""),
        runner: Runner::Emulator {
            program: "wine64",
            package: "wine64",
        },
        form: Form::Zip,
    },
    Target {
        triple: "aarch64-apple-darwin",
        linker: Linker::Native,
        runner: Runner::Elsewhere,
        form: Form::TarGz,
    },
    Target {
        triple: "x86_64-apple-darwin",
        linker: Linker::Native,
        runner: Runner::Elsewhere,
        form: Form::TarGz,
    },
];

/// The target whose binary runs on the machine that cross-builds.
pub(crate) const PRINTS_PAGES: &str = "x86_64-unknown-linux-musl";

/// The two that every change is built for: the binary without a C library of the system, and the one that is not Unix.
pub(crate) const QUICK: [&str; 2] = [PRINTS_PAGES, "x86_64-pc-windows-gnu"];

impl Target {
    pub(crate) fn named(triple: &str) -> Done<&'static Self> {
        TARGETS
            .iter()
            .find(|target| target.triple == triple)
            .ok_or_else(|| {
                let known: Vec<_> = TARGETS.iter().map(|target| target.triple).collect();
                format!(
                    "{triple} is no target of a release; these are: {}",
                    known.join(", ")
                )
                .into()
            })
    }

    /// Whether it can be built here.
    pub(crate) fn is_built_here(&self) -> bool {
        match self.linker {
            Linker::Zig(_) => cfg!(all(target_arch = "x86_64", target_os = "linux")),
            Linker::Native => self.is_this_system(),
        }
    }

    /// Whether zig builds it.
    pub(crate) fn is_cross_built(&self) -> bool {
        matches!(self.linker, Linker::Zig(_))
    }

    /// Whether the machine that builds is one of them, as far as its C library may differ.
    pub(crate) fn is_this_system(&self) -> bool {
        let (arch, os) = (std::env::consts::ARCH, std::env::consts::OS);
        let os = if os == "macos" { "darwin" } else { os };
        self.triple.starts_with(arch) && self.triple.contains(os)
    }

    pub(crate) fn is_windows(&self) -> bool {
        self.triple.contains("windows")
    }

    /// What the binary is called.
    pub(crate) fn binary(&self) -> &'static str {
        if self.is_windows() {
            "cardseal.exe"
        } else {
            "cardseal"
        }
    }
}

impl Form {
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::TarGz => "tar.gz",
            Self::Zip => "zip",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_found_by_its_name_and_no_other() {
        for target in TARGETS {
            assert_eq!(Target::named(target.triple).unwrap().triple, target.triple);
        }
        let refused = Target::named("x86_64-unknown-linux")
            .unwrap_err()
            .to_string();
        assert!(refused.contains(PRINTS_PAGES), "{refused}");
        for quick in QUICK {
            assert!(Target::named(quick).is_ok(), "{quick}");
        }
    }

    #[test]
    fn a_mac_is_not_built_for_elsewhere() {
        for target in TARGETS {
            let apple = target.triple.ends_with("-apple-darwin");
            assert_eq!(apple, target.linker == Linker::Native, "{}", target.triple);
            assert_eq!(target.is_windows(), target.form == Form::Zip);
            if apple && !cfg!(target_os = "macos") {
                assert!(!target.is_built_here());
            }
        }
    }
}
