//! Huawei's and G42's identity-card API. It takes the card in clear.

use cardseal::huawei::{IdCard, IdCardRequest, Side, Switch};
use serde::Serialize;

use super::{check_clear, show, source};
use crate::accounts;
use crate::args::{Recognize, SideName};
use crate::card;
use crate::exit::Failure;
use crate::output::Output;
use crate::recording::Recording;

#[derive(Serialize)]
struct Answer<'a> {
    request_id: &'a str,
    result: &'a IdCard,
}

pub(super) fn run(arguments: &Recognize, output: &Output) -> Result<(), Failure> {
    let request = request(arguments, output)?;
    let huawei = accounts::huawei(&arguments.reach)?;
    let call = huawei.id_card(&request)?;
    check_clear(arguments, "huawei", output)?;
    let client = accounts::client(&arguments.reach)?;
    let mut recording = Recording::start(&arguments.ledger, "huawei", output);
    let answer = recording.run(&client, call, |answer| &answer.request_id)?;

    let whole = Answer {
        request_id: &answer.request_id,
        result: &answer.card,
    };
    // The typed result says no more than the one it was read from.
    let room = card::room_for([answer.raw.expose()]);
    show(
        &listing(&answer.card),
        &whole,
        room,
        &answer.request_id,
        output,
    )
}

fn request(arguments: &Recognize, output: &Output) -> Result<IdCardRequest, Failure> {
    let switches = arguments
        .config
        .iter()
        .map(|name| name.parse::<Switch>())
        .collect::<Result<Vec<_>, _>>()?;
    let request = IdCardRequest::new(source(arguments, output)?).with(switches);
    Ok(match arguments.side {
        Some(SideName::Front) => request.side(Side::Front),
        Some(SideName::Back) => request.side(Side::Back),
        None => request,
    })
}

fn listing(card: &IdCard) -> String {
    let detections = &card.detections;
    let found = [
        ("picture of a screen", detections.reproduced),
        ("copy", detections.copied),
        ("retouched", detections.tampered),
        ("incomplete border", detections.border_incomplete),
        ("covered", detections.covered),
        ("blurred", detections.blurred),
        ("temporary card", detections.temporary),
        ("glare", detections.glaring),
    ];
    let mut fields = vec![
        ("name", card.name.expose()),
        ("sex", card.sex.expose()),
        ("ethnicity", card.ethnicity.expose()),
        ("birth", card.birth.expose()),
        ("address", card.address.expose()),
        ("number", card.number.expose()),
        ("issue", card.issue.expose()),
        ("valid_from", card.valid_from.expose()),
        ("valid_to", card.valid_to.expose()),
    ];
    for (name, picture) in [
        ("portrait_image", &card.portrait_image),
        ("adjusted_image", &card.adjusted_image),
    ] {
        if picture.is_some() {
            fields.push((name, "base64; --json prints it"));
        }
    }
    let problems = found.iter().filter(|(_, found)| *found == Some(true));
    fields.extend(problems.map(|(what, _)| ("problem", *what)));
    card::lines(&fields)
}
