//! A page: its headings, its tables, its links, its blocks.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::output::pattern;
use crate::shell::Done;

pub(super) struct Page {
    pub(super) path: PathBuf,
    pub(super) text: String,
    /// Level and title.
    headings: Vec<(usize, String)>,
    /// How many bars a line of a table has.
    rows: Vec<usize>,
    pub(super) links: Vec<String>,
    pub(super) blocks: Vec<Block>,
}

/// What stands between two lines of backticks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// `sh`, `console`, `text` …
    pub(super) kind: String,
    pub(super) text: String,
}

impl Page {
    pub(super) fn read(path: &Path) -> Done<Self> {
        let text = String::from_utf8_lossy(&fs::read(path)?).into_owned();
        Self::of(path.to_owned(), text)
    }

    pub(super) fn of(path: PathBuf, text: String) -> Done<Self> {
        let (heading, link) = (pattern("^(#+) (.*)$"), pattern(r"\]\(([^) \t]+)\)"));
        let mut page = Self {
            path,
            text: String::new(),
            headings: vec![],
            rows: vec![],
            links: vec![],
            blocks: vec![],
        };
        let mut block: Option<(String, Vec<&str>)> = None;
        for line in text.lines() {
            if let Some((kind, lines)) = &mut block {
                if line == "```" {
                    page.blocks.push(Block {
                        kind: kind.clone(),
                        text: lines.join("\n"),
                    });
                    block = None;
                } else {
                    lines.push(line);
                }
            } else if let Some(kind) = line.strip_prefix("```") {
                block = Some((kind.to_owned(), Vec::new()));
            } else if let Some(found) = heading.captures(line) {
                page.headings.push((found[1].len(), found[2].to_owned()));
            } else {
                if line.starts_with('|') {
                    page.rows.push(line.matches('|').count());
                }
                page.links
                    .extend(link.captures_iter(line).map(|found| found[1].to_owned()));
            }
        }
        if block.is_some() {
            return Err(format!("{}: a block does not end", page.path.display()).into());
        }
        page.text = text;
        Ok(page)
    }

    /// What its headings are linked by, as mdBook and GitHub make it.
    pub(super) fn anchors(&self) -> BTreeSet<String> {
        let kept = |letter: &char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | ' ');
        let anchor = |title: &String| {
            title
                .to_lowercase()
                .chars()
                .filter(kept)
                .collect::<String>()
                .replace(' ', "-")
        };
        self.headings
            .iter()
            .map(|(_, title)| anchor(title))
            .collect()
    }

    /// The blocks that run.
    pub(super) fn scripts(&self) -> impl Iterator<Item = &str> {
        self.blocks
            .iter()
            .filter(|block| block.kind == "sh")
            .map(|block| block.text.as_str())
    }

    /// The text without its blocks.
    pub(super) fn prose(&self) -> String {
        let mut inside = false;
        let mut prose = String::new();
        for line in self.text.lines() {
            if line.starts_with("```") {
                inside = !inside;
            } else if !inside {
                prose.push_str(line);
                prose.push('\n');
            }
        }
        prose
    }

    /// The page that it comes after.
    pub(super) fn after(&self) -> Option<String> {
        pattern("^<!-- after ([^ ]+) -->")
            .captures(&self.text)
            .map(|found| found[1].to_owned())
    }

    /// The form of two languages of a page is one.
    pub(super) fn differences(&self, other: &Self) -> Vec<String> {
        let levels = |page: &Self| {
            page.headings
                .iter()
                .map(|(level, _)| *level)
                .collect::<Vec<_>>()
        };
        let begins = |page: &Self| page.text.starts_with("<!--");
        let differ = [
            (levels(self) != levels(other), "other headings"),
            (self.rows != other.rows, "other tables"),
            (self.shapes() != other.shapes(), "other blocks"),
            (begins(self) != begins(other), "other beginnings"),
        ];
        let (one, other) = (self.path.display(), other.path.display());
        let told = |(_, what): (bool, &str)| format!("{one} and {other} have {what}");
        differ
            .into_iter()
            .filter(|(differs, _)| *differs)
            .map(told)
            .collect()
    }

    /// What blocks say to a program: not what it prints, and no remarks.
    fn shapes(&self) -> Vec<(&str, String)> {
        let remark = pattern(" *#.*");
        let shape = |block: &'_ Block| match block.kind.as_str() {
            "text" => String::new(),
            _ => remark.replace_all(&block.text, "").into_owned(),
        };
        self.blocks
            .iter()
            .map(|block| (block.kind.as_str(), shape(block)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> Page {
        Page::of("page.md".into(), text.to_owned()).unwrap()
    }

    const TEXT: &str = "<!-- after first.md -->\n# A page: of *one* kind\n\n| a | b |\n|---|---|\n\nSee [it](other.md#x).\n\n```sh\ncardseal demo   # runs\n```\n\n```text\nok\n```\n\n## 第一步，打开\n";

    #[test]
    fn a_page_is_its_headings_tables_links_and_blocks() {
        let page = page(TEXT);
        assert_eq!(
            page.anchors(),
            BTreeSet::from(["a-page-of-one-kind".to_owned(), "第一步打开".to_owned()])
        );
        assert_eq!(
            (page.rows.as_slice(), page.links.as_slice()),
            ([3, 3].as_slice(), ["other.md#x".to_owned()].as_slice())
        );
        assert_eq!(Vec::from_iter(page.scripts()), ["cardseal demo   # runs"]);
        assert_eq!(page.after().as_deref(), Some("first.md"));
        assert!(!page.prose().contains("cardseal demo") && page.prose().contains("See [it]"));
        assert!(Page::of("page.md".into(), "```sh\nls\n".into()).is_err());
    }

    #[test]
    fn two_languages_have_one_form() {
        let one = page(TEXT);
        let other = TEXT
            .replace("runs", "运行")
            .replace("A page: of *one* kind", "一页")
            .replace("ok", "好");
        assert!(one.differences(&page(&other)).is_empty());
        for (from, to, what) in [
            ("## 第", "### 第", "headings"),
            ("|---|---|", "|---|", "tables"),
            ("cardseal demo", "cardseal help", "blocks"),
            ("<!-- after first.md -->\n", "", "beginnings"),
        ] {
            let differences = one.differences(&page(&TEXT.replace(from, to)));
            assert_eq!(
                differences,
                [format!("page.md and page.md have other {what}")]
            );
        }
    }
}
