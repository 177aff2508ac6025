//! What the sources may hold, and where.

use std::collections::BTreeSet;

use crate::{Source, files, lines};

const LINES: usize = 400;

fn is_rust(path: &str) -> bool {
    path.ends_with(".rs")
}

/// Sources of the library and the crates, without what may hold `unsafe`.
fn is_safe(path: &str) -> bool {
    let ours = path.starts_with("src/") || path.starts_with("crates/");
    is_rust(path)
        && ours
        && !path.starts_with("crates/kernels/")
        && !path.starts_with("crates/ffi/")
}

#[test]
fn no_file_is_longer_than_400_lines() {
    let files = files(is_rust);
    assert!(files.len() > 1000, "{} files are few", files.len());
    let long = files
        .iter()
        .map(|Source { path, text }| (text.lines().count(), path));
    let long = Vec::from_iter(long.filter(|(lines, _)| *lines > LINES));
    assert!(long.is_empty(), "past {LINES} lines: {long:#?}");
}

#[test]
fn there_is_no_unsafe_code_outside_the_kernels_and_the_c_interface() {
    let found = lines(&files(is_safe), r"unsafe (fn|impl|\{)|unsafe_op");
    assert!(found.is_empty(), "{found:#?}");
    // The pattern finds what it is for.
    assert!(
        !lines(
            &files(|path| path.starts_with("crates/kernels/src/")),
            r"unsafe (fn|impl|\{)"
        )
        .is_empty()
    );
    println!("REACHED no unsafe code outside the kernels and the C interface");
}

/// A skip that the test harness captures is seen by nobody.
#[test]
fn a_skip_is_not_printed_where_the_harness_captures_it() {
    let found = lines(&files(is_rust), r#"print(ln)?!\("SKIP"#);
    assert!(found.is_empty(), "{found:#?}");
}

/// The operating system's generator, the time of day and the environment come in through one file each.
#[test]
fn what_comes_from_outside_comes_in_through_one_door_each() {
    let library = |path: &str| is_rust(path) && path.starts_with("src/");
    let crypto = |path: &str| is_rust(path) && path.starts_with("crates/crypto/");
    let files = files(|path| library(path) || crypto(path));
    let doors = |pattern: &str, is_meant: &dyn Fn(&str) -> bool| {
        let mut found = Vec::from_iter(files.iter().filter(|file| {
            is_meant(&file.path) && !lines(std::slice::from_ref(file), pattern).is_empty()
        }));
        found.sort_by_key(|file| &file.path);
        Vec::from_iter(found.into_iter().map(|file| file.path.clone()))
    };
    assert_eq!(
        doors("SysRng", &|_| true),
        ["crates/crypto/src/os_random.rs"]
    );
    // The first page of the documentation shows how an example finds its credentials; a set of test vectors its file.
    let environment =
        |path: &str| library(path) && path != "src/lib.rs" && !path.ends_with("/known_sets.rs");
    assert_eq!(
        doors("env::(var|home_dir)", &environment),
        ["src/credential/environment.rs"]
    );
    assert_eq!(doors("SystemTime::now", &library), ["src/clock.rs"]);
}

/// The profile of development optimises everything that is not named, so that macros, which "all packages" would name,
/// are left out. What is ours is named.
#[test]
fn every_package_of_ours_has_its_level_of_optimisation() {
    let manifests = files(|path| {
        path == "Cargo.toml"
            || path == "xtask/Cargo.toml"
            || path.starts_with("crates/")
                && path.matches('/').count() == 2
                && path.ends_with("/Cargo.toml")
    });
    let table = |text: &str| text.parse::<toml::Table>().unwrap();
    let names: BTreeSet<String> = manifests
        .iter()
        .map(|manifest| {
            table(&manifest.text)["package"]["name"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    let root = table(
        &manifests
            .iter()
            .find(|each| each.path == "Cargo.toml")
            .unwrap()
            .text,
    );
    let named: BTreeSet<String> = root["profile"]["dev"]["package"]
        .as_table()
        .unwrap()
        .iter()
        .filter(|(_, profile)| profile.get("opt-level").is_some())
        .map(|(name, _)| name.clone())
        .collect();
    assert!(names.len() > 10, "{names:?}");
    assert_eq!(named, names);
}
