//! What is said to people, in their language.
//!
//! A message is written in English where it arises, in this program or in the library. `locales/` holds each of them in
//! English and in Chinese, under one name, as Fluent has it: the English one says which message it is and what stands in
//! its gaps, and the Chinese one says that. A message that is in neither is said in English.

mod template;
mod help;

use std::collections::HashMap;
use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::language::{self, Language};
use template::Template;

pub(crate) use help::localised;

/// Both languages' files, a pair a subject.
const SUBJECTS: &[(&str, &str)] = &[
    (
        include_str!("../locales/en/help.ftl"),
        include_str!("../locales/zh-CN/help.ftl"),
    ),
    (
        include_str!("../locales/en/messages.ftl"),
        include_str!("../locales/zh-CN/messages.ftl"),
    ),
    (
        include_str!("../locales/en/page.ftl"),
        include_str!("../locales/zh-CN/page.ftl"),
    ),
    (
        include_str!("../locales/en/codes.ftl"),
        include_str!("../locales/zh-CN/codes.ftl"),
    ),
    (
        include_str!("../locales/en/library.ftl"),
        include_str!("../locales/zh-CN/library.ftl"),
    ),
];

/// The words of tables, which are asked for by themselves.
const WORDS: (&str, &str) = (
    include_str!("../locales/en/words.ftl"),
    include_str!("../locales/zh-CN/words.ftl"),
);

/// The message that holds what a service said to a request, in the service's own words, and our advice.
const REFUSED: &str = "the-service-refused";

/// The message that ends with the service's id of the request.
const OF_REQUEST: &str = "request-id-2";

/// A message within a message, and so on, is followed this far.
const DEEPEST: usize = 8;

/// The text in the language of this process.
pub(crate) fn said(text: &str) -> String {
    match language::chosen() {
        Language::English => text.to_owned(),
        Language::Chinese => in_chinese(text),
    }
}

/// A word of a table in the language of this process.
#[cfg(feature = "ledger")]
pub(crate) fn word(word: &str) -> String {
    match language::chosen() {
        Language::English => word.to_owned(),
        Language::Chinese => catalogue().word(word),
    }
}

/// Each line of a text, its indentation kept.
fn by_line(text: &str) -> String {
    let line = |line: &str| {
        let bare = line.trim_start();
        let (indentation, _) = line.split_at(line.len().saturating_sub(bare.len()));
        format!("{indentation}{}", in_chinese(bare))
    };
    let lines: Vec<String> = text.split('\n').map(line).collect();
    lines.join("\n")
}

/// The text in Chinese, whatever the language of this process; what is in no file stays as it is.
pub(crate) fn in_chinese(text: &str) -> String {
    catalogue().translated(text, 0)
}

fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(Catalogue::load)
}

struct Catalogue {
    /// Messages without gaps: the English text, and its name.
    whole: HashMap<String, String>,
    /// Messages with gaps. The one with the most text of its own is tried first.
    gapped: Vec<Template>,
    /// Words of tables by their English, and their names.
    #[cfg(feature = "ledger")]
    words: HashMap<String, String>,
    chinese: FluentBundle<FluentResource>,
}

impl Catalogue {
    fn load() -> Self {
        let mut whole = HashMap::new();
        let mut gapped = Vec::new();
        let mut chinese = FluentBundle::new_concurrent(vec![LanguageIdentifier::default()]);
        // What stands in a gap is written as it is, without marks of direction.
        chinese.set_use_isolating(false);
        for (english, _) in SUBJECTS {
            for template in Template::read_all(english) {
                match template.whole() {
                    Some(text) => {
                        whole.insert(text.to_owned(), template.name().to_owned());
                    }
                    None => gapped.push(template),
                }
            }
        }
        for (_, other) in SUBJECTS.iter().chain([&WORDS]) {
            let resource = FluentResource::try_new((*other).to_owned());
            // A test reads both; what could not be read is said in English.
            chinese.add_resource_overriding(resource.unwrap_or_else(|(read, _)| read));
        }
        // The request's id stands behind whatever else is said.
        gapped.sort_by_key(|template| {
            let comes_last = template.name() == OF_REQUEST;
            std::cmp::Reverse((comes_last, template.length()))
        });
        Self {
            whole,
            gapped,
            #[cfg(feature = "ledger")]
            words: Template::read_all(WORDS.0)
                .iter()
                .filter_map(|word| Some((word.whole()?.to_owned(), word.name().to_owned())))
                .collect(),
            chinese,
        }
    }

    #[cfg(feature = "ledger")]
    fn word(&self, word: &str) -> String {
        match self.words.get(word) {
            Some(name) => self.say(name, &FluentArgs::new(), word),
            None => word.to_owned(),
        }
    }

    fn translated(&self, text: &str, depth: usize) -> String {
        if let Some(name) = self.whole.get(text) {
            return self.say(name, &FluentArgs::new(), text);
        }
        // A help text ends with a full stop where more follows, and without one where nothing does.
        if let Some(name) = text.strip_suffix('.').and_then(|text| self.whole.get(text)) {
            return format!("{}。", self.say(name, &FluentArgs::new(), text));
        }
        // First, or the name would be taken for what stands in a gap.
        if let Some((name, message)) = self.behind_a_name(text, depth)
            && !text.starts_with(name.as_str())
        {
            return format!("{name}：{message}");
        }
        if depth < DEEPEST
            && let Some((template, gaps)) = self
                .gapped
                .iter()
                .find_map(|template| Some((template, template.gaps_in(text)?)))
        {
            let mut arguments = FluentArgs::new();
            for (name, value) in gaps {
                let value = match template.name() {
                    REFUSED => self.refusal(value),
                    _ => self.translated(value, depth.saturating_add(1)),
                };
                arguments.set(name.to_owned(), FluentValue::from(value));
            }
            return self.say(template.name(), &arguments, text);
        }
        match self.behind_a_name(text, depth) {
            Some((name, message)) => format!("{name}：{message}"),
            None => text.to_owned(),
        }
    }

    /// A message that stands behind the name of what it is about, a file or a variable; and the name.
    fn behind_a_name(&self, text: &str, depth: usize) -> Option<(String, String)> {
        let deeper = depth.checked_add(1).filter(|deeper| *deeper <= DEEPEST)?;
        let (name, message) = text.split_once(": ")?;
        let said = self.translated(message, deeper);
        (said != message).then(|| (self.translated(name, deeper), said))
    }

    /// A code, what the service said with it, which is left as it is, and the advice that belongs to the code.
    fn refusal(&self, told: &str) -> String {
        let mut ends = told.match_indices("; ");
        let found = ends.find_map(|(at, mark)| {
            let (said, rest) = told.split_at_checked(at)?;
            let advice = rest.strip_prefix(mark)?;
            Some((said, advice, self.whole.get(advice)?))
        });
        match found {
            Some((said, advice, name)) => {
                let advice = self.say(name, &FluentArgs::new(), advice);
                format!("{said}；{advice}")
            }
            None => told.to_owned(),
        }
    }

    fn say(&self, name: &str, arguments: &FluentArgs<'_>, otherwise: &str) -> String {
        let pattern = self
            .chinese
            .get_message(name)
            .and_then(|message| message.value());
        let Some(pattern) = pattern else {
            return otherwise.to_owned();
        };
        let mut errors = Vec::new();
        let text = self
            .chinese
            .format_pattern(pattern, Some(arguments), &mut errors);
        if errors.is_empty() {
            text.into_owned()
        } else {
            otherwise.to_owned()
        }
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod library_tests;
