//! Session keys cannot be compared: `==` takes a time that tells where they differ.
fn same(a: &cardseal::SessionKey, b: &cardseal::SessionKey) -> bool {
    a == b
}

fn main() {}
