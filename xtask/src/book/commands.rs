//! Whether the commands that a page tells are there, and their options.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use duct::cmd;

use crate::book::page::Page;
use crate::output::pattern;
use crate::shell::{Done, Shell};

/// What the program says of its commands.
pub(super) struct Commands<'a> {
    shell: &'a Shell,
    program: &'a Path,
    /// The help of each that was asked for.
    helps: BTreeMap<Vec<String>, String>,
}

impl<'a> Commands<'a> {
    pub(super) fn of(shell: &'a Shell, program: &'a Path) -> Self {
        Self {
            shell,
            program,
            helps: BTreeMap::new(),
        }
    }

    /// How many commands pages have named.
    pub(super) fn known(&self) -> usize {
        self.helps.keys().filter(|words| words.len() == 1).count()
    }

    /// Commands and options of a page that the program does not know.
    pub(super) fn faults(&mut self, page: &Page) -> Done<Vec<String>> {
        let mut faults = Vec::new();
        for (name, rest) in told(page) {
            let help = self.help(&[&name])?;
            if help.is_empty() {
                faults.push(format!(
                    "{}: there is no command `cardseal {name}`",
                    page.path.display()
                ));
                continue;
            }
            let mut known = options(&help);
            // `package add` and its like have options of their own.
            if let Some(word) = first_word(&rest) {
                known.extend(options(&self.help(&[&name, &word])?));
            }
            for option in used(&rest)
                .into_iter()
                .filter(|option| !known.contains(option))
            {
                faults.push(format!(
                    "{}: `cardseal {name}` has no option {option}",
                    page.path.display()
                ));
            }
        }
        Ok(faults)
    }

    fn help(&mut self, words: &[&str]) -> Done<String> {
        let key: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        if let Some(help) = self.helps.get(&key) {
            return Ok(help.clone());
        }
        let asked = cmd(self.program, ["help"].iter().chain(words)).env("CARDSEAL_LANG", "en");
        // A command that is not there is told of on stderr.
        let help = self.shell.read(asked.unchecked().stderr_null())?;
        self.helps.insert(key, help.clone());
        Ok(help)
    }
}

/// Every `cardseal …` in the blocks, and in the text between backticks: its command, and what comes after.
fn told(page: &Page) -> Vec<(String, String)> {
    let command = pattern(r"(?:^|[|;&(][ \t]*|[ \t])cardseal ((?:help )?[a-z]+)(?-u:\b)([^|;&]*)");
    let in_text = pattern("`(cardseal [^`]*)`");
    let blocks = page
        .blocks
        .iter()
        .filter(|block| matches!(block.kind.as_str(), "sh" | "console"));
    let mut code: Vec<String> = blocks.map(|block| block.text.clone()).collect();
    let prose = page.prose();
    code.extend(
        in_text
            .captures_iter(&prose)
            .map(|found| found[1].to_owned()),
    );
    let mut told = Vec::new();
    for text in code {
        for line in text.replace("\\\n", " ").lines() {
            let line = line.split(" #").next().unwrap_or_default();
            let commands = command.captures_iter(line);
            told.extend(commands.map(|found| {
                (
                    found[1].trim_start_matches("help ").to_owned(),
                    found[2].to_owned(),
                )
            }));
        }
    }
    told
}

fn options(help: &str) -> BTreeSet<String> {
    pattern("--[a-z][a-z-]*")
        .find_iter(help)
        .map(|found| found.as_str().to_owned())
        .collect()
}

fn used(rest: &str) -> Vec<String> {
    pattern(r"[ \t](--[a-z][a-z-]*)")
        .captures_iter(rest)
        .map(|found| found[1].to_owned())
        .collect()
}

fn first_word(rest: &str) -> Option<String> {
    pattern(r"^[ \t]+([a-z]+)(?-u:\b)")
        .captures(rest)
        .map(|found| found[1].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_stand_in_blocks_and_between_backticks() {
        let text = "Run `cardseal doctor --json` and not cardseal seal.\n\n```sh\ncardseal package add \\\n  --name x | cardseal help usage   # cardseal later\n(cardseal demo)\n```\n\n```text\ncardseal printed\n```\n";
        let page = Page::of("page.md".into(), text.to_owned()).unwrap();
        let names = |told: Vec<(String, String)>| {
            told.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
        };
        assert_eq!(names(told(&page)), ["package", "usage", "demo", "doctor"]);
    }

    #[test]
    fn an_option_begins_with_two_strokes() {
        assert_eq!(
            used(" add --name x --to-file y -v"),
            ["--name", "--to-file"]
        );
        assert_eq!(first_word(" add --name x").as_deref(), Some("add"));
        assert_eq!(first_word(" --name add"), None);
        assert_eq!(
            options("  --name <NAME>\n  -v, --verbose\n"),
            BTreeSet::from(["--name".into(), "--verbose".into()])
        );
    }
}
