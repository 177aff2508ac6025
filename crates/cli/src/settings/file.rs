//! One profile of a config file: TOML, a table a profile.
//!
//! ```toml
//! [default]
//! cloud = "tencent"
//! region = "ap-guangzhou"
//! key = "keys/public.b64"
//! connect-timeout = 3
//! ```

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{CREDENTIALS, ENVIRONMENT, SETTINGS};
use crate::exit::Failure;
use crate::input;
use crate::plausible::is_misspelling;
use crate::printable::printable;

/// What a setting holds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Text,
    /// One of these.
    Word(fn() -> Vec<String>),
    /// Below the file's own folder, or the home folder after `~/`.
    Path,
    /// A public key of age's as it stands, or a path as above.
    Recipient,
    Number,
    Switch,
    /// One text or several.
    Texts,
}

/// The words that an option takes.
pub(super) fn words<T: ValueEnum>() -> Vec<String> {
    T::value_variants()
        .iter()
        .filter_map(ValueEnum::to_possible_value)
        .map(|word| word.get_name().to_owned())
        .collect()
}

/// A setting's value, as an argument would give it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value(Vec<String>);

impl Value {
    pub(super) fn texts(&self) -> Vec<String> {
        self.0.clone()
    }
}

/// What one table says, by the names of the options.
#[derive(Debug)]
pub(super) struct Profile {
    pub(super) settings: Vec<(String, Value)>,
}

impl Profile {
    /// The table of this name; `None` if there is none. The whole file is looked at, whichever profile is meant: what
    /// is misspelt in another would be missed there.
    pub(super) fn find_in(bytes: &[u8], path: &Path, name: &str) -> Result<Option<Self>, Failure> {
        let place = Place { path, bytes };
        let text = std::str::from_utf8(bytes)
            .map_err(|error| place.refuse(error.valid_up_to(), "is not UTF-8; save it as UTF-8"))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let place = Place {
            path,
            bytes: text.as_bytes(),
        };
        let tables = DeTable::parse(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            // The library's own words never quote a value.
            place.refuse(
                at,
                &format!("is not valid TOML: {}", printable(error.message())),
            )
        })?;
        let mut found = None;
        for (table, value) in tables.get_ref() {
            let DeValue::Table(members) = value.get_ref() else {
                let what = "a setting is in no table; write [default] above it";
                return Err(place.refuse(table.span().start, what));
            };
            let settings = settings(members, &place)?;
            if table.get_ref() == name {
                found = Some(Self { settings });
            }
        }
        Ok(found)
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        let (_, value) = self.settings.iter().find(|(known, _)| known == name)?;
        value.0.first().cloned()
    }
}

/// Where a fault is told to be.
struct Place<'f> {
    path: &'f Path,
    bytes: &'f [u8],
}

impl Place<'_> {
    fn refuse(&self, at: usize, what: &str) -> Failure {
        let before = self.bytes.get(..at).unwrap_or_default();
        let line = before
            .iter()
            .filter(|byte| **byte == b'\n')
            .count()
            .saturating_add(1);
        Failure::usage(format!(
            "the config file `{}`, line {line}: {what}",
            input::show(self.path)
        ))
    }

    /// A path that the file holds, as the process will look for it.
    fn resolve(&self, written: &str) -> String {
        let home = written
            .strip_prefix("~/")
            .and_then(|rest| Some(etcetera::home_dir().ok()?.join(rest)));
        let folder = self.path.parent().unwrap_or(Path::new(""));
        let path: PathBuf = home.unwrap_or_else(|| folder.join(written));
        path.to_string_lossy().into_owned()
    }
}

