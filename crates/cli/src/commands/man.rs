//! `man`: the help texts as man pages, one a command.

use std::io::{self, Write};
use std::path::Path;

use clap::{Command, CommandFactory};
use serde_json::json;

use crate::args::{Arguments, Man};
use crate::exit::{Failure, Whose};
use crate::input;
use crate::output::{Form, Output};
use crate::speech;
use crate::whole_file::{readable_by_all, refuse_stdout, write_whole};

pub(super) fn run(arguments: &Man, output: &Output) -> Result<(), Failure> {
    // Before it is built, as it is for its Chinese: that adds a `help` to every command that has others below it.
    let command = Arguments::command().disable_help_subcommand(true);
    let mut command = speech::localised(command);
    // Only then do the commands know what they are called in full.
    command.build();
    let mut pages = Vec::new();
    render(command, &mut pages)
        .map_err(|error| Failure::new(Whose::Bug, format!("a man page cannot be made: {error}")))?;

    let folder = &arguments.folder;
    refuse_stdout(folder, "DIR")?;
    let unwritable = |error: io::Error| {
        Failure::usage(format!(
            "the man pages cannot be written to `{}`: {error}; name your own folder",
            input::show(folder)
        ))
    };
    std::fs::create_dir_all(folder).map_err(unwritable)?;
    for (name, page) in &pages {
        write(&folder.join(name), page).map_err(unwritable)?;
    }
    let names: Vec<&str> = pages.iter().map(|(name, _)| name.as_str()).collect();
    match output.form() {
        Form::Json => output.print_json(&json!({ "files": names }), 4096),
        Form::Text => output.print(format!("{}\n", names.join("\n")).as_bytes()),
    }
}

/// The page of a command and those of the commands below it, each with its file's name.
fn render(command: Command, pages: &mut Vec<(String, Vec<u8>)>) -> io::Result<()> {
    for below in command
        .get_subcommands()
        .filter(|below| !below.is_hide_set())
    {
        render(below.clone(), pages)?;
    }
    let man = clap_mangen::Man::new(command);
    let mut page = Vec::new();
    man.render(&mut page)?;
    pages.push((man.get_filename(), page));
    Ok(())
}

/// Who reads pages meanwhile sees the old one or the new one.
fn write(path: &Path, page: &[u8]) -> io::Result<()> {
    write_whole(path, |file| {
        file.write_all(page)?;
        readable_by_all(file)
    })
}
