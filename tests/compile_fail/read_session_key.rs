//! There is no public way from an opener to its session, nor to a key in it.
fn session(opener: cardseal::Opener) -> Option<cardseal::crypto::SessionKey> {
    opener.session.export()
}

fn main() {}
