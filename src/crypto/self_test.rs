//! The self-test: compares every provider of this build with published vectors and with the other providers.
//!
//! GM/T 0028-2014 §7.10 and FIPS 140-3 (ISO/IEC 19790 §7.10) require a module to test itself before it is used.
//! [`self_tested`] does this once per process and returns the built-in provider only if it passed; [`self_test`] runs
//! the test on every call.

use std::sync::{Arc, Mutex};

use cardseal_crypto::{Provider, ProviderError, SecureRandom, Session, SessionKey, base64};
use serde::Deserialize;

use super::providers;
use crate::envelope::Opener;
#[cfg(any(feature = "kernels", feature = "rust-crypto"))]
use crate::error::{Error, ErrorKind};
use crate::recipient::Recipient;
use crate::wire::EncryptedReply;

/// The result of the self-test for one provider.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SelfTest {
    /// The provider's name.
    pub provider: &'static str,
    /// Its version.
    pub version: &'static str,
    /// How many checks were made.
    pub checks: usize,
    /// The failed checks, one sentence each; empty if all passed.
    pub failed: Vec<String>,
}

/// Tests every provider of this build: compares its ciphers and key wraps with vectors that others published or
/// computed, and with every other provider, under fixed test keys. It takes some milliseconds and draws no secret.
pub fn self_test() -> Vec<SelfTest> {
    let providers = providers();
    providers
        .iter()
        .map(|provider| test(provider, &providers))
        .collect()
}

/// Tests one provider by itself, one that is not built in too, as long as session keys may enter it.
pub fn self_test_of(provider: &Provider) -> SelfTest {
    test(provider, &[])
}

/// The built-in provider, once it has passed its [`self_test`] in this process: a power-on test. The first call tests,
/// every other takes the same outcome.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let key = include_bytes!("../../vectors/keys/tencent-demo-sm2.b64");
/// use cardseal::{Recipient, crypto};
///
/// let recipient = Recipient::parse_with(key, crypto::self_tested()?)?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// `Bug` if a check failed. Then nothing may be sealed.
#[cfg(any(feature = "kernels", feature = "rust-crypto"))]
pub fn self_tested() -> Result<&'static Provider, Error> {
    static OUTCOME: std::sync::OnceLock<Vec<String>> = std::sync::OnceLock::new();
    let provider = super::built_in();
    let failed = OUTCOME.get_or_init(|| self_test_of(provider).failed);
    match failed.first() {
        None => Ok(provider),
        Some(what) => Err(Error::new(
            ErrorKind::Bug,
            format!(
                "the self-test of {} failed: {what}; do not seal with it, and report this",
                provider.name()
            ),
        )),
    }
}

/// A sample of the service's guide: the exact output of a session.
#[derive(Deserialize)]
struct Sample {
    algorithm: String,
    key_hex: String,
    iv: String,
    plaintext: String,
    ciphertext: String,
    tag: Option<String>,
}

const SAMPLES: [&str; 2] = [
    include_str!("../../vectors/envelope/guide-aes-256-cbc.json"),
    include_str!("../../vectors/envelope/guide-sm4-gcm.json"),
];

/// Requests sealed with fixed random bytes, computed by another implementation: they test the key wraps byte for byte.
const REQUESTS: [&str; 2] = [
    include_str!("../../vectors/scenarios/seal/aes-seals-request.txt"),
    include_str!("../../vectors/scenarios/seal/sm4-seals-request.txt"),
];

fn test(provider: &Provider, all: &[Provider]) -> SelfTest {
    let mut outcome = SelfTest {
        provider: provider.name(),
        version: provider.version(),
        checks: 0,
        failed: Vec::new(),
    };
    for text in SAMPLES {
        let held = sample(text, provider);
        outcome.expect(
            held,
            "a sample of the service's guide does not seal to its ciphertext, or open",
        );
    }
    for text in REQUESTS {
        let held = request(text, provider);
        outcome.expect(
            held,
            "a request with given randomness is not sealed to its bytes",
        );
    }
    for other in all.iter().filter(|other| other.name() != provider.name()) {
        for suite in provider.suites() {
            let algorithm = suite.facts().algorithm;
            let held = agree(algorithm, provider, other);
            outcome.expect(
                held,
                &format!("{algorithm}: {} does not open what it seals", other.name()),
            );
        }
    }
    outcome
}

