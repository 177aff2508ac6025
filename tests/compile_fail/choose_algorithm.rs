//! The key is the suite; no argument names an algorithm.
fn parse(key: &[u8]) {
    let _ = cardseal::Recipient::parse(key, "SM4-GCM");
}

fn main() {}
