//! The secret age key that opens cards, or results.

use std::io::Read;
use std::path::Path;

use age::x25519::Identity as Key;
use zeroize::Zeroizing;

use crate::error::QueueError;

/// Files of keys are small.
const MOST: u64 = 1 << 20;

/// Opens what was sealed for it. Neither shown nor copied.
pub struct Identity(Vec<Key>);

impl Identity {
    /// Reads a file as `age-keygen` writes it.
    ///
    /// # Errors
    /// [`QueueError::IdentityFile`]; nothing of the file is quoted.
    pub fn read(path: &Path) -> Result<Self, QueueError> {
        let refused = |what: &str| QueueError::IdentityFile(what.to_owned());
        let mut text = Zeroizing::new(String::new());
        std::fs::File::open(path)
            .and_then(|file| file.take(MOST).read_to_string(&mut text))
            .map_err(|_| {
                refused(
                    "--identity names a file that cannot be read; name one that age-keygen made",
                )
            })?;
        let lines = text.lines().map(str::trim);
        let keys = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        let keys = keys.map(|line| line.parse::<Key>().map_err(|_| {
            refused("--identity names a file in which a line is no secret key of age's; name one that age-keygen made")
        }));
        let keys = keys.collect::<Result<Vec<_>, _>>()?;
        match keys.is_empty() {
            true => Err(refused(
                "--identity names a file without a secret key; name one that age-keygen made",
            )),
            false => Ok(Self(keys)),
        }
    }

    /// What an age file holds; `None` if it was sealed for somebody else, or was changed.
    pub(crate) fn open(&self, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let decryptor = age::Decryptor::new_buffered(sealed).ok()?;
        let keys = self.0.iter().map(|key| key as &dyn age::Identity);
        let mut reader = decryptor.decrypt(keys).ok()?;
        // Sized before it is filled: one that grew would leave copies behind.
        let mut clear = Zeroizing::new(Vec::with_capacity(sealed.len()));
        reader.read_to_end(&mut clear).ok()?;
        Some(clear)
    }
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Identity({} keys)", self.0.len())
    }
}
