//! Runs the `sh` blocks of a page, and compares what they print with the `text` blocks after them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use duct::cmd;

use crate::book::Mode;
use crate::book::page::{Block, Page};
use crate::output::pattern;
use crate::shell::{Done, Shell};

/// What a script prints before each block.
const MARK: &str = "\u{1}block";

/// How the blocks of a language run.
pub(super) struct Blocks<'a> {
    pub(super) shell: &'a Shell,
    pub(super) program: &'a Path,
    pub(super) language: &'a str,
}

/// What is wrong with which block.
pub(super) struct Where {
    pub(super) block: usize,
    pub(super) fault: String,
}

impl Blocks<'_> {
    /// What is wrong, and how many blocks ran. Where it is to be written, the page is changed instead.
    pub(super) fn of(&self, page: &Page, mode: Mode) -> Done<(Vec<Where>, usize)> {
        let mut printed = self.printed(page)?.into_iter();
        let (mut faults, mut text, mut count) = (Vec::new(), page.text.clone(), 0);
        let mut last = None;
        for Block { kind, text: shown } in &page.blocks {
            if kind == "sh" {
                count += 1;
                last = printed.next();
            } else if kind == "text"
                && let Some(printed) = last.take()
                && !matches(shown, &printed)
            {
                if mode == Mode::Write {
                    let new = format!("```text\n{}\n```", steady(&printed).trim_end());
                    text = text.replacen(&format!("```text\n{shown}\n```"), &new, 1);
                } else {
                    faults.push(Where {
                        block: count,
                        fault: format!("printed\n{printed}and not\n{shown}"),
                    });
                }
            }
        }
        if text != page.text {
            fs::write(&page.path, text)?;
        }
        Ok((faults, count))
    }

    /// What each `sh` block of a page prints.
    fn printed(&self, page: &Page) -> Done<Vec<String>> {
        let first = match page.after() {
            Some(name) => {
                let before = Page::read(&page.path.with_file_name(name))?;
                before.scripts().next().map(str::to_owned)
            }
            None => None,
        };
        let skipped = 1 + usize::from(first.is_some());
        let mut script =
            "set -eo pipefail\nexec 2>&1\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n"
                .to_owned();
        for block in first.as_deref().into_iter().chain(page.scripts()) {
            script += &format!("printf '{MARK}\\n'\n{block}\n");
        }
        let folder = tempfile::tempdir()?;
        link(
            &self.shell.root().join("vectors"),
            &folder.path().join("vectors"),
        )?;
        let programs = self.program.parent().unwrap_or(Path::new("/"));
        let environment = [
            (
                "PATH",
                format!("{}:/usr/local/bin:/usr/bin:/bin", programs.display()),
            ),
            ("HOME", folder.path().display().to_string()),
            ("CARDSEAL_LANG", self.language.to_owned()),
            ("LANG", "C.UTF-8".to_owned()),
            ("TZ", "UTC".to_owned()),
        ];
        let output = folder.path().join(".printed");
        let ran = cmd!("timeout", "120", "bash", "-c", script)
            .full_env(environment)
            .dir(folder.path());
        let ended = self.shell.code(ran.stdout_path(&output))?;
        let all = String::from_utf8_lossy(&fs::read(output)?).into_owned();
        let printed: Vec<String> = all
            .split(&format!("{MARK}\n"))
            .skip(skipped)
            .map(str::to_owned)
            .collect();
        if ended != Some(0) {
            let (page, block) = (page.path.display(), printed.len());
            return Err(format!("{page}: block {block} ended with {ended:?}:\n{all}").into());
        }
        Ok(printed)
    }
}

/// Whether a text shows what was printed.
fn matches(shown: &str, printed: &str) -> bool {
    let mut whole = r"\A".to_owned();
    for line in shown.trim_matches('\n').split('\n') {
        if line == "…" {
            whole += r"(?:.*\n)*?";
        } else {
            let parts = Vec::from_iter(line.trim_end().split('…').map(regex::escape));
            whole += &(parts.join("[^\n]*") + " *\n");
        }
    }
    let printed = printed.trim_end_matches('\n').to_owned() + "\n";
    pattern(&(whole + r"\z")).is_match(&printed)
}

/// What differs from run to run gives way to what stands for it.
fn steady(printed: &str) -> String {
    let temporary = regex::escape(&std::env::temp_dir().to_string_lossy());
    let volatile = [
        ("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "…"),
        ("(\"request_id\":\")[0-9a-f-]+$", "${1}…"),
        (r"127\.0\.0\.1:[0-9]+", "127.0.0.1:…"),
        (r"[0-9.]+ (ms(?-u:\b)|毫秒)", "… ${1}"),
        ("(\"elapsed_s\":)[0-9.]+", "${1}…"),
        (&format!(r"{temporary}/\.tmp[A-Za-z0-9]+/"), "…/"),
        ("(DER(?: 的 SHA-256 为)? )[0-9a-f]{64}", "${1}…"),
        (
            r#"^([ \t]+"(?:EncryptedBody|CiphertextBlob|Iv)": )"[^"]*""#,
            "${1}\"…\"",
        ),
        (r#"^([ \t]+)"[A-Za-z0-9+/=]{24}"$"#, "${1}\"…\""),
    ];
    let replaced = |text: String, (what, by): (&str, &str)| {
        pattern(&format!("(?m){what}"))
            .replace_all(&text, by)
            .into_owned()
    };
    volatile.into_iter().fold(printed.to_owned(), replaced)
}

#[cfg(unix)]
fn link(there: &PathBuf, here: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(there, here)
}

#[cfg(not(unix))]
fn link(_there: &PathBuf, _here: &Path) -> io::Result<()> {
    Err(io::Error::other("the blocks are for a shell"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_stand_for_a_part_of_a_line_and_alone_for_lines() {
        assert!(matches("sealed in … ms", "sealed in 12 ms\n"));
        assert!(!matches("sealed in … ms", "sealed in 12\nms\n"));
        assert!(
            matches("first\n…\nlast", "first\na\nb\nlast\n")
                && matches("first\n…\nlast", "first\nlast")
        );
        assert!(!matches("first\nlast", "first\na\nlast\n"));
        assert!(!matches("a.c", "abc\n"));
    }

    #[test]
    fn what_differs_from_run_to_run_is_written_as_dots() {
        let printed = "id 01234567-89ab-cdef-0123-456789abcdef on 127.0.0.1:4711 in 3.5 ms\n  \"Iv\": \"AAAA\"\n";
        assert_eq!(
            steady(printed),
            "id … on 127.0.0.1:… in … ms\n  \"Iv\": \"…\"\n"
        );
        assert!(matches(&steady(printed), printed));
    }
}
