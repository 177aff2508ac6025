//! Text read off a card is not printed by `{}`; it takes `expose`.
fn print(name: &cardseal::Personal) {
    println!("{name}");
}

fn main() {}
