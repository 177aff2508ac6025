//! The packages of the bindings for x86-64 Linux, built by the commands of their READMEs, each installed into an empty
//! folder and tried there.

use std::path::{Path, PathBuf};

use duct::cmd;

use super::bill::{self, Kind, Subject};
use super::tree::{Source, Tree};
use super::zig::Tools;
use super::{artefact, checking, targets::Target};
use crate::shell::{Done, Shell};

/// Linked as the command line's own archive, so that they run where it does.
const TRIPLE: &str = "x86_64-unknown-linux-gnu";

/// What all of them are built with.
pub(super) struct Packer<'a> {
    pub(super) shell: &'a Shell,
    pub(super) tools: &'a Tools,
    pub(super) version: &'a str,
    /// The commit's, in seconds since 1970.
    pub(super) time: u64,
    pub(super) out: &'a Path,
}

/// A package that was made.
pub(super) struct Package {
    pub(super) file: PathBuf,
    /// What its native library is built from.
    pub(super) folder: &'static str,
    pub(super) name: &'static str,
}

/// Makes, tries and describes all three.
pub(crate) fn make(shell: &Shell, version: &str, time: u64, out: &Path) -> Done {
    let tools = Tools::install(shell, &[Target::named(TRIPLE)?])?;
    let shell = &linked_by_zig(shell, &tools, time)?;
    let packer = Packer {
        shell,
        tools: &tools,
        version,
        time,
        out,
    };
    let mut bills = Vec::new();
    for package in [packer.wheel()?, packer.npm()?, packer.jar()?] {
        bills.push(packer.describe(&package)?);
    }
    checking::check(shell, &bills)?;
    shell.say(artefact::sums(out)?);
    Ok(())
}

/// An environment in which every compiler and linker is zig's, for the oldest glibc.
fn linked_by_zig(shell: &Shell, tools: &Tools, time: u64) -> Done<Shell> {
    let folder = shell.target().join("zig-for-bindings");
    std::fs::create_dir_all(&folder)?;
    let zigbuild = tools.program("cargo-zigbuild");
    let program = |name: &str, words: &str| -> Done<PathBuf> {
        let path = folder.join(name);
        std::fs::write(
            &path,
            format!(
                "#!/bin/sh\nexec '{}' zig {words} \"$@\"\n",
                zigbuild.display()
            ),
        )?;
        shell.run(cmd!("chmod", "+x", &path))?;
        Ok(path)
    };
    let cc = program("cc", "cc -- -target x86_64-linux-gnu.2.17")?;
    let ar = program("ar", "ar --")?;
    let settings = [
        ("PATH", tools.path()?),
        (
            "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER",
            cc.clone().into(),
        ),
        ("CC_x86_64_unknown_linux_gnu", cc.into()),
        ("AR_x86_64_unknown_linux_gnu", ar.into()),
        ("CARGO_PROFILE_RELEASE_STRIP", "symbols".into()),
        ("SOURCE_DATE_EPOCH", time.to_string().into()),
        (
            "CARGO_TARGET_DIR",
            shell.target().join("release-bindings").into(),
        ),
    ];
    let mut new = shell.with_env("CARGO_INCREMENTAL", "0")?;
    for (name, value) in settings {
        new = new.with_env(name, value)?;
    }
    Ok(new)
}

impl Packer<'_> {
    fn describe(&self, package: &Package) -> Done<PathBuf> {
        let folder = self.shell.root().join(package.folder);
        let source = Source {
            folder: &folder,
            package: package.name,
            features: &[],
            triple: TRIPLE,
        };
        let tree = Tree::of(self.shell, &source)?;
        let name = package
            .file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy();
        let mut properties = vec![("target", TRIPLE.to_owned())];
        properties.extend(self.tools.versions(self.shell, Target::named(TRIPLE)?)?);
        let text = bill::bill(
            &tree,
            &[],
            &Subject {
                file: &name,
                sha256: &artefact::sha256(&std::fs::read(&package.file)?),
                kind: Kind::Library,
                time: self.time,
                properties: &properties,
            },
        )?;
        let bill = self.out.join(format!("{name}.cdx.json"));
        std::fs::write(&bill, text)?;
        Ok(bill)
    }
}
