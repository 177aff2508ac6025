//! How the page knows its server. Once the explorer has ended, anybody on this machine may listen on its port, and the
//! page's token comes to whoever does; what proves the server stands in the page and is never sent again.

use std::io;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::token::random_text;

pub(crate) struct Proof(Zeroizing<String>);

impl Proof {
    pub(crate) fn generate() -> io::Result<Self> {
        random_text().map(Self)
    }

    /// For the page, when it is made.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// HMAC-SHA256 of what the page drew, in hexadecimal.
    pub(crate) fn of(&self, nonce: &str) -> String {
        // HMAC takes a key of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.0.as_bytes()) else {
            return String::new();
        };
        mac.update(nonce.as_bytes());
        let bytes = mac.finalize().into_bytes();
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
