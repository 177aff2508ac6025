//! `prepare`: a picture the service takes, in a file of its own.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use cardseal_prepare::{Kind, Limits, Prepared};
use serde::Serialize;

use crate::args::Prepare;
use crate::exit::Failure;
use crate::fitting;
use crate::input;
use crate::output::{Form, Output};
use crate::whole_file::beside;

pub(super) fn run(arguments: &Prepare, output: &Output) -> Result<(), Failure> {
    refuse_to_overwrite(arguments)?;
    let asked = asked_by_ending(&arguments.out)?;
    let mut limits = Limits::default().max_bytes(arguments.max_bytes);
    if let Some(side) = arguments.max_side {
        limits = limits.max_side(side);
    }
    if let Some(quality) = arguments.quality {
        limits = limits.quality(quality);
    }
    if let Some(format) = asked {
        limits = limits.format(format);
    }
    let bytes = fitting::read(&arguments.image)?;
    let prepared = fitting::prepared(&arguments.image, &bytes, &limits, output)?;
    drop(bytes);
    write(arguments, &prepared.image)?;
    print(arguments, &prepared, output)
}

/// The format that a file's name asks for, so that no name says what the file is not. Any other name leaves it open.
fn asked_by_ending(path: &Path) -> Result<Option<Kind>, Failure> {
    let ending = path.extension().and_then(|ending| ending.to_str());
    Ok(
        match ending.unwrap_or_default().to_ascii_lowercase().as_str() {
            "jpg" | "jpeg" | "jpe" | "jfif" => Some(Kind::Jpeg),
            "png" => Some(Kind::Png),
            "bmp" | "dib" => Some(Kind::Bmp),
            "webp" | "gif" | "tif" | "tiff" | "heic" | "heif" | "avif" | "pdf" => {
                return Err(Failure::usage(format!(
                    "`{}` names a format that is not written; name OUT .jpg, .png or .bmp",
                    input::show(path)
                )));
            }
            _ => None,
        },
    )
}

/// Asked before any work is done, and again by the rename itself.
fn refuse_to_overwrite(arguments: &Prepare) -> Result<(), Failure> {
    let shown = input::show(&arguments.out);
    match fs::symlink_metadata(&arguments.out) {
        Err(_) if arguments.out.as_os_str() == "-" => Err(Failure::usage(
            "-o `-` is refused: a picture is not printed; name a file",
        )),
        Err(_) => Ok(()),
        Ok(found) if !found.is_file() => Err(Failure::usage(format!(
            "`{shown}` is not a regular file and is not replaced; name another"
        ))),
        Ok(_) if arguments.force => Ok(()),
        Ok(_) => Err(exists(&arguments.out)),
    }
}

/// The file appears whole or not at all: it is written beside its place and then renamed.
fn write(arguments: &Prepare, image: &[u8]) -> Result<(), Failure> {
    let unwritable = |error: &io::Error| {
        Failure::usage(format!(
            "`{}` cannot be written: {error}; nothing was left there; name a file in your own folder, on a disk \
             with free space",
            input::show(&arguments.out)
        ))
    };
    let mut file = beside(&arguments.out).map_err(|error| match error.kind() {
        // It says itself what to do.
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Failure::usage(format!(
            "`{}` cannot be written: {error}",
            input::show(&arguments.out)
        )),
        _ => unwritable(&error),
    })?;
    file.write_all(image)
        .and_then(|()| file.as_file().sync_all())
        .map_err(|error| unwritable(&error))?;
    let placed = if arguments.force {
        file.persist(&arguments.out)
    } else {
        file.persist_noclobber(&arguments.out)
    };
    match placed {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
            Err(exists(&arguments.out))
        }
        Err(error) => Err(unwritable(&error.error)),
    }
}

fn exists(path: &Path) -> Failure {
    Failure::usage(format!(
        "`{}` exists already; name a new file, or pass --force",
        input::show(path)
    ))
}

#[derive(Serialize)]
struct Told {
    input: ToldInput,
    output: ToldOutput,
    changed: bool,
}

#[derive(Serialize)]
struct ToldInput {
    format: &'static str,
    width: u32,
    height: u32,
    bytes: usize,
    orientation: u8,
    metadata: Vec<&'static str>,
}

#[derive(Serialize)]
struct ToldOutput {
    format: &'static str,
    width: u32,
    height: u32,
    bytes: usize,
    quality: Option<u8>,
}

fn print(arguments: &Prepare, prepared: &Prepared, output: &Output) -> Result<(), Failure> {
    let report = &prepared.report;
    let (came, goes) = (&report.input, &report.output);
    if output.form() == Form::Json {
        let told = Told {
            input: ToldInput {
                format: came.format.id(),
                width: came.width,
                height: came.height,
                bytes: came.bytes,
                orientation: came.orientation,
                metadata: came.metadata.clone(),
            },
            output: ToldOutput {
                format: goes.format.id(),
                width: goes.width,
                height: goes.height,
                bytes: goes.bytes,
                quality: goes.quality,
            },
            changed: report.changed,
        };
        return output.print_json(&told, 1024);
    }
    let mut said = format!(
        "{}: {} {}×{}, {} bytes",
        input::show(&arguments.out),
        goes.format.name(),
        goes.width,
        goes.height,
        goes.bytes
    );
    if let Some(quality) = goes.quality {
        said.push_str(&format!(", quality {quality}"));
    }
    if report.changed {
        said.push_str(&format!(
            "; it was {} {}×{}, {} bytes",
            came.format.name(),
            came.width,
            came.height,
            came.bytes
        ));
        if came.orientation != 1 {
            said.push_str(", turned");
        }
        if !came.metadata.is_empty() {
            said.push_str(&format!(", with {}", came.metadata.join(", ")));
        }
    } else {
        said.push_str("; nothing had to be changed");
    }
    said.push('\n');
    output.print(said.as_bytes())
}
