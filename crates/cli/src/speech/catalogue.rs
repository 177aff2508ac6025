//! Every message in both languages.

use std::collections::HashMap;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

use super::template::Template;
use super::{SUBJECTS, WORDS};

pub(super) struct Catalogue {
    /// Messages without gaps: the English text, and its name.
    whole: HashMap<String, String>,
    /// Messages with gaps. The one with the most text of its own is tried first.
    pub(super) gapped: Vec<Template>,
    /// Words of tables by their English, and their names.
    #[cfg(feature = "ledger")]
    words: HashMap<String, String>,
    pub(super) chinese: FluentBundle<FluentResource>,
}

impl Catalogue {
    pub(super) fn load() -> Self {
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
        gapped.sort_by_key(|template| std::cmp::Reverse(template.length()));
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

    /// A word of a table; what is in no file stays as it is.
    #[cfg(feature = "ledger")]
    pub(super) fn word(&self, word: &str) -> String {
        let name = self.words.get(word);
        let said = name.and_then(|name| self.say(name, &FluentArgs::new()));
        said.unwrap_or_else(|| word.to_owned())
    }

    /// A text without gaps. A help text ends with a full stop where more follows, and without one where nothing does.
    pub(super) fn keyed(&self, text: &str) -> Option<String> {
        let say = |text: &str| {
            let name = self.whole.get(text)?;
            self.say(name, &FluentArgs::new())
        };
        say(text).or_else(|| Some(format!("{}。", say(text.strip_suffix('.')?)?)))
    }

    pub(super) fn say(&self, name: &str, arguments: &FluentArgs<'_>) -> Option<String> {
        let pattern = self.chinese.get_message(name)?.value()?;
        let mut errors = Vec::new();
        let text = self
            .chinese
            .format_pattern(pattern, Some(arguments), &mut errors);
        errors.is_empty().then(|| text.into_owned())
    }
}
