//! Whether a tag is a release: annotated, signed by somebody who may release, and of the version that it names.

use std::path::Path;

use duct::cmd;

use crate::shell::{Done, Shell};

/// Verifies `tag` in the repository at `root`, with the keys in `signers`, a file of ssh-keygen's allowed signers.
pub(crate) fn verify(shell: &Shell, root: &Path, tag: &str, signers: &Path) -> Done {
    if names_nobody(&std::fs::read_to_string(signers)?) {
        return Err(format!(
            "{} names nobody, so nobody can release; RELEASING.md says how a maintainer's key gets there",
            signers.display()
        )
        .into());
    }
    let git = |words: &[&str]| shell.read(cmd("git", words).dir(root));
    let name = format!("refs/tags/{tag}");
    if git(&["cat-file", "-t", &name])? != "tag" {
        return Err(format!("{tag} is not annotated, so it carries no signature").into());
    }
    let object = git(&["cat-file", "tag", &name])?;
    // A signature holds wherever its tag is copied to.
    if !object.lines().any(|line| line == format!("tag {tag}")) {
        return Err(format!("{tag} is a copy of a tag with another name").into());
    }
    // With a signature of another kind, git would ask that program and its keys.
    if !object.contains("\n-----BEGIN SSH SIGNATURE-----\n") {
        return Err(format!("{tag} carries no SSH signature").into());
    }
    let keys = format!(
        "gpg.ssh.allowedSignersFile={}",
        std::path::absolute(signers)?.display()
    );
    git(&[
        "-c",
        "gpg.format=ssh",
        "-c",
        &keys,
        "-c",
        "gpg.ssh.program=ssh-keygen",
        "verify-tag",
        tag,
    ])
    .map_err(|error| format!("{tag} is not signed by anybody who may release: {error}"))?;

    let at = |file: &str| git(&["show", &format!("{name}:{file}")]);
    let version = version(&at("Cargo.toml")?)?;
    if tag != format!("v{version}") {
        return Err(format!("{tag} is of version {version}").into());
    }
    if !has_heading(&at("CHANGELOG.md")?, &version) {
        return Err(format!("CHANGELOG.md has no heading for {version}").into());
    }
    shell.say(format!(
        "REACHED {tag}: signed by a listed key, of version {version}, in the changelog"
    ));
    Ok(())
}

/// Whether there is no line but comments.
fn names_nobody(signers: &str) -> bool {
    signers
        .lines()
        .map(str::trim)
        .all(|line| line.is_empty() || line.starts_with('#'))
}

/// Of the workspace, by its `Cargo.toml`.
pub(crate) fn version(manifest: &str) -> Done<String> {
    let manifest: toml::Table = manifest.parse()?;
    let version = manifest
        .get("workspace")
        .and_then(|it| it.get("package"))
        .and_then(|it| it.get("version"));
    Ok(version
        .and_then(toml::Value::as_str)
        .ok_or("Cargo.toml names no version")?
        .to_owned())
}