impl SelfTest {
    fn expect(&mut self, held: Option<()>, what: &str) {
        self.checks = self.checks.saturating_add(1);
        if held.is_none() {
            self.failed.push(what.to_owned());
        }
    }
}

fn session(provider: &Provider, algorithm: &str, key: &[u8]) -> Option<Box<dyn Session>> {
    let suite = provider.suite(algorithm)?;
    suite.restore(SessionKey::restore(key)?)
}

/// The session seals the exact bytes; an opener opens them as a reply and rejects a changed one.
fn sample(text: &str, provider: &Provider) -> Option<()> {
    let sample: Sample = serde_json::from_str(text).ok()?;
    let key = base16ct::lower::decode_vec(&sample.key_hex).ok()?;
    let answer = |ciphertext: &str| {
        let tags: Vec<&String> = sample.tag.iter().collect();
        let reply = serde_json::json!({"Response": {"EncryptedBody": ciphertext, "Encryption": {
            "Algorithm": sample.algorithm, "Iv": sample.iv, "TagList": tags, "EncryptList": ["EncryptedBody"],
        }, "RequestId": "self-test"}});
        EncryptedReply::parse(reply.to_string().as_bytes()).ok()
    };
    let opener = || {
        let stored = serde_json::json!({
            "Algorithm": sample.algorithm, "Key": base64::encode(&key), "Iv": sample.iv,
        });
        Opener::restore_with(stored.to_string().as_bytes(), provider).ok()
    };
    let opened = opener()?
        .open(&answer(&sample.ciphertext)?, Default::default())
        .ok()?;
    if opened.expose_plaintext() != sample.plaintext.as_bytes() {
        return None;
    }
    // The last block of CBC contains the padding; with GCM any change is enough.
    let changed = format!("AAAA{}", sample.ciphertext.get(4..)?);
    let suite = provider.suite(&sample.algorithm)?;
    if suite.facts().authenticates()
        && opener()?
            .open(&answer(&changed)?, Default::default())
            .is_ok()
    {
        return None;
    }
    let facts = suite.facts();
    let plain = sample.plaintext.as_bytes();
    let pad = facts.sealed_len(plain.len()).checked_sub(plain.len())?;
    let mut place = plain.to_vec();
    place.extend(core::iter::repeat_n(u8::try_from(pad).ok()?, pad));
    let iv = base64::decode(&sample.iv)?;
    let tag = session(provider, &sample.algorithm, &key)?
        .seal(&iv, &mut place)
        .ok()?;
    let same = base64::encode(&place) == sample.ciphertext
        && tag.map(|tag| base64::encode(&tag)) == sample.tag;
    same.then_some(())
}

/// Returns these bytes, then fails.
struct Given(Mutex<Vec<u8>>);

impl SecureRandom for Given {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), ProviderError> {
        let mut left = self.0.lock().map_err(|_| ProviderError::random())?;
        let rest = left.split_at_checked(buffer.len()).map(|(given, rest)| {
            buffer.copy_from_slice(given);
            rest.to_vec()
        });
        *left = rest.ok_or_else(ProviderError::random)?;
        Ok(())
    }
}

fn request(text: &str, provider: &Provider) -> Option<()> {
    let (head, payload) = text.split_once("\n\n")?;
    let header = |name: &str| {
        let lines = head.lines().filter_map(|line| line.split_once(": "));
        lines
            .into_iter()
            .find_map(|(header, value)| (header == name).then_some(value))
    };
    let given = base16ct::lower::decode_vec(header("entropy")?).ok()?;
    let over = provider.with_random(Arc::new(Given(Mutex::new(given))));
    let recipient = Recipient::parse_with(header("recipient")?.as_bytes(), &over).ok()?;
    let (sealed, _) = recipient.seal(payload.as_bytes()).ok()?;
    (sealed.as_json() == header("sealed")?.as_bytes()).then_some(())
}

