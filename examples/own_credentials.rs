//! Credentials from a vault: a function of one's own, which is asked when they are needed, before they end, and when the
//! service refused them. Threads and calls share one run of it.
//!
//! `cargo run --locked --example own_credentials VAULT-FILE KEY-FILE PICTURE ENDPOINT`. The file is what an agent of the
//! vault keeps up to date: `{"id": …, "secret": …, "token": …, "expires": Unix seconds}`.

use std::error::Error;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use cardseal::tencent::{IdCardRequest, Tencent};
use cardseal::{
    BlockingClient, Credentials, CredentialsProvider, Endpoint, Image, IvPolicy, Recipient,
};
use serde::Deserialize;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [vault, key, picture, endpoint] = arguments.as_slice() else {
        return Err("usage: own_credentials VAULT-FILE KEY-FILE PICTURE ENDPOINT".into());
    };
    let tencent = Tencent::new(from(vault.into())).endpoint(Endpoint::custom(endpoint)?);
    let recipient = Recipient::parse(&std::fs::read(key)?)?;
    let card = IdCardRequest::new(Image::from_path(picture.as_ref())?);
    let call = tencent.recognize_encrypted_id_card(&recipient, &card, IvPolicy::BySuite)?;
    println!("{}", BlockingClient::new()?.run(call)?.request_id);
    Ok(())
}

/// What a function of one's own may read over the network as well: it blocks no call beyond its deadline.
pub(crate) fn from(vault: PathBuf) -> CredentialsProvider {
    CredentialsProvider::blocking(move || {
        // Nobody can repair a file by asking again at once, so this is an error of credentials; one of the network, which
        // may pass, would be `Error::transport`.
        let told = |what: &str| cardseal::Error::credential(format!("the vault's file {what}"));
        let text = std::fs::read(&vault).map_err(|_| told("cannot be read"))?;
        // Its own error would show a part of the text.
        let lease: Lease = serde_json::from_slice(&text).map_err(|_| told("is not as expected"))?;
        let ends = SystemTime::UNIX_EPOCH + Duration::from_secs(lease.expires);
        Ok(Credentials::new(lease.id, lease.secret)?
            .with_token(lease.token)?
            .expiring_at(ends))
    })
}

#[derive(Deserialize)]
struct Lease {
    id: String,
    secret: String,
    token: String,
    expires: u64,
}
