//! Every package says what it is, has its licences and a README, and compiles from what it holds and from the other
//! packages, with its own features and no neighbour's.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use duct::cmd;
use serde_json::Value;

use crate::ci::smaller::PLAIN;
use crate::ci::step::Run;
use crate::shell::Done;
use crate::tools::folder;

/// A package that is published.
#[derive(Debug, PartialEq, Eq)]
struct Package {
    name: String,
    /// `NAME-VERSION`, as its file and its folder are called.
    file: String,
}

pub(super) fn package(run: &Run<'_>) -> Done {
    let shell = run.shell;
    let folder = folder(shell).join("packages");
    let unpacked = folder.join("unpacked");
    let (packages, unpublished) = published(&shell.read(cmd!(
        "cargo",
        "metadata",
        "--locked",
        "--no-deps",
        "--format-version",
        "1"
    ))?)?;
    let _ = fs::remove_dir_all(folder.join("package"));
    let _ = fs::remove_dir_all(&unpacked);
    fs::create_dir_all(&unpacked)?;
    let mut pack = vec![
        "package".to_owned(),
        "--locked".into(),
        "--workspace".into(),
        "--no-verify".into(),
    ];
    unpublished
        .into_iter()
        .for_each(|name| pack.extend(["--exclude".to_owned(), name]));
    let target = ["--target-dir".into(), folder.clone().into_os_string()];
    shell.run(cmd("cargo", pack.into_iter().map(Into::into).chain(target)))?;
    for Package { name, file } in &packages {
        shell.run(cmd!(
            "tar",
            "-xf",
            folder.join(format!("package/{file}.crate")),
            "-C",
            &unpacked
        ))?;
        for needed in ["README.md", "LICENSE-APACHE", "LICENSE-MIT"] {
            if !unpacked.join(file).join(needed).is_file() {
                return Err(format!("{name} has no {needed}").into());
            }
        }
    }
    fs::write(
        unpacked.join("Cargo.toml"),
        workspace(&packages, &fs::read_to_string("Cargo.toml")?),
    )?;
    fs::copy("Cargo.lock", unpacked.join("Cargo.lock"))?;
    let manifest = unpacked.join("Cargo.toml");
    shell.read(cmd!(
        "cargo",
        "metadata",
        "--format-version",
        "1",
        "--manifest-path",
        &manifest
    ))?;
    for Package { name, .. } in &packages {
        compiled(run, &manifest, name)
            .map_err(|error| format!("{name} does not compile from its package: {error}"))?;
    }
    shell.say(format!(
        "REACHED {} packages, each compiled from what it holds",
        packages.len()
    ));
    Ok(())
}

fn compiled(run: &Run<'_>, manifest: &Path, name: &str) -> Done {
    let plain = ["check", "--locked"].into_iter().chain(PLAIN);
    let arguments = plain.chain(["-p", name, "--manifest-path"]).map(Into::into);
    let folders = [
        manifest.as_os_str().to_owned(),
        "--target-dir".into(),
        run.shell.target().into_os_string(),
    ];
    run.shell.run(cmd("cargo", arguments.chain(folders)))
}

/// The packages of `cargo metadata` that are published, each of which says what it is; and the names of the others.
fn published(metadata: &str) -> Done<(Vec<Package>, Vec<String>)> {
    let metadata: Value = serde_json::from_str(metadata)?;
    let (mut published, mut others) = (Vec::new(), Vec::new());
    for package in metadata["packages"].as_array().ok_or("no packages")? {
        let text = |key: &str| package[key].as_str().unwrap_or_default();
        let name = text("name");
        // `publish = false` is an empty list of registries.
        if package["publish"].as_array().is_some_and(Vec::is_empty) {
            others.push(name.to_owned());
            continue;
        }
        for key in [
            "description",
            "repository",
            "readme",
            "keywords",
            "categories",
            "license",
        ] {
            if text(key).is_empty() && package[key].as_array().is_none_or(Vec::is_empty) {
                return Err(format!("the Cargo.toml of {name} has no {key}").into());
            }
        }
        published.push(Package {
            name: name.to_owned(),
            file: format!("{name}-{}", text("version")),
        });
    }
    Ok((published, others))
}

/// One workspace of what was unpacked, in which each package takes the others as they were packed. Built alike, what they
/// depend on is there already.
fn workspace(packages: &[Package], manifest: &str) -> String {
    let mut text =
        "[workspace]\nmembers = [\"*\"]\nresolver = \"3\"\n[patch.crates-io]\n".to_owned();
    for Package { name, file } in packages {
        let _ = writeln!(text, "{name} = {{ path = \"{file}\" }}");
    }
    let mut profile = false;
    for line in manifest.lines() {
        if line.starts_with('[') {
            profile = line.starts_with("[profile.dev");
        }
        if profile && !line.starts_with('#') {
            let _ = writeln!(text, "{line}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"{"name":"one","version":"0.1.0","description":"d","repository":"r","readme":"R","license":"L",
        "keywords":["k"],"categories":["c"],"publish":null}"#;

    #[test]
    fn what_is_published_says_what_it_is() {
        let (packages, others) = published(&format!(
            r#"{{"packages":[{WHOLE},{{"name":"own","version":"0.1.0","publish":[]}}]}}"#
        ))
        .unwrap();
        assert_eq!(
            packages,
            [Package {
                name: "one".into(),
                file: "one-0.1.0".into()
            }]
        );
        assert_eq!(others, ["own"]);
        for (key, empty) in [(r#""readme":"R""#, r#""readme":null"#), (r#"["k"]"#, "[]")] {
            let lacking = WHOLE.replace(key, empty);
            assert!(
                published(&format!(r#"{{"packages":[{lacking}]}}"#)).is_err(),
                "{lacking}"
            );
        }
    }

    #[test]
    fn the_packages_take_each_other_as_packed_and_are_built_alike() {
        let manifest = "[package]\nname = \"one\"\n[profile.dev]\ndebug = 1\n\n# Why.\n[profile.dev.package.\"*\"]\nopt-level = 1\n\n[profile.release]\nlto = true\n";
        let text = workspace(
            &[Package {
                name: "one".into(),
                file: "one-0.1.0".into(),
            }],
            manifest,
        );
        assert!(
            text.contains("one = { path = \"one-0.1.0\" }\n[profile.dev]\ndebug = 1\n"),
            "{text}"
        );
        assert!(
            text.contains("[profile.dev.package.\"*\"]\nopt-level = 1\n") && !text.contains("lto"),
            "{text}"
        );
    }
}
