//! `code`: a program that makes a call, on stdout.

use cardseal_explorer::{
    Cloud, Comments, Language, ProgramError, ProgramRequest, check, find, program,
};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::args::Code;
use crate::exit::{Failure, Whose};
use crate::input;
use crate::language;
use crate::output::{Form, Output};
use crate::printable::printable;
use crate::{not_plausible, plausible};

/// The largest body that Tencent takes.
const MOST_BODY: usize = 10 << 20;

#[derive(Serialize)]
struct Made<'a> {
    language: &'static str,
    file: &'static str,
    command: &'static str,
    program: &'a str,
}

pub(super) fn run(arguments: &Code, output: &Output) -> Result<(), Failure> {
    check_names(arguments)?;
    check_version(&arguments.version)?;
    let language = Language::from(arguments.language);
    let body = body(arguments)?;
    let request = ProgramRequest {
        action: &arguments.action,
        version: &arguments.version,
        service: arguments.service.as_deref(),
        body: &body,
        endpoint: arguments.endpoint.as_deref(),
        comments: comments(output.form()),
    };
    // The body is personal data, and so is a program that holds it.
    let program = Zeroizing::new(program(language, &request)?);
    warn(arguments, &body, output);
    match output.form() {
        Form::Text => output.print(program.as_bytes())?,
        Form::Json => {
            let made = Made {
                language: language.name(),
                file: language.file(),
                command: language.command(),
                program: &program,
            };
            // Escaped, a character takes six at most.
            output.print_json(&made, program.len().saturating_mul(6).saturating_add(1024))?;
        }
    }
    output.note(&format!(
        "save it as {}, set TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY, and run: {}",
        language.file(),
        language.command()
    ));
    Ok(())
}

/// What programs read does not change with the language of the process.
fn comments(form: Form) -> Comments {
    match (form, language::chosen()) {
        (Form::Text, language::Language::Chinese) => Comments::Chinese,
        _ => Comments::English,
    }
}

/// Refuses what can be no action, service or endpoint: it would come to stand in the program.
fn check_names(arguments: &Code) -> Result<(), Failure> {
    let action = arguments.action.as_str();
    if !plausible::is_action(action) {
        return Err(not_plausible::refused(
            "--action",
            "an action's name",
            action,
        ));
    }
    if let Some(service) = &arguments.service {
        not_plausible::name("--service", service)?;
    }
    match &arguments.endpoint {
        Some(url) if !plausible::has_host(url) => {
            Err(not_plausible::refused("--endpoint", "a host's name", url))
        }
        _ => Ok(()),
    }
}

/// Every version of an API of Tencent's is the day it came out.
fn check_version(version: &str) -> Result<(), Failure> {
    let numbers: Vec<&str> = version.split('-').collect();
    let is_date = matches!(numbers.as_slice(), [year, month, day]
        if [(year, 4), (month, 2), (day, 2)].iter().all(|(number, len)|
            number.len() == *len && number.bytes().all(|byte| byte.is_ascii_digit()))
            && (1..=12).contains(&month.parse().unwrap_or(0))
            && (1..=31).contains(&day.parse().unwrap_or(0)));
    match is_date {
        true => Ok(()),
        false => Err(Failure::usage(
            "--version is the day the API came out, as in 2018-11-19; the action's page has it",
        )),
    }
}

fn body(arguments: &Code) -> Result<Zeroizing<Vec<u8>>, Failure> {
    match &arguments.body {
        Some(path) => input::read(path, "the body", MOST_BODY, Whose::Usage),
        None => {
            let example = find(Cloud::Tencent, &arguments.action).map(|action| action.example());
            Ok(Zeroizing::new(
                example.unwrap_or_else(|| "{}".to_owned()).into_bytes(),
            ))
        }
    }
}

/// What the service will not like of a call that can be written all the same.
fn warn(arguments: &Code, body: &[u8], output: &Output) {
    let Some(action) = find(Cloud::Tencent, &arguments.action) else {
        if arguments.service.is_none() {
            output.warn(&format!(
                "the catalogue has no action {}; the service is assumed to be ocr; name another with --service",
                printable(&arguments.action)
            ));
        }
        return;
    };
    let said = arguments.service.as_deref();
    if said.is_some_and(|service| service != action.service) {
        output.warn(&format!(
            "{} belongs to the service {}",
            action.name, action.service
        ));
    }
    if arguments.version != action.version {
        output.warn(&format!(
            "{} has the version {}",
            action.name, action.version
        ));
    }
    // What is no object was refused before.
    for finding in serde_json::from_slice(body)
        .map(|body| check(action, &body))
        .unwrap_or_default()
    {
        output.warn(&format!("{finding}; the service may refuse the body"));
    }
}

impl From<ProgramError> for Failure {
    fn from(error: ProgramError) -> Self {
        match error {
            ProgramError::Rejected(error) => error.into(),
            named => Self::usage(named.to_string()),
        }
    }
}
