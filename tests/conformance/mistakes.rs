//! A sound provider with the mistakes that a first provider over a module makes: transfers that end early, keys from a
//! weak source, other forms of the wrapped key, panics.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use cardseal::crypto::{
    Facts, OpenFailed, Provider, ProviderError, PublicKey, SecureRandom, Session, SessionKey,
    Suite, Tag, Wrap,
};
use rsa::BoxedUint;
use rsa::sha2::{Digest, Sha256};
use rsa::traits::PaddingScheme;

use crate::own_provider::Draws;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mistake {
    /// Only so many bytes of `place` are encrypted and decrypted, as over a module with a limit.
    OnlyTheFirst(usize),
    /// The key is the hash of four random bytes.
    KeyOfFourBytes,
    /// The key is the hash of a counter.
    KeyOfACounter,
    /// SM2: C1‖C2‖C3.
    OldOrder,
    /// SM2: x‖y‖C3‖C2.
    NoPrefix,
    /// SM2: ASN.1, filled up to one length.
    Der,
    /// RSA: OAEP with SHA-256.
    Oaep,
    /// An IV of another length is a panic.
    PanicsInASession,
    /// Starting a session is a panic.
    PanicsAtTheStart,
    /// A second call under one session is an error.
    SealsOnce,
    /// A wrong tag is the module's error.
    OwnErrorForATag,
}

/// The provider with this mistake in each of its suites.
pub(crate) fn with_mistake(sound: &Provider, mistake: Mistake) -> Provider {
    let suites = sound.suites().iter().map(|suite| {
        let suite = suite.clone();
        Arc::new(Mistaken { suite, mistake }) as Arc<dyn Suite>
    });
    Provider::new("mistaken", "1", suites, sound.random().clone())
}

#[derive(Clone)]
struct Mistaken {
    suite: Arc<dyn Suite>,
    mistake: Mistake,
}

impl Mistaken {
    fn session(&self, sound: Box<dyn Session>) -> Box<dyn Session> {
        Box::new(MistakenSession {
            sound,
            mistake: self.mistake,
            facts: self.suite.facts(),
            has_sealed: AtomicBool::new(false),
        })
    }
}

impl Suite for Mistaken {
    fn facts(&self) -> &'static Facts {
        self.suite.facts()
    }

    fn load(&self, key: &PublicKey<'_>) -> Option<Result<Box<dyn Wrap>, ProviderError>> {
        let wrap = self.suite.load(key)?;
        let rsa = match key {
            PublicKey::Rsa { modulus, exponent } => {
                let number = BoxedUint::from_be_slice_vartime;
                rsa::PublicKey::new(number(modulus), number(exponent)).ok()
            }
            _ => None,
        };
        let suite = self.clone();
        Some(wrap.map(|sound| Box::new(MistakenWrap { sound, suite, rsa }) as _))
    }

    fn restore(&self, key: SessionKey) -> Option<Box<dyn Session>> {
        Some(self.session(self.suite.restore(key)?))
    }
}

struct MistakenWrap {
    sound: Box<dyn Wrap>,
    suite: Mistaken,
    rsa: Option<rsa::PublicKey>,
}

/// The length of an SM2 wrap in ASN.1, at most.
const DER: usize = 124;

impl Wrap for MistakenWrap {
    fn wrapped_len(&self) -> usize {
        match (self.suite.mistake, &self.rsa) {
            (Mistake::NoPrefix, None) => 112,
            (Mistake::Der, None) => DER,
            _ => self.sound.wrapped_len(),
        }
    }

