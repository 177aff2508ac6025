//! An opener is born with a request, and cannot be put together.
fn make(key: cardseal::SessionKey) -> cardseal::Opener {
    cardseal::Opener { key }
}

fn main() {}