/// One provider opens what another seals, at lengths around block boundaries.
fn agree(algorithm: &str, provider: &Provider, other: &Provider) -> Option<()> {
    let facts = provider.suite(algorithm)?.facts();
    let key: Vec<u8> = (1..).take(facts.key_len).collect();
    let iv: Vec<u8> = (101..).take(facts.iv_len).collect();
    let [ours, theirs] = [provider, other].map(|provider| session(provider, algorithm, &key));
    let (ours, theirs) = (ours?, theirs?);
    for len in [0, 1, 15, 16, 17, 255, 256, 4095].map(|len| facts.sealed_len(len)) {
        let plain: Vec<u8> = (0..=250).cycle().take(len).collect();
        let mut place = plain.clone();
        let tag = ours.seal(&iv, &mut place).ok()?;
        theirs.open(&iv, &mut place, tag.as_ref()).ok()?;
        if place != plain {
            return None;
        }
    }
    Some(())
}

#[cfg(all(test, any(feature = "kernels", feature = "rust-crypto")))]
mod tests {
    use super::*;
    use cardseal_crypto::{Facts, OpenFailed, ProviderError, PublicKey, Suite, Tag, Wrap};

    #[test]
    fn every_provider_passes() {
        for outcome in self_test() {
            assert!(outcome.failed.is_empty(), "{outcome:?}");
            assert!(outcome.checks >= 4, "{outcome:?}");
        }
        assert!(self_tested().is_ok());
    }

    /// A suite that flips one bit of what it seals and opens: round trips work, vectors do not.
    struct OneBitOff(Arc<dyn Suite>);
    struct OffSession(Box<dyn Session>);

    impl Suite for OneBitOff {
        fn facts(&self) -> &'static Facts {
            self.0.facts()
        }
        fn load(&self, key: &PublicKey<'_>) -> Option<Result<Box<dyn Wrap>, ProviderError>> {
            self.0.load(key)
        }
        fn restore(&self, key: SessionKey) -> Option<Box<dyn Session>> {
            Some(Box::new(OffSession(self.0.restore(key)?)))
        }
    }

    impl Session for OffSession {
        fn seal(&self, iv: &[u8], place: &mut [u8]) -> Result<Option<Tag>, ProviderError> {
            let tag = self.0.seal(iv, place)?;
            place.iter_mut().take(1).for_each(|byte| *byte ^= 1);
            Ok(tag)
        }
        fn open(&self, iv: &[u8], place: &mut [u8], tag: Option<&Tag>) -> Result<(), OpenFailed> {
            place.iter_mut().take(1).for_each(|byte| *byte ^= 1);
            self.0.open(iv, place, tag)
        }
        fn export(self: Box<Self>) -> Option<SessionKey> {
            self.0.export()
        }
    }

    #[test]
    fn a_cipher_that_is_one_bit_off_fails() {
        let sound = super::super::built_in();
        let suites = sound
            .suites()
            .iter()
            .map(|suite| Arc::new(OneBitOff(suite.clone())) as _);
        let off = Provider::new("off", "0", suites, sound.random().clone());
        let outcome = test(&off, core::slice::from_ref(sound));
        // Both samples, and both comparisons.
        assert_eq!(outcome.failed.len(), 4, "{outcome:?}");
    }

    /// A generator that is not asked, or asked for other bytes, gives another request.
    #[test]
    fn a_wrap_is_compared_to_the_byte() {
        let sound = super::super::built_in();
        assert!(request(REQUESTS[0], sound).is_some());
        let other = REQUESTS[0].replace("entropy: c9", "entropy: c8");
        assert!(request(&other, sound).is_none());
    }
}
