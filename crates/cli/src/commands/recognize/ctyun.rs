//! Ctyun's identity-card capability. It takes the card in clear and does not ask which side it shows.

use cardseal::ctyun::IdCard;
use serde::Serialize;

use super::{check_clear, source};
use crate::accounts;
use crate::args::Recognize;
use crate::card;
use crate::exit::Failure;
use crate::output::{Form, Output};
use crate::printable::printable;
use crate::recording::Recording;

#[derive(Serialize)]
struct Answer<'a> {
    request_id: &'a str,
    result: &'a [IdCard],
}

pub(super) fn run(arguments: &Recognize, output: &Output) -> Result<(), Failure> {
    if arguments.side.is_some() || !arguments.config.is_empty() {
        return Err(Failure::usage(
            "ctyun takes a picture and nothing else; leave --side and --config out",
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
        output.note("no card was found in the answer by the names that are looked for; `call` prints it whole");
    }
    match output.form() {
        Form::Json => {
            let room = card::room_for(answer.found.iter().flat_map(fields).map(|(_, text)| text));
            output.print_json(
                &Answer {
                    request_id: &answer.request_id,
                    result: &answer.found,
                },
                room,
            )
        }
        Form::Text => {
            let listing: String = answer
                .found
                .iter()
                .map(|card| card::lines(&fields(card)))
                .collect();
            output.print(listing.as_bytes())?;
            output.note(&format!("request id {}", printable(&answer.request_id)));
            Ok(())
        }
    }
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
