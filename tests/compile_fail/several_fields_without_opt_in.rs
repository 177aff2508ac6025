//! Sealing named members takes a word about the shared nonce.
fn seal(recipient: &cardseal::Recipient) {
    let _ = recipient.seal_fields(b"{}", &["Name", "IdCard"]);
}

fn main() {}
