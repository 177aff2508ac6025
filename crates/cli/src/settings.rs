//! The config file: what a profile in it says stands in for the options that are not given. An option beats the
//! environment, the environment beats the file.
//!
//! The file's values become the defaults of the parser of arguments, which then judges them as it judges arguments. No
//! secret belongs into the file: it names no setting that takes one.

mod file;
#[cfg(feature = "http")]
mod somewhere;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::builder::OsStr;
use clap::{ArgMatches, Command};
use etcetera::{BaseStrategy, choose_base_strategy};

use crate::exit::{Failure, Whose};
use crate::input;
use crate::names::{AuthName, CloudName, IvPolicyName, SignMethodName};

pub(crate) use file::Kind;
use file::{Profile, Value, words};

/// A config file is some lines; beyond this it is another file, in bytes.
const MOST: usize = 64 * 1024;

/// The profile that is meant where none is named.
const USUAL: &str = "default";

/// Where a profile's credentials are, if not in the cloud's own file of them. It is no option of any command.
pub(crate) const CREDENTIALS: &str = "credentials";

/// The one place that may be named: the variables of the cloud's own tools.
pub(crate) const ENVIRONMENT: &str = "environment";

/// What may stand in the file, by the names of the options, and what each holds.
pub(crate) const SETTINGS: &[(&str, Kind)] = &[
    ("auth", Kind::Word(words::<AuthName>)),
    ("ca-file", Kind::Path),
    ("client-cert", Kind::Path),
    ("client-key", Kind::Path),
    ("cloud", Kind::Word(words::<CloudName>)),
    ("connect-timeout", Kind::Number),
    (CREDENTIALS, Kind::Text),
    ("encrypt-to", Kind::Recipient),
    ("endpoint", Kind::Text),
    ("fit", Kind::Switch),
    ("iv-policy", Kind::Word(words::<IvPolicyName>)),
    ("jobs", Kind::Number),
    ("key", Kind::Path),
    ("ledger", Kind::Path),
    ("max-rps", Kind::Number),
    ("native-roots", Kind::Switch),
    ("no-ledger", Kind::Switch),
    ("no-proxy", Kind::Text),
    ("proxy", Kind::Text),
    ("region", Kind::Text),
    ("resolve", Kind::Texts),
    ("retries", Kind::Number),
    ("sign-method", Kind::Word(words::<SignMethodName>)),
    ("timeout", Kind::Number),
];

/// The command with what the profile says as the defaults of its options. Only commands that call have a profile.
pub(crate) fn applied(command: Command, arguments: &[OsString]) -> Result<Command, Failure> {
    // What is wrong with the arguments is told when they are parsed in earnest.
    let first = command.clone().ignore_errors(true);
    let Ok(matches) = first.try_get_matches_from(arguments) else {
        return Ok(command);
    };
    let mut names = Vec::new();
    let mut innermost = &matches;
    while let Some((name, below)) = innermost.subcommand() {
        names.push(name.to_owned());
        innermost = below;
    }
    let calls = names
        .iter()
        .try_fold(&command, |above, name| above.find_subcommand(name));
    if calls.is_none_or(|command| option(command, "profile").is_none()) {
        return Ok(command);
    }
    let named = text(innermost, "profile");
    let config_file = innermost
        .try_get_one::<PathBuf>("config_file")
        .ok()
        .flatten();
    let cloud = text(innermost, "cloud");
    let Some(profile) = read(config_file.map(PathBuf::as_path), named.as_deref())? else {
        #[cfg(feature = "http")]
        if let Some(name) = named {
            somewhere::check(&name, cloud.as_deref())?;
        }
        return Ok(command);
    };
    let cloud = cloud.or_else(|| profile.text("cloud"));
    let wanted = profile
        .settings
        .into_iter()
        .filter(|(name, _)| has_a_use(name, cloud.as_deref()))
        .collect::<Vec<_>>();
    Ok(with_defaults(command, &names, &wanted))
}

