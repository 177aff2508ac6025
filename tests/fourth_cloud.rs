//! Where a cloud stands in the library: in its folder, and in the lists that CONTRIBUTING.md names for a fourth one.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const CLOUDS: [&str; 3] = ["tencent", "ctyun", "huawei"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files that the table names, without the cloud's own folder.
fn lists() -> BTreeSet<String> {
    let page = fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let (_, section) = page.split_once("\n## A fourth cloud\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    section
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|line| line.split('`').next())
        .filter(|name| !name.contains("NAME"))
        .map(str::to_owned)
        .collect()
}

/// Every source file below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found
}

/// Whether code that is no test and no comment names a cloud.
fn names(text: &str, cloud: &str) -> bool {
    let (code, _) = text.split_once("#[cfg(test)]").unwrap_or((text, ""));
    code.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .any(|line| line.to_lowercase().contains(cloud))
}

/// The files outside a cloud's folder that name it.
fn outside(cloud: &str) -> BTreeSet<String> {
    let own = format!("src/cloud/{cloud}");
    sources(&root().join("src"))
        .into_iter()
        .filter(|path| !path.ends_with("tests.rs"))
        .filter(|path| names(&fs::read_to_string(path).unwrap(), cloud))
        .map(|path| {
            let path = path.strip_prefix(root()).unwrap();
            path.to_string_lossy().replace('\\', "/")
        })
        .filter(|path| !path.starts_with(&own))
        .collect()
}

#[test]
fn a_cloud_is_a_folder_and_a_line_in_each_list() {
    let lists = lists();
    assert_eq!(lists.len(), 5, "{lists:?}");
    let mut used = BTreeSet::new();
    for cloud in CLOUDS {
        let outside = outside(cloud);
        let more: Vec<_> = outside.difference(&lists).collect();
        assert!(more.is_empty(), "{cloud} is named in {more:?}, too");
        used.extend(outside);
    }
    assert_eq!(
        used, lists,
        "CONTRIBUTING.md names a file that no cloud needs"
    );
    println!(
        "REACHED a cloud of the library: one folder, and {} lists outside it",
        lists.len()
    );
}

#[test]
fn a_cloud_that_is_named_elsewhere_is_found() {
    assert!(names("use crate::cloud::ctyun::Ctyun;", "ctyun"));
    assert!(names("const OWN: &str = \"Ctyun\";", "ctyun"));
    assert!(!names("// as Ctyun does\nuse crate::cloud;", "ctyun"));
    assert!(!names(
        "fn f() {}\n#[cfg(test)]\nmod t { use ctyun; }",
        "ctyun"
    ));
}
