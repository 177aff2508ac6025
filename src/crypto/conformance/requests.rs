//! Checks whole requests: the wrapped key is the key that sealed, and a generator that fails or gets stuck seals
//! nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cardseal_crypto::{OsRandom, Provider, ProviderError, SecureRandom, SessionKey, Suite, base64};

use super::Report;
use super::keys::has_a_constant_byte;
use super::unwrap::{self, RSA_KEY, SM2_KEY, Unwrapped};
use super::wrap_forms;
use crate::error::ErrorKind;
use crate::recipient::Recipient;

/// Unwraps a blob, and says in what other form it is if that fails.
type Unwrap = (fn(&[u8]) -> Option<Unwrapped>, fn(&[u8]) -> String);

/// Unwraps the blobs of the service's suites: the key, and a sealed request of the scenarios, which contains the
/// suite's name.
const SERVICE: [(&str, &str, Unwrap); 2] = [
    (
        RSA_KEY,
        include_str!("../../../vectors/scenarios/seal/aes-seals-request.txt"),
        (wrap_forms::unwrap_rsa, wrap_forms::rsa),
    ),
    (
        SM2_KEY,
        include_str!("../../../vectors/scenarios/seal/sm4-seals-request.txt"),
        (unwrap::sm2, wrap_forms::sm2),
    ),
];

/// The name of the suite that sealed a scenario's request.
fn suite_of(scenario: &str) -> Option<&str> {
    let (_, name) = scenario.split_once("\"Algorithm\":\"")?;
    name.split_once('"').map(|(name, _)| name)
}

pub(super) fn check(provider: &Provider, report: &mut Report) {
    let names: Vec<&str> = SERVICE
        .iter()
        .filter_map(|(_, scenario, _)| suite_of(scenario))
        .collect();
    report.expect(names.len() == SERVICE.len(), || {
        "a scenario names no suite".to_owned()
    });
    for (name, (key, _, unwrap)) in names.iter().zip(SERVICE) {
        if provider.suite(name).is_none() {
            let why = format!("{name}: the provider has no such suite");
            report.not_checked.push(why);
            continue;
        }
        report.run(name, "whole requests", |report| {
            let recipient = Recipient::parse_as(key.as_bytes(), name, provider);
            let recipient = recipient.map_err(|error| error.to_string())?;
            wraps_what_it_seals_under(provider, &recipient, unwrap, report)
        });
    }
    for suite in provider.suites() {
        let algorithm = suite.facts().algorithm;
        if !names.contains(&algorithm) {
            report.not_checked.push(format!(
                "{algorithm}: whether its wrapped keys unwrap, since it is no suite of the service's"
            ));
        }
        report.run(algorithm, "generators that break", |report| {
            for key in [RSA_KEY, SM2_KEY] {
                broken_generators(key, algorithm, provider, report);
            }
            Ok(())
        });
    }
}

/// Independent code unwraps the blob of every request, and the resulting key opens the body.
fn wraps_what_it_seals_under(
    provider: &Provider,
    recipient: &Recipient,
    (unwrap, form): Unwrap,
    report: &mut Report,
) -> Result<(), String> {
    let plain = br#"{"ImageUrl":"https://example.com/card.jpg"}"#;
    let (mut keys, mut randoms) = (Vec::new(), Vec::new());
    for _ in 0..16 {
        let sealed = recipient.seal(plain);
        let (sealed, _) = sealed.map_err(|error| format!("sealing a request: {error}"))?;
        let encryption = sealed.encryption();
        let decoded = [
            &encryption.ciphertext_blob,
            &encryption.iv,
            &sealed.encrypted_body().to_owned(),
        ]
        .map(|text| {
            base64::decode(text)
                .map(|bytes| bytes.to_vec())
                .unwrap_or_default()
        });
        let [blob, iv, body] = decoded;
        let tag = encryption.tag_list.first().and_then(base64::decode);
        let tag = tag.and_then(|tag| tag.as_slice().try_into().ok());
        let unwrapped = unwrap(&blob);
        let key = unwrapped.as_ref().map(|unwrapped| unwrapped.key.clone());
        randoms.extend(unwrapped.map(|unwrapped| unwrapped.random));
        keys.extend(key.clone());
        report.expect_at(key.is_some(), || {
            (
                format!("{}: the wrapped key does not unwrap", recipient.algorithm()),
                form(&blob),
            )
        });
        if key.is_none() {
            continue;
        }
        // Opened by the same provider if it can restore keys, otherwise by the built-in one.
        let session = |suite: &Arc<dyn Suite>| suite.restore(SessionKey::restore(key.as_deref()?)?);
        let others = super::super::providers();
        let other = others
            .iter()
            .find_map(|provider| provider.suite(recipient.algorithm()));
        let own = provider.suite(recipient.algorithm());
        let Some(session) = own.and_then(session).or_else(|| session(other?)) else {
            report.not_checked.push(format!(
                "{}: whether bodies open under the unwrapped key",
                recipient.algorithm()
            ));
            break;
        };
        let mut place = body;
        let opened =
            session.open(&iv, &mut place, tag.as_ref()).is_ok() && place.starts_with(plain);
        report.expect(opened, || {
            format!(
                "{}: the body was sealed under another key than was wrapped",
                recipient.algorithm()
            )
        });
    }
    let (algorithm, key_len) = (recipient.algorithm(), recipient.facts().key_len);
    report.expect(keys.iter().all(|key| key.len() == key_len), || {
        format!("{algorithm}: a wrapped key has another length than the suite's")
    });
    report.expect(!has_a_constant_byte(&keys), || {
        format!("{algorithm}: bytes of its session keys are constant")
    });
    report.expect(!has_a_constant_byte(&randoms), || {
        format!("{algorithm}: every key is wrapped under the same random bytes")
    });
    Ok(())
}

