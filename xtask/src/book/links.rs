//! Whether links lead somewhere.

use std::path::{Component, Path, PathBuf};

use crate::book::page::Page;

const REPOSITORY: &str = "https://github.com/cardseal/cardseal/";

/// What is wrong with a link of a page that stays within a folder. Where a page of the repository is named by its address,
/// it is looked for in this clone; other addresses are not asked.
pub(super) fn fault(page: &Page, link: &str, within: &Path, root: &Path) -> Option<String> {
    let shown = page.path.strip_prefix(root).unwrap_or(&page.path).display();
    let (name, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = match (in_repository(name), name) {
        (Some(path), _) => root.join(path),
        (None, _) if link.contains("://") => return None,
        (None, "") => page.path.clone(),
        (None, _) => page.path.parent()?.join(name),
    };
    if in_repository(name).is_none() && !plain(&target).starts_with(plain(within)) {
        return Some(format!(
            "{shown}: {link} leaves {}; name it by the repository's address",
            within.display()
        ));
    }
    if !target.exists() {
        return Some(format!("{shown}: {link} leads nowhere"));
    }
    let has_it = || Page::read(&target).is_ok_and(|target| target.anchors().contains(anchor));
    (!anchor.is_empty() && !has_it()).then(|| format!("{shown}: {link}: there is no such heading"))
}

/// The path of an address in the repository.
fn in_repository(address: &str) -> Option<&str> {
    let rest = address.strip_prefix(REPOSITORY)?;
    ["blob/main/", "tree/main/", "raw/main/"]
        .into_iter()
        .find_map(|kind| rest.strip_prefix(kind))
}

/// A path without `..` and `.` in it.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            _ => plain.push(part),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(link: &str) -> Option<String> {
        let root = plain(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
        let page = Page::of(root.join("book/README.md"), "# The book\n".to_owned()).unwrap();
        fault(&page, link, &root.join("book"), &root)
    }

    #[test]
    fn a_link_leads_to_a_page_or_a_heading() {
        assert_eq!(told("README.zh-CN.md"), None);
        assert_eq!(told("README.md#rules"), None);
        assert_eq!(
            told("https://github.com/cardseal/cardseal/blob/main/SECURITY.md"),
            None
        );
        assert_eq!(told("https://example.com/anything"), None);
    }

    #[test]
    fn a_link_to_nothing_is_found() {
        let ends = |link: &str, end: &str| {
            assert!(
                told(link).unwrap().ends_with(end),
                "{link}: {:?}",
                told(link)
            )
        };
        ends("no-such-page.md", "leads nowhere");
        ends("README.md#no-such-heading", "there is no such heading");
        ends(
            "https://github.com/cardseal/cardseal/blob/main/no-such-page.md",
            "leads nowhere",
        );
        ends("../SECURITY.md", "name it by the repository's address");
    }
}
