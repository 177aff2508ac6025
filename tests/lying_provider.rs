//! Providers that lie: of a suite's facts, of the length of what they wrap, of a body they sealed, of a key they hand
//! out. The core refuses each with an error, and neither panics nor sends what the lie would have made.

#![cfg(any(feature = "kernels", feature = "rust-crypto"))]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cardseal::crypto::{
    Facts, OpenFailed, OsRandom, Plaintext, Provider, ProviderError, PublicKey, Rest, SecureRandom,
    Session, SessionKey, Suite, Tag, Wrap, built_in,
};
use cardseal::{ErrorKind, KeyRejected, Opener, Recipient, SharedNonce};
use common::{RSA_KEY, SM2_KEY};

const REQUEST: &[u8] = br#"{"ImageUrl":"https://example.com/card.jpg"}"#;
const KEYS: [&str; 2] = [RSA_KEY, SM2_KEY];

/// What a provider lies about.
#[derive(Clone, Copy, Default)]
struct Lie {
    facts: Option<&'static Facts>,
    /// The facts from the second question on.
    later_facts: Option<&'static Facts>,
    wrapped_len: Option<usize>,
    later_wrapped_len: Option<usize>,
    body: Option<Body>,
    exports: Option<usize>,
    restores_anything: bool,
}

/// How sealing a body goes wrong.
#[derive(Clone, Copy, Debug)]
enum Body {
    /// What follows the body is never asked for; as many blanks stand there.
    NoRest,
    /// What follows is written before the body.
    RestFirst,
    /// It is written twice, and the body is as much shorter.
    RestTwice,
    /// The tag is told as none, where there is one.
    NoTag,
    /// A tag is told where the suite has none.
    ATag,
    /// The JSON is cleared first.
    HeadGone,
    /// The body is no base64.
    NoBase64,
}

struct Liar {
    suite: Arc<dyn Suite>,
    lie: Lie,
    asked: AtomicUsize,
}

fn lying(lie: Lie) -> Provider {
    let suites = built_in().suites().iter().map(|suite| {
        Arc::new(Liar {
            suite: suite.clone(),
            lie,
            asked: AtomicUsize::new(0),
        }) as _
    });
    Provider::new("liar", "1", suites, Arc::new(OsRandom))
}

impl Suite for Liar {
    fn facts(&self) -> &'static Facts {
        let first = self.asked.fetch_add(1, Ordering::Relaxed) == 0;
        let later = self.lie.later_facts.filter(|_| !first);
        later.or(self.lie.facts).unwrap_or(self.suite.facts())
    }

    fn load(&self, key: &PublicKey<'_>) -> Option<Result<Box<dyn Wrap>, ProviderError>> {
        let (lie, asked) = (self.lie, AtomicUsize::new(0));
        let wrap = self.suite.load(key)?;
        Some(wrap.map(|wrap| Box::new(LiarsWrap { wrap, lie, asked }) as _))
    }

    fn restore(&self, key: SessionKey) -> Option<Box<dyn Session>> {
        let mut bytes = key.expose_key_bytes().to_vec();
        if self.lie.restores_anything {
            bytes.resize(self.suite.facts().key_len, 7);
        }
        let session = self.suite.restore(SessionKey::restore(&bytes)?)?;
        let lie = self.lie;
        Some(Box::new(LiarsSession { session, lie }))
    }
}

struct LiarsWrap {
    wrap: Box<dyn Wrap>,
    lie: Lie,
    asked: AtomicUsize,
}

impl Wrap for LiarsWrap {
    fn wrapped_len(&self) -> usize {
        let first = self.asked.fetch_add(1, Ordering::Relaxed) == 0;
        let later = self.lie.later_wrapped_len.filter(|_| !first);
        later
            .or(self.lie.wrapped_len)
            .unwrap_or(self.wrap.wrapped_len())
    }

    fn start(
        &self,
        random: &dyn SecureRandom,
    ) -> Result<(Vec<u8>, Box<dyn Session>), ProviderError> {
        let (mut blob, session) = self.wrap.start(random)?;
        if let Some(len) = self.lie.later_wrapped_len.or(self.lie.wrapped_len) {
            blob.resize(len.min(1 << 20), 0);
        }
        let lie = self.lie;
        Ok((blob, Box::new(LiarsSession { session, lie })))
    }
}

struct LiarsSession {
    session: Box<dyn Session>,
    lie: Lie,
}

impl Session for LiarsSession {
    fn seal(&self, iv: &[u8], place: &mut [u8]) -> Result<Option<Tag>, ProviderError> {
        self.session.seal(iv, place)
    }

