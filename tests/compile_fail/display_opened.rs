//! An opened answer is not printed by `{}`; it takes `expose_plaintext`.
fn print(opened: &cardseal::Opened) {
    println!("{opened}");
}

fn main() {}
