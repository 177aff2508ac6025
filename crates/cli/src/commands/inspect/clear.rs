//! A request in clear, as it is before sealing: which members it has, and those the service would refuse.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cardseal::PictureFault;
use cardseal::tencent::Switch;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::report::Report;
use super::{Members, is_set, string};
use crate::exit::Whose;
use crate::printable;

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
    let names: Vec<String> = members.keys().map(|name| printable::name(name)).collect();
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
            printable::name(name)
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

/// What stands in clear beside a body that is sealed whole.
pub(super) fn beside(members: &Members<'_>, report: &mut Report) {
    for name in ["ImageBase64", "ImageUrl"] {
        if is_set(members, name) {
            report.problem(format!(
                "{name} stands in clear beside EncryptedBody, and goes out readable; leave it out: it belongs into what is \
                 sealed"
            ));
        }
    }
    let own = ["EncryptedBody", "Encryption", "ImageBase64", "ImageUrl"];
    for name in members.keys().filter(|name| !own.contains(&name.as_str())) {
        report.warning(format!(
            "the member `{}` stands in clear beside EncryptedBody, where the service does not look for it",
            printable::name(name)
        ));
    }
}

/// The picture by the rules of every door: strict base64 of a whole PNG, JPEG or BMP, or a URL that can be fetched.
fn examine_image(members: &Members<'_>, report: &mut Report) {
    if !is_set(members, "ImageBase64") && !is_set(members, "ImageUrl") {
        return report
            .problem("it has neither ImageBase64 nor ImageUrl; the service needs one of them");
    }
    if is_set(members, "ImageBase64") {
        match string(members, "ImageBase64").map(Zeroizing::new) {
            None => report.problem(PictureFault::Base64NotText.to_string()),
            Some(text) => examine_base64(&text, report),
        }
    }
    if is_set(members, "ImageUrl") {
        let fault = match string(members, "ImageUrl") {
            None => Some(PictureFault::UrlNotText),
            Some(url) => PictureFault::of_url(&url),
        };
        if let Some(fault) = fault {
            report.problem(fault.to_string());
        }
    }
}

fn examine_base64(text: &str, report: &mut Report) {
    let fault = PictureFault::of_base64(text);
    if !text.is_empty()
        && let Ok(bytes) = STANDARD.decode(text).map(Zeroizing::new)
    {
        report.fact("image_bytes", bytes.len());
        if fault.is_none() {
            report.fact("image_format", cardseal_sniff::sniff(&bytes).id());
        }
    }
    if let Some(fault) = fault {
        report.problem(fault.to_string());
    }
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
            report.problem(format!("Config has no switch `{}`", printable::name(name)));
        } else if !value.is_boolean() {
            report.problem(format!(
                "the Config switch {name} is neither true nor false"
            ));
        }
    }
}
