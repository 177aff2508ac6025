//! The texts of one file, from its tokens, so that comments do not count; and whether each is the name of a suite among
//! its facts.

use std::iter::Peekable;

use proc_macro2::token_stream::IntoIter;
use proc_macro2::{Delimiter, LexError, TokenStream, TokenTree};

pub(crate) struct Literal {
    pub text: String,
    pub stands: Stands,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stands {
    /// `Facts::cbc("…", …)`, `Facts::gcm("…", …)`, `algorithm: "…"`.
    AmongFacts,
    Anywhere,
}

/// Every text and byte text of a file, those of its tests excepted.
pub(crate) fn read(text: &str) -> Result<Vec<Literal>, LexError> {
    let mut literals = Vec::new();
    walk(text.parse()?, Stands::Anywhere, &mut literals);
    Ok(literals)
}

/// `first` is how the first token stands, where it is a text.
fn walk(tokens: TokenStream, first: Stands, literals: &mut Vec<Literal>) {
    let mut tokens = tokens.into_iter().peekable();
    let mut next = first;
    // The words before the token in hand, with their colons: `Facts::gcm`, `algorithm:`.
    let mut before = String::new();
    while let Some(token) = tokens.next() {
        let stands = next;
        next = Stands::Anywhere;
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '#' && is_for_tests(&mut tokens) => {
                skip_item(&mut tokens);
                before.clear();
            }
            TokenTree::Group(group) => {
                let is_facts = ["Facts::cbc", "Facts::gcm"].contains(&before.as_str());
                let first = match is_facts && group.delimiter() == Delimiter::Parenthesis {
                    true => Stands::AmongFacts,
                    false => Stands::Anywhere,
                };
                walk(group.stream(), first, literals);
                before.clear();
            }
            TokenTree::Literal(literal) => {
                literals.extend(content(&literal.to_string()).map(|text| Literal { text, stands }));
                before.clear();
            }
            TokenTree::Punct(punct) if punct.as_char() == ':' => {
                before.push(':');
                if before == "algorithm:" {
                    next = Stands::AmongFacts;
                }
            }
            TokenTree::Ident(word) => {
                if !before.ends_with("::") {
                    before.clear();
                }
                before.push_str(&word.to_string());
            }
            TokenTree::Punct(_) => before.clear(),
        }
    }
}

/// What stands between the quotes of a text or byte text; escapes stay as they are written.
fn content(literal: &str) -> Option<String> {
    let quoted = literal.trim_start_matches(['b', 'r', 'c']);
    let quoted = quoted.trim_matches('#');
    let text = quoted.strip_prefix('"')?.strip_suffix('"')?;
    Some(text.to_owned())
}

/// Takes the attribute that follows a `#`; true for `#[cfg(test)]`.
fn is_for_tests(tokens: &mut Peekable<IntoIter>) -> bool {
    let is_bracket = |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket);
    let attribute = tokens.next_if(is_bracket);
    attribute.is_some_and(|attribute| {
        let text = attribute.to_string().replace(' ', "");
        text == "[cfg(test)]" || text.starts_with("[cfg(all(test,")
    })
}

/// Skips to the end of an item: its body, or its semicolon.
fn skip_item(tokens: &mut Peekable<IntoIter>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => return,
            TokenTree::Punct(punct) if punct.as_char() == ';' => return,
            _ => {}
        }
    }
}
