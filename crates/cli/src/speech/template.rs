//! An English message of a Fluent file, turned round: which text is it, and what stands in its gaps?

use fluent_syntax::ast::{Entry, Expression, InlineExpression, PatternElement};
use fluent_syntax::parser::parse;

/// A message's name and its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template {
    name: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Gap(String),
}

impl Template {
    /// Every message of a file. A test says where one cannot be read.
    pub(super) fn read_all(file: &str) -> Vec<Self> {
        let resource = parse(file).unwrap_or_else(|(read, _)| read);
        let messages = resource.body.into_iter().filter_map(|entry| match entry {
            Entry::Message(message) => Some((message.id.name, message.value?)),
            _ => None,
        });
        messages
            .map(|(name, pattern)| Self {
                name: name.to_owned(),
                parts: joined(pattern.elements.into_iter().filter_map(part)),
            })
            .collect()
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The names of the gaps.
    #[cfg(test)]
    pub(super) fn gaps(&self) -> std::collections::BTreeSet<&str> {
        let gap = |part: &'_ Part| matches!(part, Part::Gap(_));
        let named = self.parts.iter().filter(|part| gap(part));
        named
            .map(|part| match part {
                Part::Gap(name) | Part::Text(name) => name.as_str(),
            })
            .collect()
    }

    /// The text, where it has no gaps.
    pub(super) fn whole(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// Bytes of its own text.
    pub(super) fn length(&self) -> usize {
        let own = |part: &Part| match part {
            Part::Text(text) => text.len(),
            Part::Gap(_) => 0,
        };
        self.parts.iter().map(own).sum()
    }

    /// Every way in which the text may be this message, until `found` has seen enough and says so. Each text of the message's
    /// own is tried at every place where it stands; the first begins the text and the last ends it.
    pub(super) fn each_match<'t>(
        &self,
        text: &'t str,
        found: &mut dyn FnMut(&[Filled<'_, 't>]) -> bool,
    ) {
        let in_it = |part: &Part| match part {
            Part::Text(own) => text.contains(own.as_str()),
            Part::Gap(_) => true,
        };
        if self.parts.iter().all(in_it) {
            go_on(None, &self.parts, text, &mut Vec::new(), found);
        }
    }
}

/// A gap with what would stand in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Filled<'n, 't> {
    pub(super) name: &'n str,
    pub(super) content: &'t str,
    pub(super) place: Place,
}

/// How a gap is bounded by the message's own text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// By quotation marks, none of which stands within.
    Quoted(char),
    /// By a colon before it: a reason, whoever wrote it.
    Reason,
    /// By words only.
    Among,
}

const MARKS: [char; 3] = ['`', '\'', '"'];

/// Whether the rest of the message is the rest of the text. `true` ends the search.
fn go_on<'n, 't>(
    before: Option<&str>,
    parts: &'n [Part],
    text: &'t str,
    filled: &mut Vec<Filled<'n, 't>>,
    found: &mut dyn FnMut(&[Filled<'_, 't>]) -> bool,
) -> bool {
    let (name, own, rest) = match parts {
        [] => return text.is_empty() && found(filled),
        [Part::Text(own), rest @ ..] => {
            return text
                .strip_prefix(own.as_str())
                .is_some_and(|text| go_on(Some(own), rest, text, filled, found));
        }
        [Part::Gap(name), Part::Text(own), rest @ ..] => (name, Some(own.as_str()), rest),
        [Part::Gap(name), rest @ ..] => (name, None, rest),
    };
    let place = place(name, before, own);
    let mut fill = |content: &'t str, after: &'t str| {
        let within = matches!(place, Place::Quoted(mark) if content.contains(mark));
        if within {
            return false;
        }
        filled.push(Filled {
            name,
            content,
            place,
        });
        let done = go_on(own, rest, after, filled, found);
        filled.pop();
        done
    };
    match own {
        None if rest.is_empty() => fill(text, ""),
        // Two gaps beside each other: the second is what some messages add, and holds nothing or a text of its own.
        None => {
            let mut ends = text.char_indices().map(|(at, _)| at);
            ends.any(|at| text.split_at_checked(at).is_some_and(|(a, b)| fill(a, b)))
                || fill(text, "")
        }
        Some(own) if rest.is_empty() => text
            .strip_suffix(own)
            .is_some_and(|content| fill(content, "")),
        Some(own) => text.match_indices(own).any(|(at, _)| {
            let (content, after) = text.split_at_checked(at).unwrap_or_default();
            fill(content, after.strip_prefix(own).unwrap_or_default())
        }),
    }
}