    fn open(&self, iv: &[u8], place: &mut [u8], tag: Option<&Tag>) -> Result<(), OpenFailed> {
        self.session.open(iv, place, tag)
    }

    fn export(self: Box<Self>) -> Option<SessionKey> {
        match self.lie.exports {
            Some(len) => SessionKey::restore(&vec![9; len]),
            None => self.session.export(),
        }
    }

    fn seal_body(
        &self,
        iv: &[u8],
        body: &dyn Plaintext,
        json: &mut Vec<u8>,
        rest: &mut Rest<'_>,
    ) -> Result<[u8; 32], ProviderError> {
        let Some(how) = self.lie.body else {
            return self.session.seal_body(iv, body, json, rest);
        };
        let mut place = vec![0; body.len()];
        body.write(0, &mut place)?;
        let tag = self.session.seal(iv, &mut place)?;
        let mut text = cardseal::crypto::base64::encode(&place).into_bytes();
        let mut after = Vec::new();
        match how {
            Body::NoTag => rest(None, &mut after)?,
            Body::ATag => rest(Some(&tag.unwrap_or([1; 16])), &mut after)?,
            _ => rest(tag.as_ref(), &mut after)?,
        }
        match how {
            Body::NoRest => after.fill(b' '),
            Body::RestFirst => core::mem::swap(&mut text, &mut after),
            Body::RestTwice => {
                rest(tag.as_ref(), &mut after)?;
                let len = (text.len() + after.len() / 2).saturating_sub(after.len());
                text.truncate(len);
            }
            Body::HeadGone => json.fill(b' '),
            Body::NoBase64 => text.fill(b'"'),
            Body::NoTag | Body::ATag => {}
        }
        json.extend(text);
        json.extend(after);
        Ok([0; 32])
    }
}

const SOUND: Facts = Facts::gcm("SOUND", 16);

macro_rules! facts {
    ($($name:ident: $value:expr),*) => {{
        static FACTS: Facts = {
            #[allow(unused_mut)]
            let mut facts = SOUND;
            $(facts.$name = $value;)*
            facts
        };
        &FACTS
    }};
}

/// Facts that no suite can have.
fn impossible() -> Vec<(&'static str, &'static Facts)> {
    vec![
        ("no name", facts!(algorithm: "")),
        (
            "a name that ends its JSON",
            facts!(algorithm: "X\",\"Iv\":\""),
        ),
        ("a name with a backslash", facts!(algorithm: "X\\")),
        ("a name of two lines", facts!(algorithm: "X\nY")),
        ("a name beyond ASCII", facts!(algorithm: "SM4–GCM")),
        ("no key", facts!(key_len: 0)),
        ("a key of 33 bytes", facts!(key_len: 33)),
        ("no IV", facts!(iv_len: 0)),
        ("an IV of 17 bytes", facts!(iv_len: 17)),
        ("a boundless IV", facts!(iv_len: usize::MAX)),
        ("no block", facts!(block_len: 0)),
        ("a block of 256 bytes", facts!(block_len: 256)),
        ("a boundless block", facts!(block_len: usize::MAX)),
        ("a tag of 8 bytes", facts!(tag_len: 8)),
        ("a boundless tag", facts!(tag_len: usize::MAX)),
    ]
}

#[test]
fn facts_that_no_suite_can_have_are_refused_where_they_are_first_read() {
    for (what, facts) in impossible() {
        let provider = lying(Lie {
            facts: Some(facts),
            ..Lie::default()
        });
        for key in KEYS {
            let refused = Recipient::parse_with(key.as_bytes(), &provider).map(drop);
            assert!(
                matches!(refused, Err(KeyRejected::Unsupported { .. })),
                "{what}: {refused:?}"
            );
        }
        let stored = serde_json::json!({
            "Algorithm": facts.algorithm, "Key": common::b64(&[1; 16]), "Iv": common::b64(&[2; 12]),
        });
        let refused = Opener::restore_with(stored.to_string().as_bytes(), &provider);
        assert!(refused.is_err(), "{what}");
    }
}

/// A suite is asked once what it is, and is held to it.
#[test]
fn facts_that_change_are_those_that_were_first_told() {
    for (place, key) in KEYS.into_iter().enumerate() {
        let suites = built_in().suites();
        let (truth, other) = (suites[place].facts(), suites[1 - place].facts());
        let provider = lying(Lie {
            later_facts: Some(other),
            ..Lie::default()
        });
        let recipient = Recipient::parse_with(key.as_bytes(), &provider).unwrap();
        for _ in 0..3 {
            assert_eq!(recipient.facts(), truth);
        }
        let (sealed, opener) = recipient.seal(REQUEST).unwrap();
        assert_eq!(sealed.encryption().algorithm, truth.algorithm);
        assert_eq!(opener.authenticates(), truth.authenticates());
        let stored = opener.expose_for_storage().unwrap();
        assert!(stored.contains(truth.algorithm), "the first name is kept");
    }
}