fn settings(members: &DeTable<'_>, place: &Place<'_>) -> Result<Vec<(String, Value)>, Failure> {
    let mut settings = Vec::new();
    for (name, value) in members {
        let at = name.span().start;
        let spelt = name.get_ref().replace('_', "-");
        let Some((known, kind)) = SETTINGS.iter().find(|(known, _)| *known == spelt) else {
            return Err(place.refuse(at, &stranger(&spelt)));
        };
        let texts = match (kind, value.get_ref()) {
            (Kind::Text, DeValue::String(text)) => vec![text.to_string()],
            // The value is not repeated: it may be a secret.
            (Kind::Word(words), DeValue::String(text)) => {
                let words = words();
                if !words.iter().any(|word| *word == **text) {
                    let words = words.join(", ");
                    return Err(place.refuse(at, &format!("`{known}` must be one of {words}")));
                }
                vec![text.to_string()]
            }
            (Kind::Path, DeValue::String(text)) => vec![place.resolve(text)],
            (Kind::Recipient, DeValue::String(text)) if text.starts_with("age1") => {
                vec![text.to_string()]
            }
            (Kind::Recipient, DeValue::String(text)) => vec![place.resolve(text)],
            (Kind::Number, DeValue::Integer(number)) if number.radix() == 10 => {
                vec![number.as_str().to_owned()]
            }
            (Kind::Number, DeValue::Float(number)) => vec![number.as_str().to_owned()],
            (Kind::Switch, DeValue::Boolean(true)) => vec!["true".to_owned()],
            (Kind::Switch, DeValue::Boolean(false)) => continue,
            (Kind::Texts, DeValue::String(text)) => vec![text.to_string()],
            (Kind::Texts, DeValue::Array(list)) => texts(list)
                .ok_or_else(|| place.refuse(at, &format!("`{known}` must be a list of texts")))?,
            _ => return Err(place.refuse(at, &format!("`{known}` must be {}", kind.told()))),
        };
        if *known == "proxy" && texts.iter().any(|url| has_password(url)) {
            return Err(place.refuse(
                at,
                "`proxy` contains a password, but secrets do not belong in this file; set CARDSEAL_PROXY_PASSWORD",
            ));
        }
        if *known == CREDENTIALS && texts.iter().any(|text| text != ENVIRONMENT) {
            return Err(place.refuse(
                at,
                "`credentials` may be \"environment\" and nothing else; leave it out for the cloud's own file of \
                 credentials",
            ));
        }
        settings.push(((*known).to_owned(), Value(texts)));
    }
    Ok(settings)
}

fn texts(list: &[Spanned<DeValue<'_>>]) -> Option<Vec<String>> {
    list.iter()
        .map(|item| item.get_ref().as_str().map(str::to_owned))
        .collect()
}

impl Kind {
    fn told(self) -> &'static str {
        match self {
            Self::Text | Self::Word(_) => "a text, in quotation marks",
            Self::Path | Self::Recipient => "a file's name, in quotation marks",
            Self::Number => "a number, without quotation marks",
            Self::Switch => "true or false",
            Self::Texts => "a text or a list of texts",
        }
    }
}

fn has_password(url: &str) -> bool {
    let authority = url.split_once("://").map_or(url, |(_, rest)| rest);
    authority
        .split_once('@')
        .is_some_and(|(login, _)| login.contains(':'))
}

/// What a member is told that is no setting.
fn stranger(name: &str) -> String {
    let folded = name.to_ascii_lowercase();
    let secret = ["secret", "password", "token", "access-key", "app-key"];
    if secret.iter().any(|word| folded.contains(word)) || ["ak", "sk"].contains(&folded.as_str()) {
        return "what stands here is a secret, and secrets do not belong in this file; use the environment or the \
                cloud's own file of credentials, and --profile"
            .to_owned();
    }
    let known: Vec<&str> = SETTINGS.iter().map(|(known, _)| *known).collect();
    let list = known.join(", ");
    // A name that is no misspelling may be a secret.
    let is_misspelt = known.iter().any(|known| is_misspelling(name, known));
    match is_misspelt {
        true => format!(
            "`{}` is not a setting; choose one of {list}",
            printable(name)
        ),
        false => format!("what stands here is not a setting; choose one of {list}"),
    }
}
