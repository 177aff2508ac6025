//! The binary of one target and edition: the same bytes in whatever folder it is built.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use duct::cmd;
use serde_json::Value;

use super::editions::Edition;
use super::targets::{Linker, Target};
use super::zig::Tools;
use crate::shell::{Done, Shell};

/// How much the compiler is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// As it is released.
    Release,
    /// As the tests are built, whose procedural macros and build scripts are there already: to see that it builds and runs.
    Quick,
}

/// A clone of the repository, and where it is built.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
    pub(crate) cargo_home: PathBuf,
}

/// What is to be built.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Order<'a> {
    pub(crate) target: &'a Target,
    pub(crate) edition: &'a Edition,
    pub(crate) pace: Pace,
    /// The commit's, in seconds since 1970.
    pub(crate) time: u64,
}

/// What a build left.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) binary: PathBuf,
    /// Name and version of every package that was compiled, for the target or to run while building.
    pub(crate) packages: BTreeSet<(String, String)>,
}

/// Builds it, and looks that the binary names no folder of this machine.
pub(crate) fn build(shell: &Shell, tools: &Tools, place: &Place, order: Order) -> Done<Built> {
    let Order {
        target,
        edition,
        pace,
        time,
    } = order;
    let (verb, triple) = match target.linker {
        Linker::Zig(glibc) => ("zigbuild", format!("{}{glibc}", target.triple)),
        Linker::Native => ("build", target.triple.to_owned()),
    };
    let profile = match pace {
        Pace::Release => "dist",
        Pace::Quick => "dev",
    };
    let mut words: Vec<String> = [verb, "--locked", "--profile", profile, "-p", "cardseal-cli"]
        .iter()
        .chain(edition.features)
        .map(|word| (*word).to_owned())
        .collect();
    words.extend(["--target".to_owned(), triple]);
    words.push("--message-format=json-render-diagnostics".to_owned());

    let sysroot = shell.read(cmd!("rustc", "--print", "sysroot"))?;
    let commit = commit_of_rustc(&shell.read(cmd!("rustc", "--version", "--verbose"))?)?;
    let remaps = remaps(place, Path::new(&sysroot), &commit)?;
    let command = cmd("cargo", words)
        .dir(&place.root)
        .env("PATH", tools.path()?)
        .env("CARGO_HOME", &place.cargo_home)
        .env("CARGO_TARGET_DIR", &place.target)
        .env("CARGO_INCREMENTAL", "0")
        .env("SOURCE_DATE_EPOCH", time.to_string())
        .env("RUSTFLAGS", flags(target, pace, &remaps).join(" "))
        .env("TARGET_CFLAGS", c_flags(&remaps).join(" "))
        // One of the targets is the machine's own, and then this one counts.
        .env("HOST_CFLAGS", c_flags(&remaps).join(" "));
    shell.say(format!("building {} for {}", edition.name, target.triple));
    let messages = shell.read(command)?;
    let built = read_messages(&messages)?;
    no_path_in(&built.binary, place)?;
    Ok(built)
}

/// What the compiler writes into the binary instead of the folders of this machine. Of two that fit, rustc takes the later.
fn remaps(place: &Place, sysroot: &Path, commit: &str) -> Done<Vec<(PathBuf, String)>> {
    let mut all = vec![
        (place.root.clone(), "/cardseal".to_owned()),
        (place.target.clone(), "/cardseal/target".to_owned()),
    ];
    // A folder for each registry, whose name depends on the address that it is reached by.
    let sources = place.cargo_home.join("registry/src");
    let mut registries: Vec<_> = std::fs::read_dir(&sources)
        .map_err(|error| format!("{}: {error}; run `cargo fetch --locked`", sources.display()))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Done<_>>()?;
    registries.sort();
    for folder in registries {
        // Rustc is started there, and then knows the folder without the links in its path.
        all.push((folder.canonicalize()?, "/registry".to_owned()));
        all.push((folder, "/registry".to_owned()));
    }
    // Where the component rust-src is installed, rustc finds its own library's sources there.
    all.push((
        sysroot.join("lib/rustlib/src/rust"),
        format!("/rustc/{commit}"),
    ));
    match all
        .iter()
        .find(|(from, _)| from.to_string_lossy().contains(' '))
    {
        Some((from, _)) => {
            Err(format!("{}: a folder with a space in its name", from.display()).into())
        }
        None => Ok(all),
    }
}

fn flags(target: &Target, pace: Pace, remaps: &[(PathBuf, String)]) -> Vec<String> {
    let mut flags: Vec<_> = remaps
        .iter()
        .map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display()))
        .collect();
    if target.triple.contains("linux") {
        flags.push("-Clink-arg=-Wl,--build-id=none".into());
    }
    if pace == Pace::Quick {
        // The profile is shared with builds that keep their symbols.
        flags.push("-Cstrip=symbols".into());
    }
    flags
}

