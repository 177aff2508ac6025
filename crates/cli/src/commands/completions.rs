//! `completions`: what a shell needs to complete the commands and their options.

use clap::CommandFactory;
use clap_complete::{Generator, generate};
use serde_json::json;

use crate::args::{Arguments, Completions};
use crate::exit::Failure;
use crate::output::{Form, Output};
use crate::speech;

const NAME: &str = "cardseal";

pub(super) fn run(arguments: &Completions, output: &Output) -> Result<(), Failure> {
    let mut script = Vec::new();
    generate(
        arguments.shell,
        &mut speech::localised(Arguments::command()),
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
