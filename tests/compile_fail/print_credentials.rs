//! Credentials are not printed.
fn print(credentials: &cardseal::Credentials) {
    println!("{credentials}");
}

fn main() {}
