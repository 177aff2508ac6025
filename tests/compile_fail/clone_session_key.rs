//! A session key cannot be cloned.
fn copy(key: &cardseal::SessionKey) -> cardseal::SessionKey {
    key.clone()
}

fn main() {}
