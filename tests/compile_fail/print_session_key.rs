//! A session key cannot be printed.
fn print(key: &cardseal::SessionKey) {
    println!("{key}");
}

fn main() {}
