//! A request in clear, as it is before sealing: which members it has, and those the service would refuse.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cardseal::Image;
use cardseal::tencent::Switch;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::report::Report;
use super::{Members, is_set, string};
use crate::exit::Whose;
use crate::printable::printable;

/// The business members of `RecognizeEncryptedIDCardOCR`.
const KNOWN: [&str; 7] = [
    "ImageBase64",
    "ImageUrl",
    "CardSide",
    "Config",
    "EnableRecognitionRectify",
    "EnableReflectDetail",
    "CardWarnType",
];

pub(super) fn examine(members: &Members<'_>) -> Report {
    let mut report = Report::new("request in clear", Whose::Usage);
    let names: Vec<String> = members.keys().map(|name| printable(name)).collect();
    report.fact("members", names);
    report.warning("it is not sealed; `cardseal seal` seals it");
    if is_set(members, "ImageBase64") && is_set(members, "ImageUrl") {
        report.warning("it has both ImageBase64 and ImageUrl; the service takes the URL");
    }
    examine_image(members, &mut report);
    for name in members
        .keys()
        .filter(|name| !KNOWN.contains(&name.as_str()))
    {
        report.problem(format!(
            "the service does not know the member `{}`",
            printable(name)
        ));
    }
    if is_set(members, "CardSide")
        && !matches!(
            string(members, "CardSide").as_deref(),
            Some("FRONT" | "BACK")
        )
    {
        report.problem("CardSide is neither FRONT nor BACK");
    }
    if is_set(members, "Config") {
        examine_config(members, &mut report);
    }
    report
}

/// The picture by the rules of every door: strict base64 of a whole PNG, JPEG or BMP, or a URL that can be fetched.
fn examine_image(members: &Members<'_>, report: &mut Report) {
    if !is_set(members, "ImageBase64") && !is_set(members, "ImageUrl") {
        return report
            .problem("it has neither ImageBase64 nor ImageUrl; the service needs one of them");
    }
    if is_set(members, "ImageBase64") {
        match string(members, "ImageBase64").map(Zeroizing::new) {
            None => report.problem("ImageBase64 is not a string"),
            Some(text) => examine_base64(&text, report),
        }
    }
    if is_set(members, "ImageUrl") {
        match string(members, "ImageUrl") {
            None => report.problem("ImageUrl is not a string"),
            Some(url) => {
                if let Err(error) = Image::from_url(&url) {
                    report.problem(format!("ImageUrl: {error}"));
                }
            }
        }
    }
}

fn examine_base64(text: &str, report: &mut Report) {
    if text.is_empty() {
        return report.problem("ImageBase64 is empty; put the picture's base64 there");
    }
    if let Ok(bytes) = STANDARD.decode(text).map(Zeroizing::new) {
        report.fact("image_bytes", bytes.len());
        match cardseal_sniff::check(&bytes) {
            Ok(kind) => report.fact("image_format", kind.id()),
            Err(why) => report.problem(format!("ImageBase64: {why}")),
        }
        return;
    }
    let starts = |start: &str| {
        text.get(..start.len())
            .is_some_and(|is| is.eq_ignore_ascii_case(start))
    };
    report.problem(if starts("data:") {
        "ImageBase64 begins with `data:`; leave out everything up to the comma"
    } else if text.contains(['\n', '\r', ' ', '\t']) && decodes_without_blanks(text) {
        "ImageBase64 has line breaks or blanks; the service takes base64 in one line"
    } else if (starts("b'") && text.ends_with('\'')) || (starts("b\"") && text.ends_with('"')) {
        "ImageBase64 is a Python bytes literal (b'…'); decode it first, as with .decode()"
    } else if text.contains(['-', '_']) {
        "ImageBase64 is in the alphabet for URLs; the service takes + and / in place of - and _"
    } else {
        "ImageBase64 is not strict base64 (standard alphabet, padded, in one line)"
    });
}

fn decodes_without_blanks(text: &str) -> bool {
    let compact: Zeroizing<String> = Zeroizing::new(text.split_whitespace().collect());
    STANDARD.decode(&*compact).map(Zeroizing::new).is_ok()
}

fn examine_config(members: &Members<'_>, report: &mut Report) {
    let Some(config) = string(members, "Config") else {
        return report.problem("Config is not a string; it is a string that holds JSON");
    };
    let Ok(switches) = serde_json::from_str::<Map<String, Value>>(&config) else {
        return report.problem("Config is a string that does not hold a JSON object");
    };
    for (name, value) in &switches {
        if name.parse::<Switch>().is_err() {
            report.problem(format!("Config has no switch `{}`", printable(name)));
        } else if !value.is_boolean() {
            report.problem(format!(
                "the Config switch {name} is neither true nor false"
            ));
        }
    }
}
