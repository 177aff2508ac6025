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

    /// What stands in the gaps, where the text is this message. A gap ends where the text behind it is first met; the last
    /// text must end the message.
    pub(super) fn gaps_in<'t>(&self, text: &'t str) -> Option<Vec<(&str, &'t str)>> {
        let mut gaps = Vec::new();
        let mut left = text;
        let mut open: Option<&str> = None;
        let last = self.parts.len().saturating_sub(1);
        for (at, part) in self.parts.iter().enumerate() {
            match part {
                Part::Gap(name) => open = Some(name),
                Part::Text(own) => {
                    let (before, after) = match open {
                        None => ("", left.strip_prefix(own.as_str())?),
                        Some(_) if at == last => (left.strip_suffix(own.as_str())?, ""),
                        Some(_) => left.split_once(own.as_str())?,
                    };
                    gaps.extend(open.take().map(|name| (name, before)));
                    left = after;
                }
            }
        }
        match open {
            Some(name) => gaps.push((name, left)),
            None if left.is_empty() => {}
            None => return None,
        }
        Some(gaps)
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

    #[test]
    fn a_message_is_found_with_what_stands_in_its_gaps() {
        let read = Template::read_all(
            "a = { $what } is not text: { $why }; set { $it } again\nb = whole\n",
        );
        let [a, b] = &read[..] else {
            panic!("{read:?}")
        };
        assert_eq!((a.whole(), b.whole()), (None, Some("whole")));
        assert_eq!(
            a.gaps_in("X is not text: it; is; set Y again"),
            Some(vec![("what", "X"), ("why", "it; is"), ("it", "Y")])
        );
        assert_eq!(a.gaps_in("X is not text"), None);
        assert_eq!(a.gaps_in("X is not text: y; set Z again!"), None);
    }

    #[test]
    fn braces_and_quotation_marks_are_written_in_quotation_marks() {
        let read = Template::read_all("a = {\"{\"}x: { $y }{\"}\"} {\"\\\"\"}q\n");
        assert_eq!(read[0].gaps_in("{x: 1} \"q"), Some(vec![("y", "1")]));
    }
}
