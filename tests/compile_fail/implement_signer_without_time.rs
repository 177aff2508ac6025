//! Signing is pure: the time is a parameter and cannot be left out.
fn sign(signer: &dyn cardseal::signing::Signer, input: &cardseal::signing::SigningInput<'_>, who: &cardseal::Credentials) {
    let _ = signer.sign(input, who);
}

fn main() {}
