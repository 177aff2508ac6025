//! The three packages, made by the commands of the READMEs, and each tried in an empty folder.

use std::path::{Path, PathBuf};

use duct::cmd;

use super::bindings::{Package, Packer};
use crate::shell::Done;

/// In every package: the workspace's licences, which stand above the folders of the bindings.
const LICENCES: [&str; 3] = ["LICENSE", "LICENSE-APACHE", "LICENSE-MIT"];

impl Packer<'_> {
    /// One wheel for every CPython from 3.9 on.
    pub(super) fn wheel(&self) -> Done<Package> {
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

    pub(super) fn npm(&self) -> Done<Package> {
        let folder = tempfile::tempdir()?;
        self.shell
            .run(cmd!("npm", "--prefix", "bindings/nodejs", "run", "build"))?;
        // What the package names, beside the licences that its own folder lacks.
        let source = self.shell.root().join("bindings/nodejs");
        let stage = folder.path().join("stage");
        std::fs::create_dir(&stage)?;
        for name in [
            "package.json",
            "index.js",
            "index.d.ts",
            "cardseal.node",
            "README.md",
            "README.zh-CN.md",
        ] {
            std::fs::copy(source.join(name), stage.join(name))?;
        }
        self.licences(&stage)?;
        let made = folder.path().join("made");
        std::fs::create_dir(&made)?;
        self.shell
            .run(cmd!("npm", "pack", "--silent", "--pack-destination", &made).dir(&stage))?;
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
    pub(super) fn jar(&self) -> Done<Package> {
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
        let place = folder.path().join("made/META-INF");
        std::fs::create_dir_all(&place)?;
        self.licences(&place)?;
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

    fn licences(&self, folder: &Path) -> Done {
        for name in LICENCES {
            std::fs::copy(self.shell.root().join(name), folder.join(name))?;
        }
        Ok(())
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
