//! What one file lists and uses, from its tokens, so that comments and strings do not count.

use std::iter::Peekable;

use proc_macro2::token_stream::IntoIter;
use proc_macro2::{Delimiter, LexError, TokenStream, TokenTree};

type Tokens = Peekable<IntoIter>;

pub(crate) struct Source {
    /// The modules it lists, in order, without those of tests.
    pub lists: Vec<String>,
    /// The paths it uses from the crate's root, in tests excepted.
    pub uses: Vec<Vec<String>>,
    /// The paths below itself that it makes its own by `use`: the front of a crate, in its root.
    pub shows: Vec<Vec<String>>,
}

/// Reads the text of the module at `path`.
pub(crate) fn read(text: &str, path: &[String]) -> Result<Source, LexError> {
    let mut source = Source {
        lists: Vec::new(),
        uses: Vec::new(),
        shows: Vec::new(),
    };
    // A byte order mark and a `#!` line are no tokens.
    walk(text.parse()?, path, true, &mut source);
    Ok(source)
}

fn walk(tokens: TokenStream, path: &[String], is_file: bool, source: &mut Source) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '#' && is_for_tests(&mut tokens) => {
                skip_item(&mut tokens);
            }
            TokenTree::Ident(word) if word == "mod" => {
                let Some(TokenTree::Ident(name)) = tokens.next() else {
                    continue;
                };
                match tokens.next() {
                    Some(TokenTree::Group(body)) => {
                        let below = [path, &[name.to_string()]].concat();
                        walk(body.stream(), &below, false, source);
                    }
                    _ if is_file => source.lists.push(name.to_string()),
                    _ => {}
                }
            }
            TokenTree::Ident(word) if word == "use" && is_file => {
                source.shows.extend(shown(tokens.clone()));
            }
            TokenTree::Ident(word) if word == "crate" => paths(&mut tokens, &[], source),
            TokenTree::Ident(word) if word == "super" => {
                let mut above = path;
                loop {
                    above = above.split_last().map_or(above, |(_, above)| above);
                    let mut ahead = tokens.clone();
                    let next = colons(&mut ahead).then(|| ahead.next()).flatten();
                    match next {
                        Some(TokenTree::Ident(word)) if word == "super" => tokens = ahead,
                        _ => break,
                    }
                }
                paths(&mut tokens, above, source);
            }
            TokenTree::Group(group) => walk(group.stream(), path, false, source),
            _ => {}
        }
    }
}

/// Takes the attribute that follows a `#`; true for `#[cfg(test)]`.
fn is_for_tests(tokens: &mut Tokens) -> bool {
    let is_bracket = |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket);
    let attribute = tokens.next_if(is_bracket);
    attribute.is_some_and(|attribute| {
        let text = attribute.to_string().replace(' ', "");
        text == "[cfg(test)]" || text.starts_with("[cfg(all(test,")
    })
}

/// Skips to the end of an item: its body, or its semicolon.
fn skip_item(tokens: &mut Tokens) {
    for token in tokens {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => return,
            TokenTree::Punct(punct) if punct.as_char() == ';' => return,
            _ => {}
        }
    }
}

/// The paths of a `use`, none of them for one that names the crate itself.
fn shown(mut tokens: Tokens) -> Vec<Vec<String>> {
    let mut source = Source {
        lists: Vec::new(),
        uses: Vec::new(),
        shows: Vec::new(),
    };
    let mut take = |first: TokenTree, tokens: &mut Tokens| {
        if let TokenTree::Ident(name) = first {
            paths(tokens, &[name.to_string()], &mut source);
        }
    };
    match tokens.next() {
        Some(TokenTree::Group(group)) => {
            let mut inner = group.stream().into_iter().peekable();
            while let Some(token) = inner.next() {
                take(token, &mut inner);
            }
        }
        Some(first) => take(first, &mut tokens),
        None => {}
    }
    source.uses
}

/// Takes `::a::b` or `::{a, b::c}` after a prefix.
fn paths(tokens: &mut Tokens, prefix: &[String], source: &mut Source) {
    let mut path = prefix.to_vec();
    while colons(tokens) {
        match tokens.next() {
            Some(TokenTree::Ident(name)) => path.push(name.to_string()),
            Some(TokenTree::Group(group)) => {
                let mut inner = group.stream().into_iter().peekable();
                while let Some(token) = inner.next() {
                    if let TokenTree::Ident(name) = token {
                        let start = [&path[..], &[name.to_string()]].concat();
                        paths(&mut inner, &start, source);
                    }
                }
                return;
            }
            _ => break,
        }
    }
    if path.len() > prefix.len() || !prefix.is_empty() {
        source.uses.push(path);
    }
}

/// Takes a `::`.
fn colons(tokens: &mut Tokens) -> bool {
    let is_colon =
        |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ':');
    let mut ahead = tokens.clone();
    let found = ahead.next_if(is_colon).is_some() && ahead.next_if(is_colon).is_some();
    if found {
        *tokens = ahead;
    }
    found
}
