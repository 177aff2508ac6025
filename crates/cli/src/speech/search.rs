//! Which message is a text, or which messages is it put together of? Of all the ways to read it, the one that leaves the least
//! in English.

use std::collections::HashMap;

use fluent_bundle::{FluentArgs, FluentValue};

use super::catalogue::Catalogue;
use super::template::{Filled, Place, Template};
use super::value;

/// The message that holds what a service said to a request, in the service's own words, and our advice.
const REFUSED: &str = "the-service-refused";

/// Ways that are tried for one text, and parts of it that are looked for; what others wrote may be long.
const MOST_TRIED: usize = 20_000;
const MOST_PARTS: usize = 1_000;

/// Messages within messages.
const DEEPEST: usize = 24;

/// How messages are put together: by what in English, and by what in Chinese.
const JOINTS: [(&str, &str); 3] = [(": ", "："), ("; ", "；"), (", and ", "，且")];

/// A text in Chinese.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub(super) text: String,
    /// Words of others in it, which stay as they are.
    foreign: usize,
}

impl Said {
    fn own(text: String) -> Self {
        Self { text, foreign: 0 }
    }
}

pub(super) struct Search<'c> {
    catalogue: &'c Catalogue,
    known: HashMap<String, Option<Said>>,
    tried: usize,
    parts: usize,
    depth: usize,
}

impl<'c> Search<'c> {
    pub(super) fn of(catalogue: &'c Catalogue) -> Self {
        Self {
            catalogue,
            known: HashMap::new(),
            tried: 0,
            parts: 0,
            depth: 0,
        }
    }

    /// The text in Chinese, where it is a message or put together of messages.
    pub(super) fn said(&mut self, text: &str) -> Option<Said> {
        if let Some(known) = self.known.get(text) {
            return known.clone();
        }
        let keyed = self.catalogue.keyed(text).map(Said::own);
        let said = match (keyed, self.parts < MOST_PARTS && self.depth < DEEPEST) {
            (None, true) => {
                self.parts = self.parts.saturating_add(1);
                self.depth = self.depth.saturating_add(1);
                let found = self.best(text);
                self.depth = self.depth.saturating_sub(1);
                found
            }
            (keyed, _) => keyed,
        };
        self.known.insert(text.to_owned(), said.clone());
        said
    }

    fn best(&mut self, text: &str) -> Option<Said> {
        let mut best: Option<Said> = None;
        let catalogue = self.catalogue;
        for template in &catalogue.gapped {
            template.each_match(text, &mut |filled| {
                self.tried = self.tried.saturating_add(1);
                if self.tried > MOST_TRIED {
                    return true;
                }
                better(&mut best, self.filled(template, filled))
            });
            if best.as_ref().is_some_and(|best| best.foreign == 0) {
                return best;
            }
        }
        for (joint, other) in JOINTS {
            for (at, _) in text.match_indices(joint) {
                let parts = text.split_at_checked(at);
                let Some((before, after)) =
                    parts.and_then(|(before, after)| Some((before, after.strip_prefix(joint)?)))
                else {
                    continue;
                };
                if better(&mut best, self.joined(before, after, joint, other)) {
                    return best;
                }
            }
        }
        best
    }

    /// Two messages, or a message behind the name of what it is about: a file, a variable, a step.
    fn joined(&mut self, before: &str, after: &str, joint: &str, other: &str) -> Option<Said> {
        let after = self.said(after)?;
        let before = match self.said(before) {
            Some(before) => before,
            None if joint == ": " && value::is_one(before) => Said::own(before.to_owned()),
            None => return None,
        };
        Some(Said {
            text: format!("{}{other}{}", before.text, after.text),
            foreign: before.foreign.saturating_add(after.foreign),
        })
    }

    fn filled(&mut self, template: &Template, filled: &[Filled<'_, '_>]) -> Option<Said> {
        let mut arguments = FluentArgs::new();
        let mut foreign: usize = 0;
        for gap in filled {
            let said = match template.name() {
                REFUSED => self.refusal(gap.content),
                _ => self.in_gap(gap)?,
            };
            foreign = foreign.saturating_add(said.foreign);
            arguments.set(gap.name.to_owned(), FluentValue::from(said.text));
        }
        let text = self.catalogue.say(template.name(), &arguments)?;
        Some(Said { text, foreign })
    }

    /// What stands in a gap: a message, a value or several, or, where a reason belongs, the words of others.
    fn in_gap(&mut self, gap: &Filled<'_, '_>) -> Option<Said> {
        let content = gap.content;
        if content.is_empty() || matches!(gap.place, Place::Quoted(_)) {
            return Some(Said::own(content.to_owned()));
        }
        let said = self.said(content);
        if said.as_ref().is_some_and(|said| said.foreign == 0) {
            return said;
        }
        if value::is_one(content) {
            return Some(Said::own(content.to_owned()));
        }
        if let Some(listed) = self.listed(content) {
            return Some(listed);
        }
        let others = || Said {
            text: content.to_owned(),
            foreign: words(content),
        };
        match gap.place {
            Place::Reason => said.or_else(|| Some(others())),
            Place::Quoted(_) | Place::Among => said,
        }
    }

    /// `A, B and C`, each a value or a message.
    fn listed(&mut self, content: &str) -> Option<Said> {
        let (before, word, last) = [(" and ", " 和 "), (" or ", " 或 "), (" nor ", " 和 ")]
            .into_iter()
            .filter_map(|(word, other)| {
                let (before, last) = content.rsplit_once(word)?;
                Some((before, other, last))
            })
            .next()
            .unwrap_or((content, "、", ""));
        let mut one = |content: &str| match self.said(content) {
            Some(said) if said.foreign == 0 => Some(said.text),
            _ => value::is_one(content).then(|| content.to_owned()),
        };
        let parts: Option<Vec<String>> = before.split(", ").map(&mut one).collect();
        let parts = parts?;
        if last.is_empty() {
            return (parts.len() > 1).then(|| Said::own(parts.join("、")));
        }
        Some(Said::own(format!(
            "{}{word}{}",
            parts.join("、"),
            one(last)?
        )))
    }

    /// A code, what the service said with it, which is left as it is, and the advice that belongs to the code.
    fn refusal(&mut self, told: &str) -> Said {
        let mut ends = told.match_indices("; ");
        let found = ends.find_map(|(at, mark)| {
            let (said, rest) = told.split_at_checked(at)?;
            let advice = self.catalogue.keyed(rest.strip_prefix(mark)?)?;
            Some(format!("{said}；{advice}"))
        });
        match found {
            Some(text) => Said::own(text),
            None => Said {
                text: told.to_owned(),
                foreign: words(told),
            },
        }
    }
}

/// Keeps the better one. `true` where none can be better.
fn better(best: &mut Option<Said>, found: Option<Said>) -> bool {
    let Some(found) = found else { return false };
    if best
        .as_ref()
        .is_none_or(|best| found.foreign < best.foreign)
    {
        *best = Some(found);
    }
    best.as_ref().is_some_and(|best| best.foreign == 0)
}

fn words(text: &str) -> usize {
    text.split_whitespace().count().max(1)
}
