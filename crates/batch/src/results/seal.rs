//! Encrypted lines: each is its own age file in Base64.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use age::x25519::Recipient;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::error::{BatchError, ResultsError};

/// How the Base64 of every age file begins: that of `age-encryption.org/v1`.
pub(crate) const BEGINNING: &[u8] = b"YWdlLWVuY3J5cHRpb24ub3JnL3Yx";

/// The recipients who can decrypt the results: age public keys.
#[derive(Clone)]
pub struct AgeRecipient(Arc<Vec<Recipient>>);

impl AgeRecipient {
    /// Parses what was given as `--encrypt-to`; see [`AgeRecipient::parse_for`].
    ///
    /// # Errors
    /// [`BatchError::Recipient`].
    pub fn parse(text: &str) -> Result<Self, BatchError> {
        Self::parse_for("--encrypt-to", text)
    }

    /// Parses a public key, `age1…`, or a file with one per line, as for `age -R`.
    ///
    /// # Errors
    /// [`BatchError::Recipient`] if it is neither. The text is not quoted, because it may be a secret.
    pub fn parse_for(option: &str, text: &str) -> Result<Self, BatchError> {
        let refused = |what: &str| BatchError::Recipient(format!("{option} {what}"));
        if text.to_ascii_uppercase().contains("AGE-SECRET-KEY-") {
            return Err(refused(
                "is a secret key, which decrypts; make a new one with age-keygen and give its public key",
            ));
        }
        if text.starts_with("age1") {
            let key = text.parse().map_err(|_| {
                refused("is no public key of age's that is known here; give age1… as age-keygen prints it")
            })?;
            return Ok(Self(Arc::new(vec![key])));
        }
        let file = std::fs::read_to_string(Path::new(text)).map_err(|_| {
            refused("is neither an age public key (age1…) nor a file of them that can be read")
        })?;
        let lines = (1_usize..).zip(file.lines().map(str::trim));
        let keys = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let keys = keys
            .map(|(number, line)| {
                if line.to_ascii_uppercase().starts_with("AGE-SECRET-KEY-") {
                    return Err(refused(&format!(
                        "names a file that holds a secret key in line {number}: it is the one that decrypts; give the \
                         public key that belongs to it (age1…), as `age-keygen -y` prints it"
                    )));
                }
                line.parse().map_err(|_| {
                    refused(&format!(
                        "names a file whose line {number} is no public key of age's (age1…)"
                    ))
                })
            })
            .collect::<Result<Vec<Recipient>, _>>()?;
        match keys.is_empty() {
            true => Err(refused("names a file without a public key of age's")),
            false => Ok(Self(Arc::new(keys))),
        }
    }

    /// Parses keys as [`AgeRecipient::names`] writes them.
    ///
    /// # Errors
    /// [`BatchError::Recipient`].
    pub fn of_names(names: &str) -> Result<Self, BatchError> {
        let keys = names.split(' ').map(|key| {
            key.parse()
                .map_err(|_| BatchError::Recipient("these are no public keys of age's".to_owned()))
        });
        Ok(Self(Arc::new(keys.collect::<Result<Vec<_>, _>>()?)))
    }

    /// The recipients' keys as one text, the same in whatever order they were given.
    pub fn names(&self) -> String {
        let mut keys: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        keys.sort();
        keys.dedup();
        keys.join(" ")
    }

    /// An age file that holds this text.
    ///
    /// # Errors
    /// [`ResultsError`] if the operating system has no random numbers.
    pub fn seal_file(&self, text: &[u8]) -> Result<Vec<u8>, ResultsError> {
        let failed =
            |error: &dyn std::fmt::Display| ResultsError(format!("age cannot encrypt: {error}"));
        let recipients = self.0.iter().map(|key| key as &dyn age::Recipient);
        let encryptor =
            age::Encryptor::with_recipients(recipients).map_err(|error| failed(&error))?;
        let mut sealed = Vec::new();
        let write = |sealed: &mut Vec<u8>| -> io::Result<()> {
            let mut writer = encryptor.wrap_output(sealed)?;
            writer.write_all(text)?;
            writer.finish().map(drop)
        };
        write(&mut sealed).map_err(|error| failed(&error))?;
        Ok(sealed)
    }

    /// The Base64 of an age file that holds this text, and a line end.
    ///
    /// # Errors
    /// As [`seal_file`](Self::seal_file).
    pub fn seal_line(&self, text: &[u8]) -> Result<Vec<u8>, ResultsError> {
        let sealed = self.seal_file(text)?;
        let mut line = STANDARD.encode(&sealed).into_bytes();
        line.push(b'\n');
        Ok(line)
    }
}

/// Whether a line is Base64 to its end.
pub(crate) fn is_whole(line: &[u8]) -> bool {
    line.len().is_multiple_of(4)
        && line
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte))
}

impl std::fmt::Debug for AgeRecipient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AgeRecipient({} keys)", self.0.len())
    }
}
