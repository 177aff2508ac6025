//! Tencent's `RecognizeEncryptedIDCardOCR`: sealed, signed, sent and opened. The key is judged before anything else.

use cardseal::tencent::{CardSide, Config, IdCard, IdCardRequest, Switch};
use serde::Serialize;

use super::{show, source};
use crate::accounts;
use crate::args::{Recognize, SideName, iv_policy};
use crate::card;
use crate::exit::Failure;
use crate::input;
use crate::output::Output;
use crate::recording::Recording;
use crate::unread;

#[derive(Serialize)]
struct Answer<'a> {
    request_id: &'a str,
    result: &'a IdCard,
    iv_reused: bool,
    authenticated: bool,
}

pub(super) fn run(arguments: &Recognize, output: &Output) -> Result<(), Failure> {
    let key = arguments.key.as_deref().ok_or_else(|| {
        Failure::usage(
            "--cloud tencent needs --key FILE, the public key that Tencent's support provides",
        )
    })?;
    if [Some(key), arguments.image.as_deref()]
        .iter()
        .flatten()
        .all(|path| input::is_stdin(path))
        && arguments.image.is_some()
    {
        return Err(Failure::usage(
            "both --key and --image are `-`, but there is only one stdin; name a file for one of them",
        ));
    }
    let recipient = input::read_key(key)?;
    let card = request(arguments, output)?;
    let tencent = accounts::tencent(&arguments.reach)?;
    let call =
        tencent.recognize_encrypted_id_card(&recipient, &card, iv_policy(arguments.iv_policy))?;
    let client = accounts::client(&arguments.reach)?;
    let mut recording = Recording::start(&arguments.ledger, "tencent", output);
    let answer = recording
        .run(&client, call, |answer| &answer.request_id)
        .inspect_err(|error| unread::keep(error, output))?;

    card::warn_about(&answer, &recipient, output);
    let whole = Answer {
        request_id: &answer.request_id,
        result: &answer.card,
        iv_reused: answer.iv_reused,
        authenticated: answer.authenticated,
    };
    let (listing, room) = (card::listing(&answer.card, ""), card::room(&answer.card));
    show(&listing, &whole, room, &answer.request_id, output)
}

fn request(arguments: &Recognize, output: &Output) -> Result<IdCardRequest, Failure> {
    let image = source(arguments, output)?;
    let switches = arguments
        .config
        .iter()
        .map(|name| name.parse::<Switch>())
        .collect::<Result<Vec<_>, _>>()?;
    let mut card = IdCardRequest::new(image).config(Config::of(switches));
    if let Some(side) = arguments.side {
        card = card.side(match side {
            SideName::Front => CardSide::Front,
            SideName::Back => CardSide::Back,
        });
    }
    Ok(card)
}
