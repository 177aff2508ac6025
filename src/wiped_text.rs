//! Text that is wiped on drop: replies and requests in clear, which may be megabytes long.

use core::ops::Deref;

use cardseal_crypto::Wiped;

/// Text that is wiped on drop.
#[derive(Clone, Default)]
pub(crate) struct WipedText(String);

impl From<String> for WipedText {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for WipedText {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl Deref for WipedText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Drop for WipedText {
    fn drop(&mut self) {
        drop(Wiped::new(core::mem::take(&mut self.0).into_bytes()));
    }
}
