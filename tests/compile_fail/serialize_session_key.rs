//! A session key cannot be serialised.
fn write(key: &cardseal::SessionKey) -> String {
    serde_json::to_string(key).unwrap()
}

fn main() {}
