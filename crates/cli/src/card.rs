//! What a card says, for people: the fields that are not empty, one a line, and what there is to warn of.

use cardseal::tencent::{IdCard, Recognized};
use cardseal::{Personal, Recipient};

use crate::caveats;
use crate::output::Output;
use crate::printable::printable;

/// The fields that are not empty, by the names the service gives them.
pub(crate) fn listing(card: &IdCard, indent: &str) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            text.push_str(&format!("{indent}{name:<16}{value}\n"));
        }
    };
    for (name, value) in [
        ("Name", &card.name),
        ("Sex", &card.sex),
        ("Nation", &card.nation),
        ("Birth", &card.birth),
        ("Address", &card.address),
        ("IdNum", &card.id_num),
        ("Authority", &card.authority),
        ("ValidDate", &card.valid_date),
    ] {
        line(name, &printable(value.expose()));
    }
    let advanced = &card.advanced_info;
    for (name, picture) in [
        ("IdCard", &advanced.id_card),
        ("Portrait", &advanced.portrait),
    ] {
        if let Some(picture) = picture {
            line(
                name,
                &format!(
                    "{} characters of base64; --json prints them",
                    picture.expose().len()
                ),
            );
        }
    }
    for (name, score) in [
        ("Quality", advanced.quality),
        ("BorderCodeValue", advanced.border_code_value),
    ] {
        line(
            name,
            &score.map_or_else(String::new, |score| score.to_string()),
        );
    }
    for warning in &advanced.warnings {
        let meaning = warning.name().unwrap_or("not known here");
        line("Warning", &format!("{} {meaning}", warning.0));
    }
    for reflection in &card.reflect_details {
        line("Reflection", &printable(&reflection.position));
    }
    text
}

/// One line for each field that is not empty.
pub(crate) fn lines(fields: &[(&str, &str)]) -> String {
    let shown = fields.iter().filter(|(_, text)| !text.is_empty());
    shown
        .map(|(name, text)| format!("{name:<16}{}\n", printable(text)))
        .collect()
}

/// Bytes of an answer with these texts as JSON, at most and roughly.
pub(crate) fn room_for<'t>(texts: impl IntoIterator<Item = &'t str>) -> usize {
    // Escaping makes a byte six at most.
    texts.into_iter().fold(4096, |room, text| {
        room.saturating_add(text.len().saturating_mul(6))
    })
}

/// Bytes of the card as JSON, at most and roughly.
pub(crate) fn room(card: &IdCard) -> usize {
    let advanced = &card.advanced_info;
    let pictures = [&advanced.id_card, &advanced.portrait];
    let pictures = pictures.iter().filter_map(|picture| picture.as_ref());
    let short = [
        &card.name,
        &card.sex,
        &card.nation,
        &card.birth,
        &card.address,
        &card.id_num,
        &card.authority,
        &card.valid_date,
    ];
    room_for(pictures.chain(short).map(Personal::expose))
}

/// What an answer and its key do not protect, a line each.
pub(crate) fn warn_about(answer: &Recognized, recipient: &Recipient, output: &Output) {
    if let Some(caveat) = caveats::of_iv(answer.authenticated, answer.iv_reused) {
        output.warn(caveat);
    }
    if !answer.authenticated {
        output.warn("an SM2 key gives SM4-GCM, whose tag authenticates the answer");
    }
    if let Some(caveat) = caveats::of_key(recipient) {
        output.warn(&caveat);
    }
}
