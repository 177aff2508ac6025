//! Recognises the card in a picture, without async.
//!
//! `cargo run --locked --example recognize KEY-FILE PICTURE [ENDPOINT]`. The credentials come from the environment:
//! `TENCENTCLOUD_SECRET_ID`, `TENCENTCLOUD_SECRET_KEY`.

use std::error::Error;
use std::path::Path;

use cardseal::tencent::{IdCardRequest, Recognized, Tencent};
use cardseal::{
    BlockingClient, CredentialsProvider, Endpoint, Image, IvPolicy, Recipient, tencent,
};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (key, picture, endpoint) = match arguments.as_slice() {
        [key, picture] => (key, picture, None),
        [key, picture, endpoint] => (key, picture, Some(endpoint)),
        _ => return Err("usage: recognize KEY-FILE PICTURE [ENDPOINT]".into()),
    };
    let mut tencent = Tencent::new(CredentialsProvider::environment(tencent::VARIABLES));
    if let Some(endpoint) = endpoint {
        tencent = tencent.endpoint(Endpoint::custom(endpoint)?);
    }
    let answer = recognize(&tencent, key.as_ref(), picture.as_ref())?;
    // A card is personal data: it is shown where somebody says so.
    println!("{}", answer.card.name.expose());
    Ok(())
}

pub(crate) fn recognize(
    tencent: &Tencent,
    key: &Path,
    picture: &Path,
) -> Result<Recognized, Box<dyn Error>> {
    // An RSA key means AES-256-CBC, an SM2 key SM4-GCM.
    let recipient = Recipient::parse(&std::fs::read(key)?)?;
    let card = IdCardRequest::new(Image::from_path(picture)?);
    // Sealed here, under a key that is drawn for this request; nothing is sent yet.
    let call = tencent.recognize_encrypted_id_card(&recipient, &card, IvPolicy::BySuite)?;
    Ok(BlockingClient::new()?.run(call)?)
}