/// How a generator breaks.
#[derive(Clone, Copy)]
enum Break {
    /// It returns an error after this many calls.
    Fails(usize),
    /// After this many calls it returns the same byte forever, without an error.
    Repeats(usize, u8),
}

impl core::fmt::Display for Break {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Fails(after) => write!(f, "the generator fails after {after} calls"),
            Self::Repeats(after, byte) => write!(
                f,
                "after {after} calls the generator gives nothing but the byte {byte:02x}"
            ),
        }
    }
}

impl Break {
    /// What to look at in a provider that does not notice.
    fn advice(self) -> &'static str {
        match self {
            Self::Fails(_) => "pass on the error of `random`",
            Self::Repeats(..) => {
                "draw keys with `SessionKey::draw`, and hand on the bytes of `random` unchanged"
            }
        }
    }
}

struct Broken {
    how: Break,
    calls: AtomicUsize,
}

impl SecureRandom for Broken {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), ProviderError> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        match self.how {
            Break::Fails(after) if call >= after => Err(ProviderError::random()),
            Break::Repeats(after, byte) if call >= after => {
                buffer.fill(byte);
                Ok(())
            }
            _ => OsRandom.fill(buffer),
        }
    }
}

/// The IV is drawn first. If a provider draws its keys elsewhere, only the IV is affected.
fn broken_generators(key: &str, algorithm: &str, provider: &Provider, report: &mut Report) {
    let breaks = [
        Break::Fails(0),
        Break::Repeats(0, 0),
        Break::Repeats(0, 0x5a),
        Break::Repeats(0, 0xff),
        Break::Fails(1),
        Break::Fails(2),
        Break::Repeats(1, 0),
        Break::Repeats(2, 0),
    ];
    for how in breaks {
        let broken = Arc::new(Broken {
            how,
            calls: AtomicUsize::new(0),
        });
        let over = provider.with_random(broken.clone());
        let Ok(recipient) = Recipient::parse_as(key.as_bytes(), algorithm, &over) else {
            continue;
        };
        let outcome = recipient.seal(b"{}").map_err(|error| error.kind());
        let drawn = broken.calls.load(Ordering::Relaxed);
        let after = match how {
            Break::Fails(after) | Break::Repeats(after, _) => after,
        };
        // If fewer bytes were drawn, the generator had not broken yet.
        let expected = drawn <= after || matches!(outcome, Err(ErrorKind::Bug));
        report.expect_at(expected, || {
            (
                format!(
                    "{algorithm}: sealed under a generator that broke: {}",
                    how.advice()
                ),
                how.to_string(),
            )
        });
        // cardseal refuses what was made after a failure, whatever the provider says; the provider says so too.
        if let Break::Fails(after) = how {
            let broken = Broken {
                how,
                calls: AtomicUsize::new(0),
            };
            let started = recipient.wrap().start(&broken).map(drop);
            let failed = broken.calls.load(Ordering::Relaxed) > after;
            report.expect_at(!failed || started.is_err(), || {
                (
                    format!(
                        "{algorithm}: a session is started after the generator failed: {}",
                        how.advice()
                    ),
                    how.to_string(),
                )
            });
        }
    }
}
