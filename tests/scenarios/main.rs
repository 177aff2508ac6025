//! Every scenario below `vectors/scenarios`, each a test by the name of its file. `vectors/README.md` says what the
//! folders, headers and classes mean.

#[path = "../common/mod.rs"]
mod common;
mod generator;
mod keys;
mod opener_files;
mod opening;
mod scenario;
mod sealing;
#[cfg(not(miri))]
mod unwrapping;

use std::collections::BTreeSet;

use libtest_mimic::{Arguments, Failed, Trial};
use scenario::Scenario;

/// Every class of every folder. Each must occur, and no other may.
const CLASSES: &[(&str, &[&str])] = &[
    ("key", &["key-accepted", "key-rejected"]),
    (
        "open",
        &[
            "opens",
            "form",
            "reflected",
            "protocol",
            "refused",
            "algorithm",
            "clear-text",
            "list",
            "missing",
            "iv",
            "iv-policy",
            "tag",
            "base64",
            "size",
            "padding",
            "utf-8",
            "json",
            "duplicate-member",
        ],
    ),
    (
        "open-fields",
        &[
            "opens",
            "algorithm",
            "list",
            "iv",
            "iv-policy",
            "tag",
            "base64",
            "size",
            "padding",
            "utf-8",
            "duplicate-member",
        ],
    ),
    ("opener", &["restores", "opener"]),
    ("seal", &["seals", "entropy"]),
    ("seal-fields", &["seals", "input", "shared-nonce"]),
    ("unwrap", &["unwraps", "wrap"]),
];

/// The classes of what is well.
const WELL: [&str; 5] = ["key-accepted", "opens", "restores", "seals", "unwraps"];

fn main() {
    let arguments = Arguments::from_args();
    let scenarios: Vec<Scenario> = CLASSES
        .iter()
        .flat_map(|(folder, _)| scenario::all(folder))
        .collect();
    let census = Census::of(&scenarios);
    let mut trials: Vec<Trial> = scenarios
        .into_iter()
        .map(|scenario| Trial::test(scenario.name(), move || check(&scenario)))
        .collect();
    trials.push(Trial::test("no_scenario_is_lost", move || census.check()));
    trials.extend(generator::trials());
    libtest_mimic::run(&arguments, trials).exit();
}

fn check(scenario: &Scenario) -> Result<(), Failed> {
    match scenario.folder.as_str() {
        "key" => keys::check(scenario),
        "open" | "open-fields" => opening::check(scenario),
        "opener" => opener_files::check(scenario),
        "seal" | "seal-fields" => sealing::check(scenario),
        #[cfg(not(miri))]
        "unwrap" => unwrapping::check(scenario),
        other => Err(format!("nobody checks {other}").into()),
    }
    .map_err(|failed| {
        let message = failed.message().unwrap_or("failed");
        format!(
            "{}\nexpected: {}: {}",
            message, scenario.expect, scenario.why
        )
        .into()
    })
}

/// How many scenarios there are, and of which classes.
struct Census {
    well: usize,
    ill: usize,
    classes: BTreeSet<(String, String)>,
    reasons: BTreeSet<String>,
}

impl Census {
    fn of(scenarios: &[Scenario]) -> Self {
        let well = scenarios
            .iter()
            .filter(|scenario| WELL.contains(&scenario.expect.as_str()))
            .count();
        Self {
            well,
            ill: scenarios.len() - well,
            classes: scenarios
                .iter()
                .map(|scenario| (scenario.folder.clone(), scenario.expect.clone()))
                .collect(),
            reasons: scenarios
                .iter()
                .filter_map(|scenario| scenario.header("reason").ok().map(str::to_owned))
                .collect(),
        }
    }

    fn check(&self) -> Result<(), Failed> {
        let (all, ill) = (self.well + self.ill, self.ill);
        println!("REACHED {all} scenarios, {ill} of them must be refused");
        let known: BTreeSet<(String, String)> = CLASSES
            .iter()
            .flat_map(|(folder, classes)| {
                classes
                    .iter()
                    .map(|class| ((*folder).to_owned(), (*class).to_owned()))
            })
            .collect();
        let differ: Vec<_> = known.symmetric_difference(&self.classes).collect();
        if !differ.is_empty() {
            return Err(format!("classes that are unknown or do not occur: {differ:?}").into());
        }
        if self.reasons.len() != keys::REASONS {
            return Err(format!(
                "{} reasons to reject a key occur, of {}: {:?}",
                self.reasons.len(),
                keys::REASONS,
                self.reasons
            )
            .into());
        }
        // A wrong folder would otherwise pass with nothing tested.
        if self.well + self.ill < 590 || self.ill <= self.well {
            return Err(format!("{} are well and {} are not", self.well, self.ill).into());
        }
        Ok(())
    }
}
