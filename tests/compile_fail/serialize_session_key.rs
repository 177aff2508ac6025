//! A session key cannot be serialised.
fn write(key: &cardseal::crypto::SessionKey) -> String {
    serde_json::to_string(key).unwrap()
}

fn main() {}
