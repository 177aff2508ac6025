//! `postman`: a collection of Tencent's actions, written whole or not at all.

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use crate::args::Postman;
use crate::exit::Failure;
use crate::input;
use crate::output::{Form, Output};
use crate::whole_file::write_whole;

#[derive(Serialize)]
struct Written {
    file: String,
    requests: usize,
}

pub(super) fn run(arguments: &Postman, output: &Output) -> Result<(), Failure> {
    let collection = cardseal_explorer::collection();
    if input::is_stdin(&arguments.output) {
        return output.print(collection.as_bytes());
    }
    let shown = input::show(&arguments.output);
    write(&arguments.output, &collection).map_err(|error| {
        Failure::usage(format!(
            "the collection `{shown}` cannot be written: {error}; check the path and its permissions"
        ))
    })?;
    let requests = cardseal_explorer::requests();
    if output.form() == Form::Json {
        return output.print_json(
            &Written {
                file: shown,
                requests,
            },
            8192,
        );
    }
    output.note(&format!(
        "{requests} requests; import {shown} into Postman, and put the credentials into the current values of \
         secretId and secretKey"
    ));
    Ok(())
}

/// Only its owner can read it: credentials may come to stand in it.
fn write(path: &Path, text: &str) -> io::Result<()> {
    write_whole(path, |file| file.write_all(text.as_bytes()))
}
