//! JSON written into memory of the right size: text that grows would leave pieces of itself behind.

use std::io::{self, Write};

use serde::Serialize;
use zeroize::Zeroizing;

use crate::fault::Fault;

/// A value as JSON, to be wiped.
pub(super) fn write(value: &impl Serialize) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let failed = |_| Fault::bug("the result cannot be written as JSON; please report it");
    let mut count = Count(0);
    serde_json::to_writer(&mut count, value).map_err(failed)?;
    // With room for the zero that ends text in C.
    let room = count.0.saturating_add(1);
    let mut text = Zeroizing::new(Vec::with_capacity(room));
    serde_json::to_writer(&mut *text, value).map_err(failed)?;
    Ok(text)
}

/// Bytes that were written, which go nowhere.
struct Count(usize);

impl Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.saturating_add(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_never_grows() {
        let value = ["a \"quoted\" word", "密钥", ""];
        let text = write(&value).unwrap();
        assert_eq!(&**text, r#"["a \"quoted\" word","密钥",""]"#.as_bytes());
        assert_eq!(text.capacity(), text.len() + 1);
    }
}
