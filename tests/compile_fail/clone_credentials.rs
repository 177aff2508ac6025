//! Credentials hold a secret and are not cloned.
fn copy(credentials: &cardseal::Credentials) -> cardseal::Credentials {
    credentials.clone()
}

fn main() {}