#[test]
fn a_wrapped_key_of_an_impossible_length_is_refused_without_a_panic() {
    for len in [0, 1, usize::MAX / 2, usize::MAX - 1, usize::MAX, 1 << 40] {
        for (first, later) in [(Some(len), None), (None, Some(len))] {
            let provider = lying(Lie {
                wrapped_len: first,
                later_wrapped_len: later,
                ..Lie::default()
            });
            for key in KEYS {
                let Ok(recipient) = Recipient::parse_with(key.as_bytes(), &provider) else {
                    assert!(
                        later.is_none(),
                        "{len}: it told the truth when it was asked"
                    );
                    continue;
                };
                assert!(
                    first.is_none(),
                    "{len} is taken for the length of a wrapped key"
                );
                let error = recipient.seal(REQUEST).map(drop).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Bug, "{len}: {error}");
            }
        }
    }
}

#[test]
fn a_body_that_is_not_what_was_asked_for_is_not_sent() {
    for (place, key) in KEYS.into_iter().enumerate() {
        let has_tag = built_in().suites()[place].facts().authenticates();
        for how in [
            Body::NoRest,
            Body::RestFirst,
            Body::RestTwice,
            Body::HeadGone,
            Body::NoBase64,
            if has_tag { Body::NoTag } else { Body::ATag },
        ] {
            let provider = lying(Lie {
                body: Some(how),
                ..Lie::default()
            });
            let recipient = Recipient::parse_with(key.as_bytes(), &provider).unwrap();
            let long = [b'x'; 1000];
            for plain in [REQUEST, &long] {
                let outcome = recipient.seal(plain).map(drop);
                let kind = outcome.as_ref().map_err(|error| error.kind());
                assert_eq!(kind, Err(ErrorKind::Bug), "{how:?}: {outcome:?}");
            }
        }
    }
}

#[test]
fn a_key_of_another_length_is_neither_stored_nor_taken_back() {
    for key in KEYS {
        let right = Recipient::parse(key.as_bytes()).unwrap().facts().key_len;
        for len in [1, 8, right - 1, right + 1]
            .into_iter()
            .filter(|len| *len <= 32)
        {
            let provider = lying(Lie {
                exports: Some(len),
                ..Lie::default()
            });
            let recipient = Recipient::parse_with(key.as_bytes(), &provider).unwrap();
            let (_, opener) = recipient.seal(REQUEST).unwrap();
            let stored = opener.expose_for_storage().map(drop);
            assert_eq!(stored.unwrap_err().kind(), ErrorKind::Bug, "{len} bytes");

            let provider = lying(Lie {
                restores_anything: true,
                ..Lie::default()
            });
            let facts = recipient.facts();
            let text = serde_json::json!({
                "Algorithm": facts.algorithm,
                "Key": common::b64(&vec![1; len]),
                "Iv": common::b64(&vec![2; facts.iv_len]),
            });
            let refused = Opener::restore_with(text.to_string().as_bytes(), &provider);
            assert!(refused.is_err(), "a key of {len} bytes is taken");
        }
    }
}

/// Gives the same bytes to every question: the IV, which everybody reads, would be the beginning of the key.
struct BeginsAnew;

impl SecureRandom for BeginsAnew {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), ProviderError> {
        for (at, byte) in buffer.iter_mut().enumerate() {
            *byte = (at * 37 + 11) as u8;
        }
        Ok(())
    }
}

/// Fills a part, as a file does that is read once, and says that all is well.
struct Short(usize);

impl SecureRandom for Short {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), ProviderError> {
        let len = buffer.len().min(self.0);
        OsRandom.fill(&mut buffer[..len])
    }
}

#[test]
fn a_generator_that_begins_anew_or_stops_short_seals_nothing() {
    for key in KEYS {
        let generators: [Arc<dyn SecureRandom>; 4] = [
            Arc::new(BeginsAnew),
            Arc::new(Short(0)),
            Arc::new(Short(1)),
            Arc::new(Short(4)),
        ];
        for (place, random) in generators.into_iter().enumerate() {
            let provider = built_in().with_random(random);
            let recipient = Recipient::parse_with(key.as_bytes(), &provider).unwrap();
            let error = recipient.seal(REQUEST).map(drop).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Bug, "{place}: {error}");
            let fields = recipient.seal_fields(br#"{"A":"x"}"#, &["A"], SharedNonce::Refuse);
            assert!(fields.is_err(), "{place}");
        }
    }
}
