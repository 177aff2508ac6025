//! That an answer is authenticated is found out, and cannot be claimed.
fn claim(opened: cardseal::Opened) -> cardseal::Opened {
    cardseal::Opened { authenticated: true, ..opened }
}

fn main() {}