fn place(name: &str, before: Option<&str>, after: Option<&str>) -> Place {
    let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
    let marked = MARKS
        .into_iter()
        .find(|mark| before.ends_with(*mark) && after.starts_with(*mark));
    match marked {
        Some(mark) => Place::Quoted(mark),
        None if before.ends_with(": ") || matches!(name, "error" | "why") => Place::Reason,
        None => Place::Among,
    }
}

fn part(element: PatternElement<&str>) -> Option<Part> {
    match element {
        PatternElement::TextElement { value } => Some(Part::Text(value.to_owned())),
        PatternElement::Placeable {
            expression: Expression::Inline(expression),
        } => match expression {
            InlineExpression::VariableReference { id } => Some(Part::Gap(id.name.to_owned())),
            InlineExpression::StringLiteral { value } => Some(Part::Text(unescaped(value))),
            _ => None,
        },
        PatternElement::Placeable { .. } => None,
    }
}

/// `\"` and `\\`, the escapes that the files use.
fn unescaped(text: &str) -> String {
    text.replace("\\\"", "\"").replace("\\\\", "\\")
}

/// Texts beside each other as one.
fn joined(parts: impl Iterator<Item = Part>) -> Vec<Part> {
    let mut all: Vec<Part> = Vec::new();
    for part in parts {
        match (all.last_mut(), part) {
            (Some(Part::Text(before)), Part::Text(text)) => before.push_str(&text),
            (_, part) => all.push(part),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all<'t>(template: &Template, text: &'t str) -> Vec<Vec<&'t str>> {
        let mut all = Vec::new();
        template.each_match(text, &mut |filled| {
            all.push(filled.iter().map(|gap| gap.content).collect());
            false
        });
        all
    }

    #[test]
    fn a_message_is_found_with_what_may_stand_in_its_gaps() {
        let read = Template::read_all(
            "a = { $what } is not text: { $why }; set { $it } again\nb = whole\n",
        );
        let [a, b] = &read[..] else {
            panic!("{read:?}")
        };
        assert_eq!((a.whole(), b.whole()), (None, Some("whole")));
        assert_eq!(
            all(a, "X is not text: it; is; set Y again"),
            [["X", "it; is", "Y"]]
        );
        assert_eq!(
            all(a, "X is not text: y; set Z; set it again"),
            [["X", "y", "Z; set it"], ["X", "y; set Z", "it"]]
        );
        assert!(all(a, "X is not text").is_empty());
        assert!(all(a, "X is not text: y; set Z again!").is_empty());
    }

    #[test]
    fn what_stands_in_quotation_marks_ends_with_them() {
        let read = Template::read_all("a = `{ $a }` has { $b }\n");
        assert_eq!(all(&read[0], "`x y` has 5"), [["x y", "5"]]);
        assert!(all(&read[0], "`x` is nothing, and `y` has 5").is_empty());
    }

    #[test]
    fn braces_and_quotation_marks_are_written_in_quotation_marks() {
        let read = Template::read_all("a = {\"{\"}x: { $y }{\"}\"} {\"\\\"\"}q\n");
        assert_eq!(all(&read[0], "{x: 1} \"q"), [["1"]]);
    }
}
