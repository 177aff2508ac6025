//! `package`: the resource packages that were bought.

use std::time::SystemTime;

use cardseal_ledger::Package as Bought;
use serde_json::json;

use super::usage;
use crate::args::{Package, PackageAdd, PackageCommand, PackageList, PackageRemove};
use crate::exit::Failure;
use crate::output::{Form, Output};
use crate::printable::printable;
use crate::recording;

pub(super) fn run(arguments: &Package, output: &Output) -> Result<(), Failure> {
    match &arguments.command {
        PackageCommand::Add(arguments) => add(arguments, output),
        PackageCommand::Remove(arguments) => remove(arguments, output),
        PackageCommand::List(arguments) => list(arguments, output),
    }
}

fn add(arguments: &PackageAdd, output: &Output) -> Result<(), Failure> {
    check_name(&arguments.action)?;
    let package = Bought {
        action: arguments.action.clone(),
        calls: arguments.calls,
        from: arguments.from.clone(),
        until: arguments.until.clone(),
    };
    let path = usage::place(arguments.ledger.as_deref())?;
    let noted = recording::open(arguments.ledger.as_deref(), &path)
        .and_then(|mut ledger| {
            ledger.add_package(&package)?;
            ledger.packages()
        })
        .map_err(|error| recording::refused(&path, &error))?;
    if noted
        .last()
        .is_some_and(|noted| noted.is_over(SystemTime::now()))
    {
        output.warn(
            "this package is over already: it counts calls of its own days and pays none from now on; `cardseal \
             package remove` takes it away",
        );
    }
    if !is_known(&package.action) {
        output.warn(&format!(
            "no action of the name {} is known here; a package counts the calls of exactly that name, so check its \
             spelling",
            printable(&package.action)
        ));
    }
    match output.form() {
        Form::Json => output.print_json(&package, 1024),
        Form::Text => {
            output.note(&format!(
                "noted {} calls of {}; `cardseal usage` counts them down",
                package.calls,
                printable(&package.action)
            ));
            Ok(())
        }
    }
}

fn remove(arguments: &PackageRemove, output: &Output) -> Result<(), Failure> {
    check_name(&arguments.action)?;
    let path = usage::place(arguments.ledger.as_deref())?;
    let mut ledger = usage::open(&path, output)?;
    let removed = ledger
        .remove_packages(
            &arguments.action,
            arguments.calls,
            arguments.from.as_deref(),
            arguments.until.as_deref(),
        )
        .map_err(|error| recording::refused(&path, &error))?;
    if removed == 0 {
        return Err(Failure::usage(
            "no package has this action and all else that was given; `cardseal package list` shows those there are",
        ));
    }
    match output.form() {
        Form::Json => output.print_json(&json!({ "removed": removed }), 64),
        Form::Text => {
            output.note(&format!(
                "removed {removed} package(s) of {}",
                printable(&arguments.action)
            ));
            Ok(())
        }
    }
}

fn list(arguments: &PackageList, output: &Output) -> Result<(), Failure> {
    let path = usage::place(arguments.ledger.as_deref())?;
    let ledger = usage::open(&path, output)?;
    let packages = ledger
        .packages()
        .map_err(|error| recording::refused(&path, &error))?;
    match output.form() {
        Form::Json => output.print_json(&packages, 4096),
        Form::Text => output.print(usage::packages(&packages).trim_start().as_bytes()),
    }
}

/// An action of any cloud, by its name or its path.
fn is_known(action: &str) -> bool {
    cardseal_explorer::actions().any(|known| [known.name, known.path].contains(&action))
}

/// An action's name, or a path as Ctyun and Huawei have them.
fn check_name(action: &str) -> Result<(), Failure> {
    let fine = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
    if action.is_empty() || action.len() > 128 || !action.chars().all(fine) {
        return Err(Failure::usage(
            "--action is not an action's name; give it as in RecognizeEncryptedIDCardOCR",
        ));
    }
    Ok(())
}
