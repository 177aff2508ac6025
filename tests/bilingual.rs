//! What people read stands in English and Chinese, and the two say the same: alike headings, fenced blocks, tables and
//! names in code, section by section.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A page as far as it does not depend on the language.
#[derive(Debug, PartialEq, Eq)]
struct Section {
    level: usize,
    /// Fenced blocks, without comments.
    blocks: Vec<String>,
    /// Columns of each table row.
    rows: Vec<usize>,
    /// What stands in backticks.
    names: BTreeSet<String>,
}

fn sections(text: &str) -> Vec<Section> {
    let mut sections = vec![Section::new(0)];
    let mut block: Option<String> = None;
    for line in text.lines() {
        let section = sections.last_mut().unwrap();
        if line.starts_with("```") {
            match block.take() {
                Some(done) => section.blocks.push(done),
                None => block = Some(line.to_owned() + "\n"),
            }
        } else if let Some(block) = &mut block {
            let code = line.split_once(" #").map_or(line, |(code, _)| code);
            let is_comment = ["//", "#"].iter().any(|mark| code.trim().starts_with(mark));
            if !is_comment {
                block.push_str(code.trim_end());
                block.push('\n');
            }
        } else if line.starts_with('#') {
            let level = line.bytes().take_while(|byte| *byte == b'#').count();
            sections.push(Section::new(level));
        } else {
            if line.starts_with('|') {
                section.rows.push(line.matches('|').count());
            }
            for name in line.split('`').skip(1).step_by(2) {
                section.names.insert(name.to_owned());
            }
        }
    }
    sections
}

impl Section {
    fn new(level: usize) -> Self {
        Self {
            level,
            blocks: Vec::new(),
            rows: Vec::new(),
            names: BTreeSet::new(),
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every page that has a Chinese twin, and the twin.
fn twins() -> Vec<(PathBuf, PathBuf)> {
    let root = root();
    let mut folders = vec![root.to_owned()];
    let more = [
        "docs",
        "book",
        "bindings",
        "fuzz",
        "supply-chain",
        "vectors",
        "vectors/sign",
    ];
    folders.extend(more.map(|name| root.join(name)));
    for parent in ["bindings", "crates"] {
        for entry in fs::read_dir(root.join(parent)).unwrap() {
            let path = entry.unwrap().path();
            folders.extend(path.is_dir().then_some(path));
        }
    }
    let mut found = Vec::new();
    for folder in folders {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if let Some(stem) = name.strip_suffix(".zh-CN.md") {
                found.push((path.with_file_name(format!("{stem}.md")), path));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn both_languages_say_the_same() {
    let twins = twins();
    let mut wrong = Vec::new();
    for (english, chinese) in &twins {
        let [one, other] = [english, chinese].map(|path| {
            let text = fs::read_to_string(path).unwrap_or_default();
            // Each links to its own kind.
            sections(&text.replace(".zh-CN.md", ".md"))
        });
        let name = english.strip_prefix(root()).unwrap().to_string_lossy();
        if one.len() != other.len() {
            wrong.push(format!(
                "{name}: {} headings and {}",
                one.len(),
                other.len()
            ));
        }
        for (at, (one, other)) in one.iter().zip(&other).enumerate() {
            if one != other {
                wrong.push(format!("{name}, section {at}:\n{one:#?}\n{other:#?}"));
            }
        }
    }
    println!("REACHED {} pages in two languages", twins.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_readme_and_what_it_links_to_have_a_twin() {
    let names: Vec<String> = twins()
        .iter()
        .map(|(english, _)| {
            let path = english.strip_prefix(root()).unwrap();
            path.to_string_lossy().replace('\\', "/")
        })
        .collect();
    for name in [
        "README.md",
        "SECURITY.md",
        "CONTRIBUTING.md",
        "RELEASING.md",
        "docs/transport.md",
        "docs/providers.md",
        "docs/observability.md",
        "docs/sidecar.md",
        "docs/batch.md",
        "bindings/README.md",
        "bindings/c/README.md",
        "bindings/cpp/README.md",
        "bindings/csharp/README.md",
        "bindings/go/README.md",
        "bindings/java/README.md",
        "bindings/nodejs/README.md",
        "bindings/php/README.md",
        "bindings/python/README.md",
    ] {
        assert!(
            names.iter().any(|known| known == name),
            "{name} in {names:?}"
        );
    }
}

/// Both show the flow at the top, each its own, and the two pictures differ in their texts only.
#[test]
fn the_picture_of_the_flow_is_the_same_in_both() {
    let [one, other] = ["flow.svg", "flow.zh-CN.svg"].map(|name| {
        let picture = fs::read_to_string(root().join("docs").join(name)).unwrap();
        // What stands between tags is text; the language of the whole is an attribute of the first.
        picture
            .replace(" xml:lang=\"zh-CN\"", "")
            .lines()
            .map(|line| match (line.find('>'), line.rfind('<')) {
                (Some(open), Some(close)) if open < close => line[..open].to_owned(),
                _ => line.to_owned(),
            })
            .collect::<Vec<_>>()
    });
    assert!(one.len() > 60, "{} lines", one.len());
    assert_eq!(one, other);
    for (page, picture) in [
        ("README.md", "](docs/flow.svg)"),
        ("README.zh-CN.md", "](docs/flow.zh-CN.svg)"),
    ] {
        let page = fs::read_to_string(root().join(page)).unwrap();
        let (top, _) = page.split_once("\n## ").unwrap();
        assert!(top.contains(picture), "{picture}");
    }
}

#[test]
fn a_difference_is_found() {
    let page = "# A\n\n`x` and\n\n| a | b |\n|---|---|\n\n```sh\nrun  # now\n```\n";
    let same = "# 甲\n\n与 `x`\n\n| 甲 | 乙 |\n|---|---|\n\n```sh\nrun  # 现在\n```\n";
    assert_eq!(sections(page), sections(same));
    for other in [
        same.replace("# 甲", "## 甲"),
        same.replace("`x`", "`y`"),
        same.replace("| 乙 ", ""),
        same.replace("run ", "walk "),
    ] {
        assert_ne!(sections(page), sections(&other), "{other}");
    }
}
