//! The actions, one room a cloud. A new action is a line in its cloud's table.
//!
//! Source: what the library's own types send, and the pages that they name. Where a page does not say whether a
//! parameter must be there, or what it must keep to, the table says that it is not known.

pub(crate) mod parameter;
pub(crate) mod finding;
pub(crate) mod check;
pub(crate) mod pictures;
mod ctyun;
mod huawei;
mod tencent;

use cardseal::tencent::FaceidAction;
use parameter::{Need, Parameter, Words};

/// One action.
#[derive(Debug)]
#[non_exhaustive]
pub struct Action {
    /// Whose it is.
    pub cloud: Cloud,
    /// The service it belongs to, by its short name.
    pub service: &'static str,
    /// Its name, as `--action` takes it.
    pub name: &'static str,
    /// Its version; empty if the cloud has none.
    pub version: &'static str,
    /// The path of its URL.
    pub path: &'static str,
    /// What it does.
    pub what: Words,
    /// What it takes.
    pub parameters: &'static [Parameter],
    /// Of each of these sets at least one has to be there; the first is the one to show.
    pub one_of: &'static [&'static [&'static str]],
}

/// A cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cloud {
    /// Tencent Cloud.
    Tencent,
    /// Ctyun.
    Ctyun,
    /// Huawei Cloud and G42.
    Huawei,
}

impl Cloud {
    /// The name that the command line uses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tencent => "tencent",
            Self::Ctyun => "ctyun",
            Self::Huawei => "huawei",
        }
    }
}

/// What of an action can be encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Envelope {
    /// Nothing: TLS alone hides it.
    None,
    /// The whole request.
    Request,
    /// These members of the request, each by itself.
    Members(&'static [&'static str]),
    /// The answer.
    Answer,
}

/// The members that make an envelope: they are made for a request, and nobody is asked for them.
pub(crate) const ENVELOPE_MEMBERS: [&str; 7] = [
    "EncryptedBody",
    "Encryption",
    "CiphertextBlob",
    "EncryptList",
    "Iv",
    "IsEncrypt",
    "IsEncryptResponse",
];

/// Every action, cloud by cloud.
pub static CATALOGUE: &[&[Action]] = &[
    tencent::ocr::ACTIONS,
    tencent::faceid::ACTIONS,
    ctyun::ACTIONS,
    huawei::ACTIONS,
];

/// Every action.
pub fn actions() -> impl Iterator<Item = &'static Action> {
    CATALOGUE.iter().copied().flatten()
}

/// The action of this cloud and this name, spelt as the cloud spells it. Ctyun's are found by their path, too.
pub fn find(cloud: Cloud, name: &str) -> Option<&'static Action> {
    actions()
        .filter(|action| action.cloud == cloud)
        .find(|action| action.name == name || (action.path == name && name != "/"))
}