/// What the config file has of a profile.
#[cfg(feature = "http")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    Nothing,
    /// Settings, which say nothing of credentials.
    Settings,
    /// Settings, which say that the environment's credentials are the profile's.
    TakesTheEnvironments,
}

/// Looks for a profile of this name in the config file.
#[cfg(feature = "http")]
pub(crate) fn find(config_file: Option<&Path>, name: &str) -> Result<Found, Failure> {
    Ok(match read(config_file, Some(name))? {
        None => Found::Nothing,
        Some(profile) if profile.text(CREDENTIALS).is_some() => Found::TakesTheEnvironments,
        Some(_) => Found::Settings,
    })
}

/// The profile's table; `None` if there is no file, or no such table in it.
fn read(config_file: Option<&Path>, name: Option<&str>) -> Result<Option<Profile>, Failure> {
    let usual = usual_place();
    let Some(path) = config_file.or(usual.as_deref().filter(|path| path.exists())) else {
        return Ok(None);
    };
    let bytes = input::read(path, "the config file", MOST, Whose::Usage)?;
    Profile::find_in(&bytes, path, name.unwrap_or(USUAL))
}

/// In the user's config folder.
fn usual_place() -> Option<PathBuf> {
    let strategy = choose_base_strategy().ok()?;
    Some(strategy.config_dir().join("cardseal").join("config.toml"))
}

/// An argument's text, which the parser may hold as a word of its own.
fn text(matches: &ArgMatches, name: &str) -> Option<String> {
    let mut raw = matches.try_get_raw(name).ok()??;
    Some(raw.next()?.to_str()?.to_owned())
}

/// Whether nothing in the environment beats the setting, and the cloud has a use for it.
fn has_a_use(name: &str, cloud: Option<&str>) -> bool {
    let variable = match (name, cloud) {
        ("key" | "sign-method", Some("ctyun" | "huawei"))
        | ("region", Some("ctyun"))
        | ("auth", Some("ctyun" | "tencent")) => return false,
        ("region", Some("tencent")) => "TENCENTCLOUD_REGION",
        ("proxy", _) => "CARDSEAL_PROXY",
        ("ledger" | "no-ledger", _) => "CARDSEAL_LEDGER",
        _ => return true,
    };
    std::env::var_os(variable).is_none_or(|value| value.is_empty())
}

fn option<'c>(command: &'c Command, long: &str) -> Option<&'c clap::Arg> {
    command
        .get_arguments()
        .find(|option| option.get_long() == Some(long))
}

/// The settings as defaults, in the command that these names lead to. One that the command has no option for waits for
/// another command.
fn with_defaults(command: Command, names: &[String], settings: &[(String, Value)]) -> Command {
    let Some((name, below)) = names.split_first() else {
        return settings.iter().fold(command, |command, (name, value)| {
            let Some(id) = option(&command, name).map(|option| option.get_id().clone()) else {
                return command;
            };
            let values: Vec<OsStr> = value.texts().into_iter().map(OsStr::from).collect();
            command.mut_arg(id, |option| option.default_values(values).required(false))
        });
    };
    command.mut_subcommand(name, |command| with_defaults(command, below, settings))
}

#[cfg(test)]
mod tests {
    /// They are learnt from the help, and not from an error.
    #[cfg(feature = "http")]
    #[test]
    fn a14_the_help_names_every_setting() {
        use super::*;
        use crate::args::Arguments;
        use clap::CommandFactory;

        let mut command = Arguments::command();
        command.build();
        let call = command.find_subcommand("call").unwrap();
        let help = option(call, "config-file").unwrap().get_long_help();
        let help = help.unwrap().to_string();
        let keys = help.split("The keys are ").nth(1).unwrap();
        let keys = keys.split(". ").next().unwrap().replace(" and ", ", ");
        let named: Vec<&str> = keys.split(", ").map(str::trim).collect();
        let known: Vec<&str> = SETTINGS.iter().map(|(known, _)| *known).collect();
        assert_eq!(named, known);
        assert!(help.contains("from the config file's folder"), "{help}");
    }
}
