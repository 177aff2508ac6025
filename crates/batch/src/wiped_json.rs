//! Personal data as JSON.

use std::io::{self, Write};

use serde::Serialize;
use zeroize::Zeroizing;

/// A result as JSON, in memory that never moves and is wiped.
pub(crate) fn wiped_json(value: &impl Serialize) -> Zeroizing<Vec<u8>> {
    let mut length = Length(0);
    // A result of texts and numbers is always written.
    let _ = serde_json::to_writer(&mut length, value);
    let mut text = Zeroizing::new(Vec::with_capacity(length.0));
    let _ = serde_json::to_writer(&mut *text, value);
    text
}

/// Counts what is written.
struct Length(usize);

impl Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.saturating_add(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