impl Action {
    /// The parameter of this name.
    pub fn parameter(&self, name: &str) -> Option<&'static Parameter> {
        self.parameters
            .iter()
            .find(|parameter| parameter.name == name)
    }

    /// What of it can be encrypted.
    pub fn envelope(&self) -> Envelope {
        if self.name == "RecognizeEncryptedIDCardOCR" {
            return Envelope::Request;
        }
        match (self.service, FaceidAction::named(self.name)) {
            ("faceid", Ok(action)) if action.seals_its_answer() => Envelope::Answer,
            ("faceid", Ok(action)) if action.sealable().is_empty() => Envelope::Request,
            ("faceid", Ok(action)) => Envelope::Members(action.sealable()),
            _ => Envelope::None,
        }
    }

    /// A request to start from, as JSON: what must be there, what can be encrypted member by member, and the first
    /// of each set of which one must be there.
    pub fn example(&self) -> String {
        let members = match self.envelope() {
            Envelope::Members(names) => names,
            _ => &[],
        };
        let shown = |parameter: &&Parameter| {
            let first = |set: &&[&str]| set.first() == Some(&parameter.name);
            parameter.need == Need::Required
                || members.contains(&parameter.name)
                || self.one_of.iter().any(first)
        };
        let pair =
            |parameter: &Parameter| format!("\n  \"{}\": {}", parameter.name, parameter.example);
        let pairs: Vec<_> = self.parameters.iter().filter(shown).map(pair).collect();
        if pairs.is_empty() {
            return "{}".to_owned();
        }
        format!("{{{}\n}}", pairs.join(","))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Map, Value};

    use super::check::check;
    use super::finding::{Finding, Problem};
    use super::parameter::Form;
    use super::*;

    #[test]
    fn every_action_and_every_parameter_stands_once() {
        let mut seen = BTreeSet::new();
        for action in actions() {
            assert!(
                seen.insert((action.cloud.name(), action.name)),
                "{}",
                action.name
            );
            assert!(std::ptr::eq(
                find(action.cloud, action.name).unwrap(),
                action
            ));
            let mut names = BTreeSet::new();
            for parameter in action.parameters {
                let (action, name) = (action.name, parameter.name);
                assert!(names.insert(name), "{action}: {name} twice");
                let words = [Some(parameter.what), parameter.limits];
                for words in words.into_iter().flatten() {
                    let chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
                    assert!(words.zh.contains(chinese), "{action}.{name}: {}", words.zh);
                    assert!(
                        !words.en.is_empty() && words.en.is_ascii(),
                        "{action}.{name}"
                    );
                }
            }
            for name in action.one_of.iter().copied().flatten() {
                assert!(names.contains(name), "{}: no {name}", action.name);
            }
        }
        assert!(find(Cloud::Tencent, "idcardocr").is_none());
        assert!(find(Cloud::Huawei, "IDCardOCR").is_none());
    }

    #[test]
    fn every_example_is_what_its_own_table_asks_for() {
        for action in actions() {
            for parameter in action.parameters {
                let value: Value = serde_json::from_str(parameter.example)
                    .unwrap_or_else(|error| panic!("{}.{}: {error}", action.name, parameter.name));
                let one = Map::from_iter([(parameter.name.to_owned(), value)]);
                let wrong = |finding: &Finding| {
                    finding.path.starts_with(parameter.name) && finding.is_certain()
                };
                let findings = check(action, &one);
                let missing = |finding: &&Finding| {
                    !matches!(finding.problem, Problem::Missing | Problem::NoneOf(_))
                };
                let found: Vec<_> = findings
                    .iter()
                    .filter(missing)
                    .filter(|finding| wrong(finding))
                    .collect();
                assert!(found.is_empty(), "{}: {found:?}", action.name);
            }
            let example: Map<String, Value> = serde_json::from_str(&action.example()).unwrap();
            assert_eq!(check(action, &example), [], "{}", action.name);
        }
    }

    /// The library seals by its own table of faceid's actions; this table describes the same ones.
    #[test]
    fn every_faceid_action_that_takes_the_envelope_is_here() {
        let here: Vec<_> = tencent::faceid::ACTIONS
            .iter()
            .map(|action| action.name)
            .collect();
        let library: Vec<_> = FaceidAction::ALL.iter().map(FaceidAction::name).collect();
        assert_eq!(here, library);
        for action in tencent::faceid::ACTIONS {
            match action.envelope() {
                Envelope::Members(names) => {
                    for name in names {
                        assert!(
                            action.parameter(name).is_some(),
                            "{}: no {name}",
                            action.name
                        );
                    }
                }
                Envelope::Request | Envelope::Answer => {
                    assert!(action.parameter("Encryption").is_some(), "{}", action.name);
                }
                Envelope::None => panic!("{} takes no envelope", action.name),
            }
        }
        let ocr = find(Cloud::Tencent, "IDCardOCR").unwrap();
        assert_eq!(ocr.envelope(), Envelope::None);
    }

    #[test]
    fn the_switches_are_those_of_the_library() {
        let config = find(Cloud::Tencent, "IDCardOCR")
            .unwrap()
            .parameter("Config")
            .unwrap();
        let Form::JsonText(names) = config.form else {
            panic!("Config is a text that holds JSON");
        };
        let of = cardseal::tencent::Config::of(cardseal::tencent::Switch::ALL.iter().copied());
        let library: Map<String, Value> = serde_json::from_str(&of.to_json()).unwrap();
        let (here, library) = (
            BTreeSet::from_iter(names.iter().copied()),
            BTreeSet::from_iter(library.keys().map(String::as_str)),
        );
        assert_eq!(here, library);

        let card = find(Cloud::Huawei, "id-card").unwrap();
        for switch in cardseal::huawei::Switch::ALL {
            assert_eq!(
                card.parameter(switch.name()).map(|found| found.form),
                Some(Form::Switch),
                "{}",
                switch.name()
            );
        }
    }

    #[test]
    fn ctyuns_paths_are_those_of_the_library() {
        use cardseal::ctyun::Capability;
        for (name, capability) in [
            ("general-text", Capability::GeneralText),
            ("id-card", Capability::IdCard),
            ("business-license", Capability::BusinessLicense),
            ("driver-license", Capability::DriverLicense),
            ("vehicle-license", Capability::VehicleLicense),
        ] {
            let action = find(Cloud::Ctyun, name).unwrap();
            assert_eq!(action.path, capability.usual_path());
            assert!(find(Cloud::Ctyun, capability.usual_path()).is_some());
        }
    }
}
