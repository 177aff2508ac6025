//! The scenarios of vectors/scenarios that concern a provider: public keys, replies and stored openers.
//! vectors/README.md describes them; a second implementation checked each.

use cardseal_crypto::{Provider, base64};
use include_dir::{Dir, include_dir};

use super::Report;
use crate::envelope::{Expected, IvPolicy, Opener};
use crate::error::Error;
use crate::recipient::Recipient;
use crate::wire::EncryptedReply;

static SCENARIOS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/vectors/scenarios");

/// One file: headers, a blank line, a payload.
struct Scenario<'a> {
    head: &'a str,
    payload: Vec<u8>,
}

impl<'a> Scenario<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let blank = bytes.windows(2).position(|two| two == b"\n\n")?;
        let (head, rest) = bytes.split_at_checked(blank)?;
        let head = core::str::from_utf8(head).ok()?;
        let payload = rest.get(2..)?;
        let payload = match header(head, "payload") {
            Some("base64") => {
                let text: String = core::str::from_utf8(payload).ok()?.split('\n').collect();
                base64::decode(&text)?.to_vec()
            }
            _ => payload.to_vec(),
        };
        Some(Self { head, payload })
    }

    fn header(&self, name: &str) -> Option<&'a str> {
        header(self.head, name)
    }

    fn is(&self, expected: &str) -> bool {
        self.header("expect") == Some(expected)
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(": "))
        .find_map(|(header, value)| (header == name).then_some(value))
}

pub(super) fn check(provider: &Provider, report: &mut Report) {
    for folder in ["key", "open", "open-fields", "opener"] {
        let mut count = 0_usize;
        let files = SCENARIOS.get_dir(folder).map(|folder| folder.files());
        for file in files.into_iter().flatten() {
            let Some(scenario) = Scenario::read(file.contents()) else {
                continue;
            };
            let name = format!("scenario {}", file.path().display());
            report.run(&name, "all of it", |report| {
                let Some(holds) = judge(folder, &scenario, provider) else {
                    return Ok(());
                };
                count = count.saturating_add(1);
                report.expect(holds, || {
                    let why = scenario.header("why").unwrap_or_default();
                    format!("{name}: {why}")
                });
                Ok(())
            });
        }
        if count == 0 {
            report.not_checked.push(format!(
                "scenarios of {folder}: none concerns this provider"
            ));
        }
    }
}

/// Whether a scenario has the expected result; `None` if it does not concern the provider.
fn judge(folder: &str, scenario: &Scenario<'_>, provider: &Provider) -> Option<bool> {
    match folder {
        "key" => key(scenario, provider),
        "opener" => opener(scenario, provider),
        _ => opening(folder, scenario, provider),
    }
}

fn key(scenario: &Scenario<'_>, provider: &Provider) -> Option<bool> {
    let parsed = Recipient::parse_with(&scenario.payload, provider);
    if scenario.is("key-rejected") {
        return Some(parsed.is_err());
    }
    provider.suite(scenario.header("algorithm")?)?;
    let recipient = parsed.ok()?;
    let is_that = Some(recipient.fingerprint()) == scenario.header("fingerprint");
    Some(is_that && recipient.seal(b"{}").is_ok())
}

fn opener(scenario: &Scenario<'_>, provider: &Provider) -> Option<bool> {
    let restored = Opener::restore_with(&scenario.payload, provider);
    if !scenario.is("restores") {
        return Some(restored.is_err());
    }
    takes_keys(scenario, provider)?;
    Some(restored.is_ok())
}

/// An opener with a scenario's key and IV; `None` if the provider has no such suite, or cannot restore keys.
fn takes_keys(scenario: &Scenario<'_>, provider: &Provider) -> Option<Opener> {
    let bytes = |name| {
        let hex = scenario.header(name)?;
        base16ct::lower::decode_vec(hex).ok()
    };
    let known = match scenario.header("asked") {
        None => String::new(),
        Some(asked) => {
            let quoted = |words: &str| format!("[\"{}\"]", words.replace(' ', "\",\""));
            let sealed = scenario.header("sealed").map_or("[]".to_owned(), quoted);
            match asked {
                "EncryptedBody" => format!(",\"Asked\":\"{asked}\",\"Sealed\":{sealed}"),
                members => format!(",\"Asked\":{},\"Sealed\":{sealed}", quoted(members)),
            }
        }
    };
    let stored = format!(
        "{{\"Algorithm\":\"{}\",\"Key\":\"{}\",\"Iv\":\"{}\"{known}}}",
        scenario.header("algorithm")?,
        base64::encode(&bytes("key")?),
        base64::encode(&bytes("iv")?),
    );
    Opener::restore_with(stored.as_bytes(), provider).ok()
}

fn opening(folder: &str, scenario: &Scenario<'_>, provider: &Provider) -> Option<bool> {
    let opener = takes_keys(scenario, provider)?;
    let Ok(reply) = EncryptedReply::parse(scenario.payload.as_slice()) else {
        return Some(scenario.is("protocol") || scenario.is("duplicate-member"));
    };
    if reply.refusal().is_some() {
        return Some(scenario.is("refused"));
    }
    let policy = match scenario.header("iv-policy")? {
        "same" => IvPolicy::Same,
        "fresh" => IvPolicy::Fresh,
        "by-suite" => IvPolicy::BySuite,
        _ => IvPolicy::AcceptForgeableFirstBlock,
    };
    let opened = if folder == "open" {
        opener.open(&reply, policy)
    } else {
        let paths: Vec<&str> = scenario
            .header("expected")
            .unwrap_or_default()
            .split(' ')
            .collect();
        let expected = match scenario.header("expected") {
            Some(_) => Expected::Exactly(&paths),
            None => Expected::NamedByReply,
        };
        opener.open_fields(&reply, expected, policy)
    };
    Some(match opened {
        Ok(opened) => {
            let plaintext = base64::decode(scenario.header("plaintext").unwrap_or_default());
            let same = plaintext.is_some_and(|text| text.as_slice() == opened.expose_plaintext());
            scenario.is("opens") && same
        }
        Err(error) => !scenario.is("opens") && is_opaque(&error),
    })
}

fn is_opaque(error: &Error) -> bool {
    error.to_string().contains("cannot be opened")
}