fn c_flags(remaps: &[(PathBuf, String)]) -> Vec<String> {
    remaps
        .iter()
        .map(|(from, to)| format!("-ffile-prefix-map={}={to}", from.display()))
        .collect()
}

fn commit_of_rustc(version: &str) -> Done<String> {
    version
        .lines()
        .find_map(|line| line.strip_prefix("commit-hash: "))
        .map(str::to_owned)
        .ok_or_else(|| "rustc does not say what it was built from".into())
}

/// What cargo says of its build, a JSON object a line.
fn read_messages(messages: &str) -> Done<Built> {
    let (mut packages, mut binary) = (BTreeSet::new(), None);
    for line in messages.lines().filter(|line| line.starts_with('{')) {
        let message: Value = serde_json::from_str(line)?;
        if message["reason"] != "compiler-artifact" {
            continue;
        }
        let id = message["package_id"].as_str().unwrap_or_default();
        packages.insert(name_and_version(id).ok_or_else(|| format!("{id} names no package"))?);
        if let Some(path) = message["executable"].as_str()
            && message["target"]["name"] == "cardseal"
        {
            binary = Some(PathBuf::from(path));
        }
    }
    let binary = binary.ok_or("cargo built no program")?;
    Ok(Built { binary, packages })
}

/// Of a package id: `…#name@version`, or `…/name#version` where the folder has the package's name.
fn name_and_version(id: &str) -> Option<(String, String)> {
    let (address, name) = id.rsplit_once('#')?;
    let (name, version) = match name.split_once('@') {
        Some(both) => both,
        None => (address.rsplit('/').next()?, name),
    };
    Some((name.to_owned(), version.to_owned()))
}

/// A binary tells nothing of the machine that built it.
fn no_path_in(binary: &Path, place: &Place) -> Done {
    let bytes = std::fs::read(binary)?;
    for folder in [&place.root, &place.target, &place.cargo_home] {
        let text = folder.to_string_lossy();
        if let Some(at) = memchr::memmem::find(&bytes, text.as_bytes()) {
            let end = bytes.len().min(at + 200);
            let found = String::from_utf8_lossy(&bytes[at..end]);
            return Err(format!(
                "{} names a folder of this machine: {found}",
                binary.display()
            )
            .into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_id_tells_name_and_version() {
        for (id, name, version) in [
            (
                "registry+https://h.example/index#serde@1.0.228",
                "serde",
                "1.0.228",
            ),
            (
                "path+file:///a/crates/cli#cardseal-cli@0.1.0",
                "cardseal-cli",
                "0.1.0",
            ),
            ("path+file:///a/cardseal#0.1.0", "cardseal", "0.1.0"),
            (
                "registry+https://h.example/index#toml@1.2.1+spec-1.1.0",
                "toml",
                "1.2.1+spec-1.1.0",
            ),
        ] {
            let told = name_and_version(id).unwrap();
            assert_eq!((told.0.as_str(), told.1.as_str()), (name, version));
        }
    }

    #[test]
    fn the_binary_is_found_among_what_cargo_says() {
        let artifact = r#"{"reason":"compiler-artifact","package_id":"r#a@1.0.0","target":{"name":"a"},"executable":null}"#;
        let program = r#"{"reason":"compiler-artifact","package_id":"p#c@2.0.0","target":{"name":"cardseal"},"executable":"/t/cardseal"}"#;
        let script = r#"{"reason":"build-script-executed","package_id":"r#b@1.0.0"}"#;
        let built = read_messages(&[script, artifact, program].join("\n")).unwrap();
        assert_eq!(built.binary, Path::new("/t/cardseal"));
        let names: Vec<_> = built
            .packages
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(names, ["a", "c"]);
        assert!(read_messages(artifact).is_err());
    }

    #[test]
    fn a_folder_of_the_machine_in_a_binary_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place {
            root: "/home/somebody/cardseal".into(),
            target: "/var/build".into(),
            cargo_home: "/home/somebody/.cargo".into(),
        };
        let binary = folder.path().join("cardseal");
        std::fs::write(&binary, b"\x7fELF /registry/serde-1.0.0/src/lib.rs").unwrap();
        no_path_in(&binary, &place).unwrap();
        std::fs::write(&binary, b"\x7fELF /home/somebody/.cargo/registry/src/x").unwrap();
        let refused = no_path_in(&binary, &place).unwrap_err().to_string();
        assert!(refused.contains(".cargo/registry"), "{refused}");
    }
}
