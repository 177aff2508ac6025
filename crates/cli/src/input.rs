//! What comes in: files and stdin, never more than a stated number of bytes, wiped when done with.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use cardseal::Recipient;
use zeroize::Zeroizing;

use crate::discretion;
use crate::exit::{Failure, Whose};

/// Bytes that are wiped when they go.
pub(crate) type Wiped = Zeroizing<Vec<u8>>;

/// No public key in any form comes near this.
const MOST_KEY: usize = 256 * 1024;

/// Most input is shorter.
const FIRST_READ: usize = 64 * 1024;

/// Secret keys have some 40 bytes.
const MOST_SECRET: usize = 4096;

/// A file of at most `most` bytes; `-` is stdin. Whose fault a longer one is, the caller says.
pub(crate) fn read(
    path: &Path,
    what: &str,
    most: usize,
    too_long: Whose,
) -> Result<Wiped, Failure> {
    if is_stdin(path) {
        return read_stdin(what, most, too_long);
    }
    let shown = show(path);
    let unreadable = |error: io::Error| {
        Failure::usage(format!(
            "{what} `{shown}` cannot be read: {error}; check the path and its permissions"
        ))
    };
    let file = File::open(path).map_err(unreadable)?;
    let bytes = read_capped(file, most).map_err(unreadable)?;
    within(bytes, &format!("{what} `{shown}`"), most, too_long)
}

/// All of stdin, of at most `most` bytes.
pub(crate) fn read_stdin(what: &str, most: usize, too_long: Whose) -> Result<Wiped, Failure> {
    let bytes = read_capped(io::stdin().lock(), most).map_err(|error| {
        Failure::usage(format!(
            "{what} cannot be read from stdin: {error}; check what is piped in"
        ))
    })?;
    within(bytes, &format!("{what} on stdin"), most, too_long)
}

/// Whether a path means stdin.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// A path for a message.
pub(crate) fn show(path: &Path) -> String {
    discretion::path(path)
}

/// The service's public key, parsed and checked.
pub(crate) fn read_key(path: &Path) -> Result<Recipient, Failure> {
    Ok(Recipient::parse(&read(
        path,
        "the key",
        MOST_KEY,
        Whose::Key,
    )?)?)
}

/// The content of a secret key's file, without the one line end an editor puts there.
pub(crate) fn read_secret(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let bytes = read(path, "the secret key", MOST_SECRET, Whose::Credential)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| {
        Failure::new(
            Whose::Credential,
            "the secret key's file is not text; copy the key again",
        )
    })?;
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() {
        return Err(Failure::new(
            Whose::Credential,
            "the secret key's file is empty; write the secret key into it",
        ));
    }
    Ok(Zeroizing::new(text.to_owned()))
}

/// A variable of the environment; `None` if it is unset or empty.
#[cfg(feature = "http")]
pub(crate) fn variable(name: &str) -> Result<Option<Zeroizing<String>>, Failure> {
    use std::env::{self, VarError};
    match env::var(name) {
        Ok(text) => Ok(Some(Zeroizing::new(text)).filter(|text| !text.is_empty())),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(Failure::new(
            Whose::Credential,
            format!("{name} is not text; set it again"),
        )),
    }
}

/// A variable of the environment that must be there.
#[cfg(feature = "http")]
pub(crate) fn required_variable(name: &str) -> Result<Zeroizing<String>, Failure> {
    variable(name)?.ok_or_else(|| {
        Failure::new(
            Whose::Credential,
            format!("{name} is not set; set it in the environment"),
        )
    })
}

/// Reads one byte more than allowed, to tell what fits from what does not.
fn read_capped(from: impl Read, most: usize) -> io::Result<Wiped> {
    let first = most.saturating_add(1).min(FIRST_READ);
    read_on(Zeroizing::new(Vec::with_capacity(first)), from, most)
}

/// Reads on behind what was read, one byte more than allowed in all. A buffer that is full is moved to a larger one and
/// wiped; one that grew by itself would leave its old contents behind.
pub(crate) fn read_on(mut bytes: Wiped, mut from: impl Read, most: usize) -> io::Result<Wiped> {
    let limit = most.saturating_add(1);
    loop {
        let room = bytes.capacity().saturating_sub(bytes.len());
        let read = from.by_ref().take(room as u64).read_to_end(&mut bytes)?;
        if read < room || bytes.len() >= limit {
            return Ok(bytes);
        }
        let more = bytes.len().saturating_mul(2).min(limit);
        let mut larger = Zeroizing::new(Vec::with_capacity(more));
        larger.extend_from_slice(&bytes);
        bytes = larger;
    }
}

fn within(bytes: Wiped, what: &str, most: usize, too_long: Whose) -> Result<Wiped, Failure> {
    if bytes.len() > most {
        return Err(Failure::new(
            too_long,
            format!(
                "{what} has more than {most} bytes, which is the limit; check that it is the right file"
            ),
        ));
    }
    Ok(bytes)
}
