//! Nor can it open the same answer the other way.
fn twice(opener: cardseal::Opener, reply: &cardseal::EncryptedReply) {
    let _ = opener.open(reply, cardseal::IvPolicy::BySuite);
    let _ = opener.open_fields(reply, cardseal::Expected::NamedByReply, cardseal::IvPolicy::BySuite);
}

fn main() {}