    fn start(
        &self,
        random: &dyn SecureRandom,
    ) -> Result<(Vec<u8>, Box<dyn Session>), ProviderError> {
        let weak = Weak {
            random,
            counts: self.suite.mistake == Mistake::KeyOfACounter,
            first: AtomicBool::new(true),
        };
        let (mut blob, mut session) = match self.suite.mistake {
            Mistake::PanicsAtTheStart => panic!("the module is not open"),
            Mistake::KeyOfFourBytes | Mistake::KeyOfACounter => self.sound.start(&weak)?,
            _ => self.sound.start(random)?,
        };
        match (self.suite.mistake, &self.rsa) {
            (Mistake::OldOrder, None) => blob[65..].rotate_left(32),
            (Mistake::NoPrefix, None) => drop(blob.remove(0)),
            (Mistake::Der, None) => blob = der(&blob),
            (Mistake::Oaep, Some(rsa)) => {
                let key = session.export().unwrap();
                let clear = key.expose_key_bytes();
                let padding = rsa::Oaep::<Sha256>::new();
                let wrapped = padding.encrypt(&mut Draws(random), rsa, clear);
                blob = wrapped.map_err(|_| ProviderError::random())?;
                session = self.suite.suite.restore(key).unwrap();
            }
            _ => {}
        }
        Ok((blob, self.suite.session(session)))
    }
}

/// SEQUENCE { INTEGER x, INTEGER y, OCTET STRING C3, OCTET STRING C2 }, and zeros.
fn der(blob: &[u8]) -> Vec<u8> {
    let field = |tag: u8, bytes: &[u8]| [&[tag, bytes.len() as u8], bytes].concat();
    let integer = |bytes: &[u8]| {
        let from = bytes.iter().position(|byte| *byte != 0).unwrap();
        let sign = &[0][..usize::from(bytes[from] >= 0x80)];
        field(2, &[sign, &bytes[from..]].concat())
    };
    let content = [
        integer(&blob[1..33]),
        integer(&blob[33..65]),
        field(4, &blob[65..97]),
        field(4, &blob[97..]),
    ];
    let mut der = field(0x30, &content.concat());
    der.resize(DER, 0);
    der
}

/// A generator whose first bytes, which are the key, are the hash of little.
struct Weak<'a> {
    random: &'a dyn SecureRandom,
    counts: bool,
    first: AtomicBool,
}

static COUNTER: AtomicU64 = AtomicU64::new(0);

impl SecureRandom for Weak<'_> {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), ProviderError> {
        self.random.fill(buffer)?;
        if self.first.swap(false, Ordering::Relaxed) {
            let hash = match self.counts {
                true => Sha256::digest(COUNTER.fetch_add(1, Ordering::Relaxed).to_be_bytes()),
                false => Sha256::digest(&buffer[..4]),
            };
            buffer.copy_from_slice(&hash[..buffer.len()]);
        }
        Ok(())
    }
}

struct MistakenSession {
    sound: Box<dyn Session>,
    mistake: Mistake,
    facts: &'static Facts,
    has_sealed: AtomicBool,
}

impl MistakenSession {
    fn part<'a>(&self, iv: &[u8], place: &'a mut [u8]) -> &'a mut [u8] {
        match self.mistake {
            Mistake::OnlyTheFirst(most) => {
                let len = place.len().min(most);
                &mut place[..len]
            }
            Mistake::PanicsInASession => {
                assert_eq!(iv.len(), self.facts.iv_len, "an IV of another length");
                place
            }
            _ => place,
        }
    }
}

impl Session for MistakenSession {
    fn seal(&self, iv: &[u8], place: &mut [u8]) -> Result<Option<Tag>, ProviderError> {
        let before = self.has_sealed.swap(true, Ordering::Relaxed);
        if before && self.mistake == Mistake::SealsOnce {
            return Err(ProviderError::defect("a session seals once"));
        }
        self.sound.seal(iv, self.part(iv, place))
    }

    fn open(&self, iv: &[u8], place: &mut [u8], tag: Option<&Tag>) -> Result<(), OpenFailed> {
        let opened = self.sound.open(iv, self.part(iv, place), tag);
        match (self.mistake, opened) {
            (Mistake::OwnErrorForATag, Err(_)) => {
                Err(ProviderError::lost("module error 42").into())
            }
            (_, opened) => opened,
        }
    }

    fn export(self: Box<Self>) -> Option<SessionKey> {
        self.sound.export()
    }
}
