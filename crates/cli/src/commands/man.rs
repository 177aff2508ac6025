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

pub(super) fn run(arguments: &Man, output: &Output) -> Result<(), Failure> {
    let mut command = speech::localised(Arguments::command()).disable_help_subcommand(true);
    // Only then do the commands know what they are called in full.
    command.build();
    let mut pages = Vec::new();
    render(command, &mut pages)
        .map_err(|error| Failure::new(Whose::Bug, format!("a man page cannot be made: {error}")))?;

    let folder = &arguments.folder;
    let unwritable = |error: io::Error| {
        Failure::usage(format!(
            "the man pages cannot be written to `{}`: {error}; name a folder of yours",
            input::show(folder)
        ))
    };
    std::fs::create_dir_all(folder).map_err(unwritable)?;
    for (name, page) in &pages {
        write_whole(folder, name, page).map_err(unwritable)?;
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

/// Whoever reads pages meanwhile sees the old one or the new one.
fn write_whole(folder: &Path, name: &str, page: &[u8]) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(page)?;
    readable_by_all(file.as_file())?;
    file.persist(folder.join(name))?;
    Ok(())
}

#[cfg(unix)]
fn readable_by_all(file: &std::fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable_by_all(_: &std::fs::File) -> io::Result<()> {
    Ok(())
}
