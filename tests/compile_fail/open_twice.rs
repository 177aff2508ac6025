//! An opener is consumed by the one answer it opens.
fn twice(opener: cardseal::Opener, reply: &cardseal::EncryptedReply) {
    let _ = opener.open(reply, cardseal::IvPolicy::BySuite);
    let _ = opener.open(reply, cardseal::IvPolicy::BySuite);
}

fn main() {}
