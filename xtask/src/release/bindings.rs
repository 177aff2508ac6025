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
struct Packer<'a> {
    shell: &'a Shell,
    tools: &'a Tools,
    version: &'a str,
    /// The commit's, in seconds since 1970.
    time: u64,
    out: &'a Path,
}

/// A package that was made.
struct Package {
    file: PathBuf,
    /// What its native library is built from.
    folder: &'static str,
    name: &'static str,
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
    /// One wheel for every CPython from 3.9 on.
    fn wheel(&self) -> Done<Package> {
        let folder = tempfile::tempdir()?;
        let made = folder.path().join("made");
        self.shell.run(cmd!(
            self.tools.program("maturin"),
            "build",
            "--release",
            "--locked",
            "--compatibility",
            "manylinux2014",
            "--manifest-path",
            "bindings/python/Cargo.toml",
            "--out",
            &made
        ))?;
        let file = self.keep(&only_file(&made)?)?;
        let python = folder.path().join("venv/bin/python");
        self.shell
            .run(cmd!("python3", "-m", "venv", folder.path().join("venv")))?;
        self.shell.run(cmd!(
            &python,
            "-m",
            "pip",
            "-q",
            "install",
            "--no-index",
            &file
        ))?;
        let smoke = written(folder.path(), "smoke.py", include_str!("packages/smoke.py"))?;
        self.tried(
            "the wheel",
            cmd!(&python, "-I", smoke, self.key()).dir(folder.path()),
        )?;
        Ok(Package {
            file,
            folder: "bindings/python",
            name: "cardseal-python",
        })
    }

    fn npm(&self) -> Done<Package> {
        let folder = tempfile::tempdir()?;
        self.shell
            .run(cmd!("npm", "--prefix", "bindings/nodejs", "run", "build"))?;
        let made = folder.path().join("made");
        std::fs::create_dir(&made)?;
        self.shell.run(
            cmd!("npm", "pack", "--silent", "--pack-destination", &made)
                .dir(self.shell.root().join("bindings/nodejs")),
        )?;
        let named = format!("cardseal-nodejs-{}-linux-x64.tgz", self.version);
        let file = self.keep(&renamed(&only_file(&made)?, &named)?)?;
        let place = folder.path().join("program");
        std::fs::create_dir(&place)?;
        self.shell.run(cmd!(
            "npm",
            "install",
            "--silent",
            "--offline",
            "--no-audit",
            "--prefix",
            &place,
            &file
        ))?;
        let smoke = written(&place, "smoke.js", include_str!("packages/smoke.js"))?;
        self.tried(
            "the npm package",
            cmd!("node", smoke, self.key()).dir(&place),
        )?;
        Ok(Package {
            file,
            folder: "bindings/nodejs",
            name: "cardseal-nodejs",
        })
    }

    /// The classes, and the native library where they look for it.
    fn jar(&self) -> Done<Package> {
        let folder = tempfile::tempdir()?;
        self.shell.run(cmd!("make", "-C", "bindings/java"))?;
        let made = self.shell.target().join("bindings/java");
        let native = folder
            .path()
            .join("made/io/github/cardseal/native/linux-x86_64");
        std::fs::create_dir_all(&native)?;
        std::fs::copy(
            made.join("libcardseal_java.so"),
            native.join("libcardseal_java.so"),
        )?;
        for licence in ["LICENSE", "LICENSE-APACHE", "LICENSE-MIT"] {
            let place = folder.path().join("made/META-INF");
            std::fs::create_dir_all(&place)?;
            std::fs::copy(self.shell.root().join(licence), place.join(licence))?;
        }
        let file = folder
            .path()
            .join(format!("cardseal-java-{}-linux-x86_64.jar", self.version));
        let time = jiff::Timestamp::from_second(i64::try_from(self.time)?)?;
        self.shell.run(cmd!(
            "jar",
            "--create",
            "--file",
            &file,
            format!("--date={time}"),
            "-C",
            made.join("classes"),
            ".",
            "-C",
            folder.path().join("made"),
            "."
        ))?;
        let file = self.keep(&file)?;
        let smoke = written(
            folder.path(),
            "Smoke.java",
            include_str!("packages/Smoke.java"),
        )?;
        self.tried(
            "the jar",
            cmd!("java", "-cp", &file, smoke, self.key()).dir(folder.path()),
        )?;
        Ok(Package {
            file,
            folder: "bindings/java/native",
            name: "cardseal-java",
        })
    }

    /// A program that seals says which algorithm the key chose.
    fn tried(&self, what: &str, program: duct::Expression) -> Done {
        let said = self.shell.read(program)?;
        if said != "SM4-GCM" {
            return Err(format!("{what} sealed with `{said}`").into());
        }
        self.shell.say(format!(
            "REACHED {what} seals where it was installed by itself"
        ));
        Ok(())
    }

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

    /// A copy among the archives.
    fn keep(&self, file: &Path) -> Done<PathBuf> {
        let kept = self.out.join(file.file_name().unwrap_or_default());
        std::fs::copy(file, &kept)?;
        Ok(kept)
    }

    fn key(&self) -> PathBuf {
        self.shell.root().join("vectors/keys/tencent-demo-sm2.b64")
    }
}

fn written(folder: &Path, name: &str, text: &str) -> Done<PathBuf> {
    let path = folder.join(name);
    std::fs::write(&path, text)?;
    Ok(path)
}

fn renamed(file: &Path, name: &str) -> Done<PathBuf> {
    let path = file.with_file_name(name);
    std::fs::rename(file, &path)?;
    Ok(path)
}

/// The file in a folder that has no other.
fn only_file(folder: &Path) -> Done<PathBuf> {
    let files: Vec<_> = std::fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Done<_>>()?;
    match <[PathBuf; 1]>::try_from(files) {
        Ok([file]) => Ok(file),
        Err(files) => Err(format!(
            "{} has {} files, and not one",
            folder.display(),
            files.len()
        )
        .into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_two_packages_is_no_package() {
        let folder = tempfile::tempdir().unwrap();
        assert!(only_file(folder.path()).is_err());
        let one = written(folder.path(), "one", "").unwrap();
        assert_eq!(only_file(folder.path()).unwrap(), one);
        let other = renamed(&one, "other").unwrap();
        assert_eq!(only_file(folder.path()).unwrap(), other);
        written(folder.path(), "third", "").unwrap();
        assert!(only_file(folder.path()).is_err());
    }
}
