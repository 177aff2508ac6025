//! A request in clear, as it is before sealing: which members it has, and those the service would refuse.

use cardseal::tencent::Switch;
use serde_json::{Map, Value};

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
