//! A second opener would be a second use of the session key.
fn copy(opener: cardseal::Opener) -> (cardseal::Opener, cardseal::Opener) {
    (opener.clone(), opener)
}

fn main() {}
