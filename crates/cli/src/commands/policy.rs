//! `policy`: the least access policy for some actions, or what is wrong with one.

use std::path::Path;

use cardseal_policy::{ActionName, Policy, Scope, SubAccount, Verdict, check, presets};

use crate::args;
use crate::discretion;
use crate::exit::{Failure, Whose};
use crate::input;
use crate::output::{Form, Output};
use crate::printable::printable;
use crate::speech::said;

/// The service takes some 6,000 characters.
const MOST: usize = 1 << 20;

pub(super) fn run(arguments: &args::Policy, output: &Output) -> Result<(), Failure> {
    let actions = actions(&arguments.actions)?;
    if let Some(file) = &arguments.check {
        return judge(file, &actions, output);
    }
    let accounts = arguments
        .sub_account
        .iter()
        .map(|uin| SubAccount::parse(uin))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| Failure::usage(format!("--sub-account is refused: {error}")))?;
    warn(&actions, &accounts, output);
    let policy = Policy::least(&actions, &accounts);
    match output.form() {
        Form::Json => output.print_json(&policy, 4096),
        Form::Text => output.print(format!("{policy}\n").as_bytes()),
    }
}

/// The names, none of which is repeated where it is refused: it may be anything.
fn actions(names: &[String]) -> Result<Vec<ActionName>, Failure> {
    let parse = |name: &String| {
        let action = ActionName::parse(name)
            .map_err(|error| Failure::usage(format!("--actions is refused: {error}")))?;
        if !is_known(&action) && discretion::runs(name) {
            return Err(Failure::usage(
                "--actions is refused: one of them looks like a secret and is not a known action; if it is a \
                 secret, replace it",
            ));
        }
        Ok(action)
    };
    names.iter().map(parse).collect()
}

fn is_known(action: &ActionName) -> bool {
    action.is_narrowable() || is_recognition(action)
}

fn is_recognition(action: &ActionName) -> bool {
    cardseal_explorer::actions().any(|known| known.name == action.as_str())
}

/// Says what may not be meant, and which policy of the service's own comes nearest.
fn warn(actions: &[ActionName], accounts: &[SubAccount], output: &Output) {
    let unknown = actions.iter().filter(|action| !is_known(action)).count();
    if unknown > 0 {
        output.warn(&format!(
            "{unknown} of the actions are not known here; check their spelling on the service's page"
        ));
    }
    let narrowable = actions.iter().filter(|action| action.is_narrowable());
    let narrowable = narrowable.count();
    if narrowable == 0 && !accounts.is_empty() {
        output.warn(
            "none of the actions can be narrowed to a sub-account, so --sub-account changes nothing",
        );
    }
    let usage = match (narrowable, accounts.is_empty()) {
        (0, _) => Scope::None,
        (_, false) => Scope::Own,
        (_, true) => Scope::All,
    };
    let nearest = presets().iter().find(|preset| preset.usage >= usage);
    if let Some(nearest) = nearest.filter(|_| unknown == 0) {
        output.note(&format!(
            "the service's own policy that comes nearest is {}, which allows more",
            nearest.name
        ));
    }
}

fn judge(file: &Path, actions: &[ActionName], output: &Output) -> Result<(), Failure> {
    let text = input::read(file, "the policy", MOST, Whose::Usage)?;
    let verdict = check(&text, Some(actions).filter(|actions| !actions.is_empty()));
    match output.form() {
        Form::Json => output.print_json(&verdict, 4096)?,
        Form::Text => output.print(as_text(&verdict).as_bytes())?,
    }
    if verdict.is_sound() {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "the policy is not sound: {} problems, {} actions beyond, {} missing; see stdout",
        verdict.problems.len(),
        verdict.beyond.len(),
        verdict.missing.len()
    )))
}

fn as_text(verdict: &Verdict) -> String {
    if verdict.is_sound() {
        return format!("{}\n", said("sound"));
    }
    let mut text = String::new();
    for (label, lines) in [
        ("problem", &verdict.problems),
        ("beyond", &verdict.beyond),
        ("missing", &verdict.missing),
    ] {
        for line in lines {
            text.push_str(&said(&format!("{label}: {}", printable(line))));
            text.push('\n');
        }
    }
    text
}