fn has_heading(changelog: &str, version: &str) -> bool {
    let headings = changelog
        .lines()
        .filter_map(|line| line.strip_prefix("## "));
    headings
        .into_iter()
        .any(|heading| heading.split(' ').next() == Some(version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_list_of_signers_names_nobody() {
        assert!(names_nobody("\n# a comment\n"));
        assert!(!names_nobody(
            "# a comment\na@h.example namespaces=\"git\" ssh-ed25519 AAAA\n"
        ));
        assert!(names_nobody(include_str!(
            "../../../.github/release-signers"
        )));
    }

    #[test]
    fn a_version_has_a_heading_of_its_own() {
        let changelog = "# Changelog\n\n## 1.2.30 - 2026-01-01\n\n## 1.2.2\n";
        assert!(has_heading(changelog, "1.2.30") && has_heading(changelog, "1.2.2"));
        assert!(!has_heading(changelog, "1.2.3"));
    }

    /// A repository with a version, and two keys of which one is listed.
    struct Scratch {
        folder: tempfile::TempDir,
        shell: Shell,
    }

    impl Scratch {
        fn new() -> Self {
            let scratch = Self {
                folder: tempfile::tempdir().unwrap(),
                shell: Shell::at_root().unwrap(),
            };
            scratch.write("Cargo.toml", "[workspace.package]\nversion = \"1.2.3\"\n");
            scratch.write("CHANGELOG.md", "# Changelog\n\n## 1.2.3\n");
            scratch.git(&["init", "--quiet"]);
            scratch.git(&["add", "."]);
            scratch.git(&["commit", "--quiet", "-m", "all"]);
            for key in ["listed", "other"] {
                let path = scratch.folder.path().join(key);
                scratch.run(cmd!(
                    "ssh-keygen",
                    "-q",
                    "-t",
                    "ed25519",
                    "-N",
                    "",
                    "-C",
                    "",
                    "-f",
                    path
                ));
            }
            let key = std::fs::read_to_string(scratch.folder.path().join("listed.pub")).unwrap();
            scratch.write("signers", &format!("a@h.example namespaces=\"git\" {key}"));
            scratch
        }

        fn write(&self, name: &str, text: &str) {
            std::fs::write(self.folder.path().join(name), text).unwrap();
        }

        fn run(&self, command: duct::Expression) {
            self.shell.read(command.dir(self.folder.path())).unwrap();
        }

        fn git(&self, words: &[&str]) {
            let own = [
                "-c",
                "user.name=a",
                "-c",
                "user.email=a@h.example",
                "-c",
                "gpg.format=ssh",
            ];
            let off = ["-c", "commit.gpgSign=false", "-c", "tag.gpgSign=false"];
            self.run(cmd("git", own.iter().chain(&off).chain(words)));
        }

        fn sign(&self, key: &str, tag: &str) {
            let key = format!("user.signingKey={}", self.folder.path().join(key).display());
            self.git(&["-c", &key, "tag", "--sign", "-m", "a release", tag]);
        }

        fn verify(&self, tag: &str) -> Result<(), String> {
            let folder = self.folder.path();
            verify(&self.shell, folder, tag, &folder.join("signers"))
                .map_err(|error| error.to_string())
        }
    }

    #[test]
    fn only_a_listed_key_makes_a_release() {
        let scratch = Scratch::new();
        scratch.sign("listed", "v1.2.3");
        scratch.verify("v1.2.3").unwrap();

        scratch.git(&["tag", "--delete", "v1.2.3"]);
        scratch.sign("other", "v1.2.3");
        let refused = scratch.verify("v1.2.3").unwrap_err();
        assert!(
            refused.contains("not signed by anybody who may release"),
            "{refused}"
        );

        scratch.git(&["tag", "--delete", "v1.2.3"]);
        scratch.git(&["tag", "-m", "unsigned", "v1.2.3"]);
        assert!(
            scratch
                .verify("v1.2.3")
                .unwrap_err()
                .contains("no SSH signature")
        );

        scratch.git(&["tag", "--delete", "v1.2.3"]);
        scratch.git(&["tag", "v1.2.3"]);
        assert!(
            scratch
                .verify("v1.2.3")
                .unwrap_err()
                .contains("not annotated")
        );
    }

    #[test]
    fn the_tag_must_be_the_versions_own() {
        let scratch = Scratch::new();
        scratch.sign("listed", "v1.2.4");
        assert!(
            scratch
                .verify("v1.2.4")
                .unwrap_err()
                .contains("of version 1.2.3")
        );
        // The signed object of one tag under another's name.
        scratch.git(&["update-ref", "refs/tags/v1.2.3", "refs/tags/v1.2.4"]);
        assert!(
            scratch
                .verify("v1.2.3")
                .unwrap_err()
                .contains("another name")
        );
    }

    #[test]
    fn without_signers_nobody_releases() {
        let scratch = Scratch::new();
        scratch.sign("listed", "v1.2.3");
        scratch.write("signers", "# nobody\n");
        assert!(
            scratch
                .verify("v1.2.3")
                .unwrap_err()
                .contains("names nobody")
        );
    }
}
