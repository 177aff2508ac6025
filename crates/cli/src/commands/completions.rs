//! `completions`: what a shell needs to complete the commands and their options.

use cardseal_explorer::{Action, Cloud, actions};
use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Command, CommandFactory};
use clap_complete::{Generator, generate};
use serde_json::json;

use crate::args::{Arguments, Completions};
use crate::exit::Failure;
use crate::language::{self, Language};
use crate::output::{Form, Output};
use crate::speech;

const NAME: &str = "cardseal";

pub(super) fn run(arguments: &Completions, output: &Output) -> Result<(), Failure> {
    let mut script = Vec::new();
    generate(
        arguments.shell,
        &mut with_actions(speech::localised(Arguments::command())),
        NAME,
        &mut script,
    );
    match output.form() {
        Form::Text => output.print(&script),
        Form::Json => {
            let script = String::from_utf8_lossy(&script);
            let room = script.len().saturating_mul(2);
            output.print_json(
                &json!({
                    "shell": arguments.shell.to_string(),
                    "file": arguments.shell.file_name(NAME),
                    "script": script,
                }),
                room,
            )
        }
    }
}

/// The command whose options take the catalogue's actions. It is for the shells only: an option takes any other action, too.
fn with_actions(command: Command) -> Command {
    let tencent = |action: &&Action| action.cloud == Cloud::Tencent;
    let command = [
        ("call", "action", names(|_| true)),
        ("code", "action", names(tencent)),
        ("policy", "actions", names(tencent)),
    ]
    .into_iter()
    .filter(|(below, ..)| command.find_subcommand(below).is_some())
    .collect::<Vec<_>>()
    .into_iter()
    .fold(command, |command, (below, option, names)| {
        command.mut_subcommand(below, |below| {
            below.mut_arg(option, |option| option.value_parser(names))
        })
    });
    if command.find_subcommand("package").is_none() {
        return command;
    }
    command.mut_subcommand("package", |package| {
        package.mut_subcommand("add", |add| {
            add.mut_arg("action", |option| option.value_parser(names(|_| true)))
        })
    })
}

/// The actions' names as `--action` takes them, with what each does.
fn names(wanted: impl Fn(&&Action) -> bool) -> PossibleValuesParser {
    let value = |action: &'static Action| {
        // Ctyun's have no name on the wire.
        let name = match action.cloud {
            Cloud::Ctyun => action.path,
            _ => action.name,
        };
        let what = match language::chosen() {
            Language::English => action.what.en,
            Language::Chinese => action.what.zh,
        };
        PossibleValue::new(name).help(what)
    };
    PossibleValuesParser::new(actions().filter(wanted).map(value))
}
