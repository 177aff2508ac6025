//! A session key cannot be cloned.
fn copy(key: &cardseal::crypto::SessionKey) -> cardseal::crypto::SessionKey {
    key.clone()
}

fn main() {}
