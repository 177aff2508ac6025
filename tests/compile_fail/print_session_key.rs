//! A session key cannot be printed.
fn print(key: &cardseal::crypto::SessionKey) {
    println!("{key}");
}

fn main() {}
