//! The identity card: `{"data":[…]}` with up to fifty pictures.
//!
//! Source: the product's page 10022645, and 10213002 for what is read. Neither names the members of `returnObj`: their
//! names here are ours. A picture does not say which side it shows, so the sides are taken in turn, the front first.

use serde_json::{Map, Value, json};

use super::errors::{self, ServiceError};
use super::ocr;
use crate::fixture::{Card, Side};
use crate::gateway::Gateway;

pub(super) fn recognize(
    gateway: &Gateway,
    request: &Map<String, Value>,
) -> Result<Value, ServiceError> {
    let pictures = ocr::pictures(request)?;
    let sides = [Side::Front, Side::Back].into_iter().cycle();
    let cards: Result<Vec<Value>, ServiceError> = pictures
        .iter()
        .zip(sides)
        .map(|(_, side)| {
            let fixture = &gateway.fixture;
            let card = fixture.card(side).or_else(|| fixture.card(Side::Any));
            let card = card.ok_or_else(|| errors::bad_image("there is no card in the picture"))?;
            match &card.error {
                Some(code) => Err(errors::from_fixture(code)),
                None => Ok(read(card)),
            }
        })
        .collect();
    cards.map(Value::Array)
}

fn read(card: &Card) -> Value {
    json!({
        "name": card.name,
        "sex": card.sex,
        "nation": card.nation,
        "birth": card.birth,
        "address": card.address,
        "number": card.id_num,
        "issuer": card.authority,
        "validity": card.valid_date,
        "portrait": card.portrait.as_deref().unwrap_or_default(),
    })
}
