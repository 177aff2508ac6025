//! The catalogue, the languages and the endpoints as the page reads them.

use serde_json::{Value, json};

use super::accounts::{Accounts, G42, variables};
use super::picture::PICTURES;
use super::sign::scheme;
use crate::catalogue::parameter::{Form, Need, Parameter, Words};
use crate::catalogue::{self, Action, Cloud, ENVELOPE_MEMBERS, Envelope};
use crate::code::language::Language;

/// Where their URLs go.
const URLS: [&str; 2] = ["ImageUrl", "url"];

/// Everything that does not change while the explorer runs.
pub(crate) fn everything(accounts: &Accounts) -> Value {
    let clouds = [Cloud::Tencent, Cloud::Ctyun, Cloud::Huawei];
    json!({
        "actions": catalogue::actions().map(action).collect::<Vec<_>>(),
        "clouds": clouds.map(|cloud| json!({
            "name": cloud.name(),
            "scheme": scheme(cloud),
            "regions": regions(cloud),
            "credentials": accounts.has_credentials(cloud),
            "variables": [variables(cloud).id, variables(cloud).secret],
            "languages": languages(cloud),
        })),
        "endpoint": accounts.endpoint.as_ref().map(ToString::to_string),
        "version": env!("CARGO_PKG_VERSION"),
        "largest": super::limits::LARGEST_BODY,
    })
}

/// The languages that there are programs in.
fn languages(cloud: Cloud) -> Vec<&'static str> {
    match cloud {
        Cloud::Tencent => Language::ALL.iter().map(|known| known.name()).collect(),
        Cloud::Ctyun | Cloud::Huawei => Vec::new(),
    }
}

/// Tencent's regions with an endpoint of their own. Source: "Request structure" of the OCR API (866/33518).
const OF_TENCENT: [&str; 20] = [
    "ap-guangzhou",
    "ap-shanghai",
    "ap-nanjing",
    "ap-beijing",
    "ap-chengdu",
    "ap-chongqing",
    "ap-hongkong",
    "ap-singapore",
    "ap-jakarta",
    "ap-bangkok",
    "ap-seoul",
    "ap-tokyo",
    "ap-mumbai",
    "na-ashburn",
    "na-siliconvalley",
    "na-toronto",
    "sa-saopaulo",
    "eu-frankfurt",
    "ap-shanghai-fsi",
    "ap-shenzhen-fsi",
];

/// The regions that are known. Any other may be typed, and the page says that it is not among them.
fn regions(cloud: Cloud) -> Vec<&'static str> {
    match cloud {
        Cloud::Tencent => OF_TENCENT.to_vec(),
        Cloud::Ctyun => Vec::new(),
        Cloud::Huawei => [cardseal::huawei::endpoint::REGIONS, &[G42]].concat(),
    }
}

fn action(action: &'static Action) -> Value {
    let envelope = match action.envelope() {
        Envelope::None => "none",
        Envelope::Request => "request",
        Envelope::Members(_) => "members",
        Envelope::Answer => "answer",
    };
    let asked = action
        .parameters
        .iter()
        .filter(|parameter| !ENVELOPE_MEMBERS.contains(&parameter.name));
    json!({
        "cloud": action.cloud.name(),
        "service": action.service,
        "name": action.name,
        "version": action.version,
        "what": words(action.what),
        "envelope": envelope,
        "example": example(action),
        "one_of": one_of(action),
        "parameters": asked.map(parameter).collect::<Vec<_>>(),
    })
}

/// A request to start from: what is sealed whole is its twin's in clear.
fn example(action: &'static Action) -> Value {
    serde_json::from_str(&in_clear(action).example()).unwrap_or_default()
}

fn in_clear(action: &'static Action) -> &'static Action {
    let twin = catalogue::find(Cloud::Tencent, "IDCardOCR");
    match action.name {
        "RecognizeEncryptedIDCardOCR" => twin.unwrap_or(action),
        _ => action,
    }
}

/// The sets of which the form has to fill one each: the envelope is none of its fields.
fn one_of(action: &'static Action) -> Vec<Vec<&'static str>> {
    let asked = |set: &&[&'static str]| {
        let names = set.iter().copied();
        names
            .filter(|name| !ENVELOPE_MEMBERS.contains(name))
            .collect()
    };
    in_clear(action).one_of.iter().map(asked).collect()
}

fn parameter(parameter: &'static Parameter) -> Value {
    let (kind, choices) = match parameter.form {
        Form::Text => ("text", &[][..]),
        Form::Choice(names) => ("choice", names),
        Form::JsonText(names) => ("json-text", names),
        Form::Integer => ("integer", &[][..]),
        Form::Switch => ("switch", &[][..]),
        Form::Texts => ("texts", &[][..]),
        Form::Object(_) | Form::Unknown => ("json", &[][..]),
    };
    let need = match parameter.need {
        Need::Required => "required",
        Need::Optional => "optional",
        Need::Unknown => "unknown",
    };
    json!({
        "name": parameter.name,
        "kind": kind,
        "choices": choices,
        "need": need,
        "what": words(parameter.what),
        "limits": parameter.limits.map(words),
        "form": words(parameter.form.words()),
        "example": serde_json::from_str::<Value>(parameter.example).unwrap_or_default(),
        "picture": PICTURES.contains(&parameter.name),
        "url": URLS.contains(&parameter.name),
    })
}

fn words(words: Words) -> Value {
    json!({ "en": words.en, "zh": words.zh })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_these_is_asked_for_where_the_form_has_them() {
        for (cloud, name, sets) in [
            (
                Cloud::Tencent,
                "RecognizeEncryptedIDCardOCR",
                json!([["ImageUrl", "ImageBase64"]]),
            ),
            (
                Cloud::Tencent,
                "DetectAIFakeFaces",
                json!([["FaceInput"], ["FaceInputType"]]),
            ),
            (Cloud::Huawei, "id-card", json!([["url", "image"]])),
            (Cloud::Ctyun, "id-card", json!([])),
        ] {
            let shown = action(catalogue::find(cloud, name).unwrap());
            assert_eq!(shown["one_of"], sets, "{name}");
        }
        assert!(languages(Cloud::Ctyun).is_empty() && languages(Cloud::Huawei).is_empty());
        assert_eq!(languages(Cloud::Tencent).len(), Language::ALL.len());
    }

    #[test]
    fn nobody_is_asked_for_what_the_page_makes() {
        for one in catalogue::actions() {
            let shown = action(one);
            for parameter in shown["parameters"].as_array().unwrap() {
                let name = parameter["name"].as_str().unwrap();
                assert!(!ENVELOPE_MEMBERS.contains(&name), "{} {name}", one.name);
            }
        }
    }
}
