//! A crate's modules, read from its files: what each lists, and what each uses.

use std::path::{Path, PathBuf};

use super::crate_paths::{Source, read};

pub(crate) struct Module {
    /// From the crate's root: `["cloud", "tencent"]`.
    pub path: Vec<String>,
    /// From the workspace's folder: `src/cloud/tencent.rs`.
    pub file: String,
    /// In the order of the list.
    pub children: Vec<Module>,
    /// Paths from the crate's root that it uses, each without `crate`.
    pub uses: Vec<Vec<String>>,
}

impl Module {
    /// Reads a crate of the workspace by its `lib.rs` or `main.rs`. What the root itself uses is the front, which uses
    /// everything.
    pub(crate) fn read(root: &Path, workspace: &Path) -> Self {
        let text = std::fs::read_to_string(root).unwrap();
        let front = read(&text, &[]).unwrap().shows;
        let mut module = Self::read_file(root, Vec::new(), root.parent().unwrap(), workspace);
        module.uses.clear();
        for child in &mut module.children {
            child.go_round_the_front(&front);
        }
        module
    }

    /// `crate::Name` is what the front shows under that name: the path to it takes the place of the name.
    fn go_round_the_front(&mut self, front: &[Vec<String>]) {
        for used in &mut self.uses {
            let shown = front.iter().find(|path| path.last() == used.first());
            if let Some(path) = shown {
                used.splice(..1, path.iter().cloned());
            }
        }
        for child in &mut self.children {
            child.go_round_the_front(front);
        }
    }

    fn read_file(file: &Path, path: Vec<String>, source: &Path, workspace: &Path) -> Self {
        let text = std::fs::read_to_string(file).unwrap();
        let Source { lists, uses, .. } = read(&text, &path).unwrap_or_else(|error| {
            panic!("{}: {error}", file.display());
        });
        let children = lists.into_iter().map(|name| {
            let mut below = path.clone();
            below.push(name);
            Self::read_file(&file_of(source, &below), below, source, workspace)
        });
        let shown = file.strip_prefix(workspace).unwrap();
        Self {
            children: children.collect(),
            file: shown.display().to_string(),
            path,
            uses,
        }
    }

    pub(crate) fn visit(&self, see: &mut impl FnMut(&Module)) {
        see(self);
        for child in &self.children {
            child.visit(see);
        }
    }

    /// Where the list has this module.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        let is_it = |child: &Module| child.path.last().is_some_and(|last| last == name);
        self.children.iter().position(is_it)
    }
}

fn file_of(source: &Path, path: &[String]) -> PathBuf {
    let folder = path
        .iter()
        .fold(source.to_owned(), |at, name| at.join(name));
    let beside = folder.with_extension("rs");
    if beside.exists() {
        beside
    } else {
        folder.join("mod.rs")
    }
}
