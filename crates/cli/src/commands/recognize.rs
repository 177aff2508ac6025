//! `recognize`: one ID card, sealed, signed, sent and opened.
//!
//! The key is judged first, then everything else that can be wrong on this side; only then is anything sent.

use std::path::Path;
use std::time::Duration;

use cardseal::tencent::{CardSide, Config, EncryptedIdCard, Endpoint, IdCard, Switch, Tencent};
use cardseal::{BlockingClient, Credentials, Image, IvPolicy, RetryPolicy, TransportOptions};
use serde::Serialize;

use crate::args::{CloudName, Recognize, SideName};
use crate::card;
use crate::exit::{Failure, Whose};
use crate::input;
use crate::output::{Form, Output};

/// No service takes an image of more.
const MOST_IMAGE: usize = 64 * 1024 * 1024;

#[derive(Serialize)]
struct Answer<'a> {
    request_id: &'a str,
    result: &'a IdCard,
    iv_reused: bool,
    authenticated: bool,
}

pub fn run(arguments: &Recognize, output: &Output) -> Result<(), Failure> {
    match arguments.cloud {
        CloudName::Tencent => at_tencent(arguments, output),
        CloudName::Ctyun | CloudName::Huawei => Err(Failure::usage(
            "this version recognises cards at tencent only; use --cloud tencent",
        )),
    }
}

fn at_tencent(arguments: &Recognize, output: &Output) -> Result<(), Failure> {
    let key = arguments.key.as_deref().ok_or_else(|| {
        Failure::usage(
            "--cloud tencent needs --key FILE, the public key that Tencent's support hands out",
        )
    })?;
    if [Some(key), arguments.image.as_deref()]
        .iter()
        .flatten()
        .all(|path| input::is_stdin(path))
        && arguments.image.is_some()
    {
        return Err(Failure::usage(
            "both --key and --image are `-`, and there is one stdin; name a file for one of them",
        ));
    }
    let recipient = input::read_key(key)?;
    let tencent = account(arguments)?;
    let card = request(arguments)?;
    let call = tencent.recognize_encrypted_id_card(
        &recipient,
        &card,
        IvPolicy::from(arguments.iv_policy),
    )?;
    let options = TransportOptions::default().deadline(Duration::from_secs(arguments.timeout));
    let answer = BlockingClient::with_options(&options)?.run(call)?;

    card::warn_about(&answer, &recipient, output);
    match output.form() {
        Form::Json => output.print_json(
            &Answer {
                request_id: &answer.request_id,
                result: &answer.card,
                iv_reused: answer.iv_reused,
                authenticated: answer.authenticated,
            },
            card::room(&answer.card),
        ),
        Form::Text => {
            let listing = card::listing(&answer.card, "");
            if listing.is_empty() {
                output.note("the service read nothing off this image");
            }
            output.print(listing.as_bytes())?;
            output.note(&format!(
                "request id {}",
                cardseal::printable(&answer.request_id)
            ));
            Ok(())
        }
    }
}

/// Who signs, where to, and how patiently.
fn account(arguments: &Recognize) -> Result<Tencent, Failure> {
    let id = input::required_variable("TENCENTCLOUD_SECRET_ID")?;
    let secret = input::required_variable("TENCENTCLOUD_SECRET_KEY")?;
    let mut credentials = Credentials::new(id.as_str(), secret.as_str())?;
    if let Some(token) = input::variable("TENCENTCLOUD_TOKEN")? {
        credentials = credentials.with_token(token.as_str())?;
    }
    let mut retry = RetryPolicy::default();
    retry.retries = usize::from(arguments.retries);
    let mut tencent = Tencent::new(credentials).retrying(retry);
    if let Some(url) = &arguments.endpoint {
        tencent = tencent.at(Endpoint::custom(url)?);
    }
    let region = match &arguments.region {
        Some(region) => Some(region.clone()),
        None => input::variable("TENCENTCLOUD_REGION")?.map(|region| region.to_string()),
    };
    if let Some(region) = region {
        tencent = tencent.in_region(&region)?;
    }
    Ok(tencent)
}

fn request(arguments: &Recognize) -> Result<EncryptedIdCard, Failure> {
    let image = match (&arguments.image, &arguments.url) {
        (Some(path), _) => image(path)?,
        (None, Some(url)) => Image::from_url(url)?,
        (None, None) => return Err(Failure::usage("give --image FILE or --url URL")),
    };
    let switches = arguments
        .config
        .iter()
        .map(|name| name.parse::<Switch>())
        .collect::<Result<Vec<_>, _>>()?;
    let mut card = EncryptedIdCard::new(image).config(Config::of(switches));
    if let Some(side) = arguments.side {
        card = card.side(match side {
            SideName::Front => CardSide::Front,
            SideName::Back => CardSide::Back,
        });
    }
    Ok(card)
}

/// The bytes of a picture, or the text of a `data:` URL, which no picture begins like.
fn image(path: &Path) -> Result<Image, Failure> {
    let mut bytes = input::read(path, "the image", MOST_IMAGE, Whose::Usage)?;
    let image = match std::str::from_utf8(&bytes) {
        Ok(text) if text.starts_with("data:") => Image::from_base64(text),
        // Moved and not copied: the image wipes it.
        _ => Image::from_bytes(std::mem::take(&mut *bytes)),
    };
    Ok(image?)
}
