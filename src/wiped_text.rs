//! Text that is wiped on drop: replies and requests in clear, which may be megabytes long.

use core::ops::Deref;

use cardseal_crypto::Wiped;

/// Text that is wiped on drop.
#[derive(Clone, Default)]
pub(crate) struct WipedText(String);

impl WipedText {
    /// `None` if it is not UTF-8; then the bytes are wiped as well.
    pub(crate) fn from_utf8(bytes: Vec<u8>) -> Option<Self> {
        let text = String::from_utf8(bytes);
        text.map(Self)
            .map_err(|error| Wiped::new(error.into_bytes()))
            .ok()
    }
}

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
