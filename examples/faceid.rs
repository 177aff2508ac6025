//! An action of faceid that seals members by name: those of a person are sealed, the others go as they are.
//!
//! `cargo run --locked --example faceid KEY-FILE NAME-FILE [ENDPOINT]`. The file holds `{"IdCard": …, "Name": …}`; personal
//! data is no argument, since every process of the machine sees those. The credentials come from the environment.

use std::error::Error;

use cardseal::tencent::{FaceidRequest, Tencent};
use cardseal::{
    BlockingClient, CredentialsProvider, Endpoint, RawAnswer, Recipient, SharedNonce, tencent,
};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [key, person, endpoint @ ..] = arguments.as_slice() else {
        return Err("usage: faceid KEY-FILE NAME-FILE [ENDPOINT]".into());
    };
    let mut tencent = Tencent::new(CredentialsProvider::environment(tencent::VARIABLES));
    if let [endpoint] = endpoint {
        tencent = tencent.endpoint(Endpoint::custom(endpoint)?);
    }
    let recipient = Recipient::parse(&std::fs::read(key)?)?;
    let answer = verify(&tencent, &recipient, std::fs::read(person)?)?;
    println!("{}", answer.request_id);
    Ok(())
}

/// Whether the name belongs to the number.
pub(crate) fn verify(
    tencent: &Tencent,
    recipient: &Recipient,
    person: Vec<u8>,
) -> Result<RawAnswer, Box<dyn Error>> {
    let request = FaceidRequest::new("IdCardVerification", person)?
        // The action has one IV for all members. Under SM4-GCM that is one nonce for two texts, which tells whoever listens
        // the exclusive or of both; the library refuses it until it is accepted here. An RSA key needs no acceptance.
        .shared_nonce(SharedNonce::AcceptRepeatedGcmNonce);
    let missing = request.missing_members()?;
    if !missing.is_empty() {
        return Err(format!("these members are missing: {}", missing.join(", ")).into());
    }
    Ok(BlockingClient::new()?.run(tencent.call_faceid(recipient, &request)?)?)
}
