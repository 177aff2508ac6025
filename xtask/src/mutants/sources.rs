//! A clone of the last commit in which a job changes the sources; the tests of a group are made one program there.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use duct::cmd;
use regex::Regex;

use crate::output::pattern;
use crate::shell::{Done, Shell};

/// Files with a `main`, a logger or a process of their own; and one that takes a minute, which is for the drivers.
pub(super) const APART: [&str; 5] = [
    "scenarios",
    "sign_vectors",
    "residue",
    "logs",
    "http_faults",
];

/// Those that need other languages, do not compile on purpose, or measure.
const NEVER: [&str; 5] = [
    "compile_fail",
    "interop",
    "sdk_clients",
    "sign_differential",
    "load",
];

/// A clone that keeps what it built.
pub(super) struct Sources {
    pub(super) folder: PathBuf,
}

impl Sources {
    /// Clones the last commit, or fetches it.
    pub(super) fn at_last_commit(shell: &Shell, folder: PathBuf) -> Done<Self> {
        if !folder.join(".git").exists() {
            shell.run(cmd!("git", "clone", "--quiet", "--shared", ".", &folder))?;
        }
        let sources = Self { folder };
        sources.git(shell, &["fetch", "--quiet", "origin", "HEAD"])?;
        sources.git(shell, &["reset", "--quiet", "--hard", "FETCH_HEAD"])?;
        Ok(sources)
    }

    pub(super) fn as_committed(&self, shell: &Shell) -> Done {
        self.git(shell, &["reset", "--quiet", "--hard", "HEAD"])
    }

    fn git(&self, shell: &Shell, arguments: &[&str]) -> Done {
        let folder = ["-C".into(), self.folder.clone().into_os_string()];
        shell.run(cmd(
            "git",
            folder.into_iter().chain(arguments.iter().map(Into::into)),
        ))
    }

    /// What files are made of, without the tests that end them.
    pub(super) fn made_of(&self, shell: &Shell, files: &[String]) -> Done<String> {
        let globs = Vec::from_iter(files.iter().map(|file| glob(file)));
        let listed = shell.read(cmd!(
            "git",
            "-C",
            &self.folder,
            "ls-tree",
            "-r",
            "--name-only",
            "HEAD"
        ))?;
        let code = |path: &&str| {
            path.ends_with(".rs")
                && !path.ends_with("/tests.rs")
                && !path.ends_with("/known_sets.rs")
        };
        let mut made_of = String::new();
        for path in listed
            .lines()
            .filter(code)
            .filter(|path| globs.iter().any(|glob| glob.is_match(path)))
        {
            let text = shell.read(cmd!(
                "git",
                "-C",
                &self.folder,
                "show",
                format!("HEAD:{path}")
            ))?;
            let _ = writeln!(made_of, "{path}");
            text.lines()
                .take_while(|line| !line.starts_with("mod tests {"))
                .for_each(|line| {
                    let _ = writeln!(made_of, "{line}");
                });
        }
        Ok(made_of)
    }

    /// Makes the files in tests/ that one of these names asks for modules of the library's own tests, so that a mutant
    /// takes one compilation and one link.
    pub(super) fn in_one_binary(&self, shell: &Shell, asked: &[&str]) -> Done {
        self.as_committed(shell)?;
        let own_crate = pattern(r"(^|[^A-Za-z0-9_:])crate::");
        let set_apart = apart(&fs::read_to_string(self.folder.join("Cargo.toml"))?);
        let root = self.folder.join("src/lib.rs");
        let mut library =
            fs::read_to_string(&root)? + "\n#[cfg(test)]\nextern crate self as cardseal;\n";
        for (name, file) in self.test_files()? {
            if set_apart.contains(&name) || !is_asked_for(&format!("test_{name}"), asked) {
                continue;
            }
            let folder = self.folder.join("tests").join(&name);
            if file.ends_with("main.rs") {
                for entry in fs::read_dir(folder)? {
                    let path = entry?.path();
                    if path.extension().is_some_and(|end| end == "rs") {
                        let text = fs::read_to_string(&path)?;
                        fs::write(
                            &path,
                            &*own_crate.replace_all(&text, format!("${{1}}crate::test_{name}::")),
                        )?;
                    }
                }
            }
            let _ = write!(
                library,
                "#[cfg(test)]\n#[path = \"../{file}\"]\nmod test_{name};\n"
            );
        }
        fs::write(root, library)?;
        Ok(())
    }

    /// The files in tests/, by name.
    fn test_files(&self) -> Done<Vec<(String, String)>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(self.folder.join("tests"))? {
            let path = entry?.path();
            let name = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if path.join("main.rs").exists() {
                files.push((name.clone(), format!("tests/{name}/main.rs")));
            } else if path.extension().is_some_and(|end| end == "rs") {
                files.push((name.clone(), format!("tests/{name}.rs")));
            }
        }
        files.sort();
        Ok(files)
    }
}

/// What is no module of the library's tests: the files above, and those that the manifest builds otherwise.
fn apart(manifest: &str) -> BTreeSet<String> {
    let mut apart: BTreeSet<String> = APART
        .iter()
        .chain(&NEVER)
        .map(|name| (*name).to_owned())
        .collect();
    for section in manifest.split("\n[[test]]\n").skip(1) {
        let section = section.split("\n[").next().unwrap_or_default();
        let name = section
            .lines()
            .find_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'));
        apart.extend(name.map(str::to_owned));
    }
    apart
}

/// Whether a file's module, or a test in it, is asked for.
fn is_asked_for(module: &str, asked: &[&str]) -> bool {
    asked
        .iter()
        .any(|asked| module.contains(asked) || asked.starts_with(module))
}

/// A glob as a pattern: `*` stays within a folder, `**` does not.
pub(super) fn glob(glob: &str) -> Regex {
    let parts = glob.split("**").map(|part| {
        part.split('*')
            .map(regex::escape)
            .collect::<Vec<_>>()
            .join("[^/]*")
    });
    pattern(&format!("^{}$", parts.collect::<Vec<_>>().join(".*")))
}

/// Whether the folder of a clone is there.
pub(super) fn folder(work: &Path, job: usize) -> PathBuf {
    work.join(job.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stays_in_its_folder() {
        assert!(glob("src/cloud/*/sign_*.rs").is_match("src/cloud/huawei/sign_token.rs"));
        assert!(!glob("src/cloud/*.rs").is_match("src/cloud/huawei/reply.rs"));
        assert!(glob("src/cloud/**").is_match("src/cloud/huawei/reply.rs"));
        assert!(!glob("src/error.rs").is_match("src/errorxrs"));
    }

    #[test]
    fn a_file_is_asked_for_by_its_beginning_or_by_a_test_of_it() {
        assert!(is_asked_for("test_key_text", &["test_key"]));
        assert!(is_asked_for("test_calls", &["test_calls::a_reply"]));
        assert!(!is_asked_for("test_calls", &["test_key", "envelope::"]));
    }

    #[test]
    fn what_the_manifest_builds_otherwise_is_set_apart() {
        let apart = apart(
            "[package]\n\n[[test]]\nname = \"conformance\"\nrequired-features = [\"conformance\"]\n\n[[example]]\nname = \"own\"\n",
        );
        assert!(apart.contains("conformance") && apart.contains("logs") && !apart.contains("own"));
    }
}
