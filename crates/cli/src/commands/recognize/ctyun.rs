//! Ctyun's identity-card capability. It takes the card in clear and does not ask which side it shows.

use cardseal::ctyun::IdCard;
use serde::Serialize;

use super::{check_clear, show, source};
use crate::accounts;
use crate::args::Recognize;
use crate::card;
use crate::exit::Failure;
use crate::output::Output;
use crate::recording::Recording;

#[derive(Serialize)]
struct Answer<'a> {
    request_id: &'a str,
    result: &'a [IdCard],
}

pub(super) fn run(arguments: &Recognize, output: &Output) -> Result<(), Failure> {
    if arguments.side.is_some() || !arguments.config.is_empty() {
        return Err(Failure::usage(
            "ctyun takes only a picture; leave out --side and --config",
        ));
    }
    let image = source(arguments, output)?;
    let ctyun = accounts::ctyun(&arguments.reach)?;
    let call = ctyun.id_cards(std::slice::from_ref(&image))?;
    check_clear(arguments, "ctyun", output)?;
    let client = accounts::client(&arguments.reach)?;
    let mut recording = Recording::start(&arguments.ledger, "ctyun", output);
    let answer = recording.run(&client, call, |answer| &answer.request_id)?;

    if answer.found.is_empty() {
        output.note("no card was found in the answer under the known member names; `call` prints the whole answer");
    }
    let whole = Answer {
        request_id: &answer.request_id,
        result: &answer.found,
    };
    let room = card::room_for(answer.found.iter().flat_map(fields).map(|(_, text)| text));
    let listing: String = answer
        .found
        .iter()
        .map(|card| card::lines(&fields(card)))
        .collect();
    show(&listing, &whole, room, &answer.request_id, output)
}

fn fields(card: &IdCard) -> Vec<(&'static str, &str)> {
    vec![
        ("name", card.name.expose()),
        ("sex", card.sex.expose()),
        ("nation", card.nation.expose()),
        ("birth", card.birth.expose()),
        ("address", card.address.expose()),
        ("number", card.number.expose()),
        ("issuer", card.issuer.expose()),
        ("validity", card.validity.expose()),
        ("portrait", card.portrait.expose()),
    ]
}
