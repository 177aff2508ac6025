//! An opener is born with a request, and cannot be put together.
fn make(session: Box<dyn cardseal::crypto::Session>) -> cardseal::Opener {
    cardseal::Opener { session }
}

fn main() {}
