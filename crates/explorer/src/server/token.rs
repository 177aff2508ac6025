//! The token that every request must bring: made once a process, from the operating system's generator.

use std::io;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Anyone who knows it may use the page. Never printed by itself.
pub(crate) struct Token(Zeroizing<String>);

impl Token {
    pub(crate) fn generate() -> io::Result<Self> {
        random_text().map(Self)
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// Takes the same time whatever was given.
    pub(crate) fn is(&self, given: &str) -> bool {
        self.0.as_bytes().ct_eq(given.as_bytes()).into()
    }
}

/// 43 characters that nobody can guess.
pub(crate) fn random_text() -> io::Result<Zeroizing<String>> {
    let mut bytes = Zeroizing::new([0_u8; 32]);
    getrandom::fill(bytes.as_mut()).map_err(io::Error::other)?;
    Ok(Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes.as_ref())))
}
