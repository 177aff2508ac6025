//! What goes out: data to stdout, at once and at the end; everything else to stderr, a line each.
//!
//! A stream that is closed or full is the caller's to mend: exit code 2, and never a panic. What is true of the answer
//! then is in `unprinted.rs`.

use std::io::{self, IsTerminal, Write};

use serde::Serialize;
use zeroize::Zeroizing;

use crate::discretion;
use crate::exit::{Failure, Whose};
use crate::language::{self, Language};
use crate::options_named;
use crate::printable::json_for_a_terminal;
use crate::speech;
use crate::unprinted::Unprinted;

/// Whether stdout is for people or for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// How much is said on stderr beside errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chatter {
    /// Warnings and notes.
    Usual,
    /// Errors only.
    Quiet,
}

/// The two streams of this process, and how to use them.
#[derive(Debug)]
pub(crate) struct Output {
    form: Form,
    chatter: Chatter,
    unprinted: Unprinted,
}

impl Output {
    /// `unprinted` is what becomes of the command where stdout cannot be written.
    pub(crate) fn new(form: Form, chatter: Chatter, unprinted: Unprinted) -> Self {
        Self {
            form,
            chatter,
            unprinted,
        }
    }

    /// Whether stdout is for people or for programs.
    pub(crate) fn form(&self) -> Form {
        self.form
    }

    /// How much is said on stderr beside errors.
    #[cfg(any(
        feature = "batch",
        feature = "gateway",
        all(feature = "serve", feature = "ledger")
    ))]
    pub(crate) fn chatter(&self) -> Chatter {
        self.chatter
    }

    /// Something the caller should know and may ignore. One line on stderr.
    pub(crate) fn warn(&self, message: &str) {
        let label = match language::chosen() {
            Language::English => "warning: ",
            Language::Chinese => "警告：",
        };
        self.say(label, message);
    }

    /// Something worth knowing. One line on stderr.
    pub(crate) fn note(&self, message: &str) {
        self.say("", message);
    }

    fn say(&self, label: &str, message: &str) {
        if self.chatter == Chatter::Usual {
            // Where stderr is closed there is nobody to tell.
            let message = options_named::named(speech::said(&discretion::without_secrets(message)));
            let _ = writeln!(io::stderr(), "cardseal: {label}{message}");
        }
    }

    /// Prints text for people, or bytes that are the data themselves, exactly as they are.
    pub(crate) fn print(&self, bytes: &[u8]) -> Result<(), Failure> {
        write(bytes).map_err(|error| self.unprinted.failure(&error, bytes))
    }

    /// Prints what people want to read of an answer. Where it has to be kept instead, all of it is, as JSON.
    #[cfg(feature = "http")]
    pub(crate) fn print_of(
        &self,
        shown: &[u8],
        whole: &impl Serialize,
        room: usize,
    ) -> Result<(), Failure> {
        write(shown).map_err(|error| match as_json(whole, room) {
            Ok(text) => self.unprinted.failure(&error, &text),
            Err(failure) => failure,
        })
    }

    /// Prints JSON exactly, byte for byte. Where somebody is looking, ends the line for them, and escapes what their terminal
    /// would obey or hide.
    pub(crate) fn print_exactly(&self, bytes: &[u8]) -> Result<(), Failure> {
        if !io::stdout().is_terminal() {
            return self.print(bytes);
        }
        let shown = Zeroizing::new(json_for_a_terminal(&String::from_utf8_lossy(bytes)));
        self.print(shown.as_bytes())?;
        if !bytes.ends_with(b"\n") {
            self.print(b"\n")?;
        }
        Ok(())
    }

    /// Prints one JSON text and a line end. `room` is its length at most, so that writing it never moves it and
    /// leaves copies of personal data behind. To a terminal as [`Self::print_exactly`] has it.
    pub(crate) fn print_json(&self, value: &impl Serialize, room: usize) -> Result<(), Failure> {
        self.print_exactly(&as_json(value, room)?)
    }
}

fn write(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes)?;
    stdout.flush()
}

fn as_json(value: &impl Serialize, room: usize) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut text = Zeroizing::new(Vec::with_capacity(room.saturating_add(1)));
    serde_json::to_writer(&mut *text, value)
        .map_err(|_| Failure::new(Whose::Bug, "the result cannot be written as JSON"))?;
    text.push(b'\n');
    Ok(text)
}

/// The one line of an error.
pub(crate) fn complain(failure: &Failure) {
    // Where stderr is closed the exit code has to say it all.
    let _ = writeln!(io::stderr(), "cardseal: {failure}");
}
