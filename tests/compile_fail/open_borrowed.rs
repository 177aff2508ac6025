//! A borrowed opener opens nothing: it would still be there for a second answer.
fn open(opener: &cardseal::Opener, reply: &cardseal::EncryptedReply) {
    let _ = opener.open(reply, cardseal::IvPolicy::BySuite);
}

fn main() {}
