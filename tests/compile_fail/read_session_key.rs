//! There is no public way to the bytes of a session key.
fn bytes(key: &cardseal::SessionKey) -> &[u8] {
    key.expose_key_bytes()
}

fn main() {}
