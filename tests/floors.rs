//! Floors: every list of modules stands bottom up, and a module uses only what is listed above it in the list.
//!
//! So a file can be read after those it builds on, and none of two modules that need each other is read first. The rule
//! holds for the list in each crate's `lib.rs` (or `main.rs`), and for the lists in its folders: there it binds the
//! siblings. A parent uses its children; what tests use is not looked at. What is used by the name that the crate's root
//! gives it is used from where it stands.

#[path = "floors/crate_paths.rs"]
mod crate_paths;
#[path = "floors/modules.rs"]
mod modules;

use std::path::{Path, PathBuf};

use modules::Module;

/// An arrow that points upward.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Arrow {
    user: String,
    used: String,
    /// Where the two are listed.
    list: String,
}

/// Every arrow from a module of the crate to one that is listed after it.
fn upward_arrows(root: &Module) -> Vec<Arrow> {
    let mut arrows = Vec::new();
    root.visit(&mut |module| {
        for path in &module.uses {
            arrows.extend(upward(root, module, path));
        }
    });
    arrows.sort();
    arrows.dedup();
    arrows
}

/// The arrow from a module along a path from the crate's root, where it points upward.
fn upward(root: &Module, user: &Module, path: &[String]) -> Option<Arrow> {
    let mut parent = root;
    for (depth, name) in path.iter().enumerate() {
        let used = parent.position(name)?;
        let own = user.path.get(depth).and_then(|own| parent.position(own))?;
        if used > own {
            return Some(Arrow {
                user: user.file.clone(),
                used: parent.children[used].file.clone(),
                list: parent.file.clone(),
            });
        }
        if used < own {
            return None;
        }
        parent = &parent.children[used];
    }
    None
}

#[test]
fn a_module_uses_only_what_is_listed_above_it() {
    let roots = crate_roots();
    assert!(roots.len() >= 10, "{} crates are few", roots.len());
    let mut modules = 0;
    let mut wrong = Vec::new();
    for root in &roots {
        let root = Module::read(root, workspace());
        root.visit(&mut |_| modules += 1);
        wrong.extend(upward_arrows(&root));
    }
    let wrong: Vec<String> = wrong
        .iter()
        .map(|Arrow { user, used, list }| {
            format!("{user} uses {used}, which {list} lists after it")
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "{} arrows point upward:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    println!(
        "REACHED {} crates of {modules} modules, 0 arrows that point upward",
        roots.len()
    );
}

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// `lib.rs`, or else `main.rs`, of each crate in the workspace.
fn crate_roots() -> Vec<PathBuf> {
    let crates = std::fs::read_dir(workspace().join("crates")).unwrap();
    let mut folders: Vec<PathBuf> = crates.map(|entry| entry.unwrap().path()).collect();
    folders.push(workspace().to_owned());
    folders.sort();
    let sources = folders.iter().map(|folder| folder.join("src"));
    sources
        .filter_map(|source| {
            let roots = ["lib.rs", "main.rs"].map(|name| source.join(name));
            roots.into_iter().find(|root| root.exists())
        })
        .collect()
}

/// A crate of these files in a folder of its own.
fn planted(files: &[(&str, &str)]) -> Vec<Arrow> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join("src").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    upward_arrows(&Module::read(
        &folder.path().join("src/lib.rs"),
        folder.path(),
    ))
}

fn arrow(user: &str, used: &str, list: &str) -> Vec<Arrow> {
    let [user, used, list] = [user, used, list].map(|name| format!("src/{name}"));
    vec![Arrow { user, used, list }]
}

#[test]
fn an_arrow_that_points_upward_is_found() {
    let lib = ("lib.rs", "mod ground;\nmod upper;\npub use upper::Upper;");
    let upper = (
        "upper.rs",
        "use crate::ground::Ground;\npub struct Upper(Ground);",
    );
    let found = arrow("ground.rs", "upper.rs", "lib.rs");
    for ground in [
        "use crate::upper::Upper;",
        "use crate::{upper::{Upper}};",
        "use super::upper::Upper;",
        "use crate::Upper;",
        "fn f() { crate::Upper::new(); }",
        "fn f() { crate::upper::f() }",
        "macro_rules! m { () => { $crate::upper::f() } }",
        "#[cfg(test)]\nmod tests { fn f() {} }\nfn f(_: crate::upper::Upper) {}",
        "mod inner { use super::super::upper::Upper; }",
    ] {
        assert_eq!(
            planted(&[lib, upper, ("ground.rs", ground)]),
            found,
            "{ground}"
        );
    }
}

#[test]
fn an_arrow_between_siblings_in_a_folder_is_found() {
    let lib = ("lib.rs", "mod ground;\nmod house;");
    let house = ("house.rs", "mod first;\nmod second;\nuse second::Second;");
    let first = (
        "house/first.rs",
        "use super::second::Second;\nuse crate::ground::f;",
    );
    let others = [
        ("ground.rs", ""),
        ("house/second.rs", "use super::first::f;"),
    ];
    assert_eq!(
        planted(&[lib, house, first, others[0], others[1]]),
        arrow("house/first.rs", "house/second.rs", "house.rs")
    );
}

#[test]
fn what_points_downward_or_stands_in_tests_and_comments_is_not() {
    let lib = (
        "lib.rs",
        "mod ground;\nmod upper;\n#[cfg(test)]\nmod tests;",
    );
    let upper = ("upper.rs", "use crate::ground::Ground;");
    for ground in [
        "//! [`crate::upper`]\n/// See [`crate::upper::Upper`].\npub struct Ground;",
        "const TEXT: &str = \"crate::upper\"; // crate::upper",
        "#[cfg(test)]\nmod tests { use crate::upper::Upper; }",
        "#[cfg(test)]\nuse crate::upper::Upper;",
        "pub(crate) struct Ground;\npub(super) fn f() {}",
    ] {
        let tests = ("tests.rs", "use crate::upper::Upper;");
        assert_eq!(
            planted(&[lib, upper, tests, ("ground.rs", ground)]),
            [],
            "{ground}"
        );
    }
}
