//! A sound provider, wrapped in one mistake.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cardseal::crypto::{
    Facts, OpenFailed, OsRandom, Provider, ProviderError, PublicKey, SecureRandom, Session,
    SessionKey, Suite, Tag, Wrap,
};

use crate::bodies::FlawedBody;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Defect {
    None,
    /// Every session has one key.
    OneKey,
    /// The key that is wrapped is not the one that is sealed under.
    WrapsAnotherKey,
    /// A wrapped key is a byte shorter than foreseen.
    ShortBlob,
    /// Where the generator fails it draws from another, and says nothing.
    HidesFailures,
    /// A generator that is stuck is taken for one that works: the key is one byte repeated.
    TakesAStuckKey,
    /// A tag is not looked at.
    TagUnread,
    /// Only the first half of a tag is looked at.
    HalfATag,
    /// An answer without its tag is taken.
    MissingTagTaken,
    /// What is refused stands decrypted all the same.
    DecryptsFirst,
    /// Ciphertexts are the plaintext.
    SealsNothing,
    /// Sealing a body in one pass gives another hash than the JSON's.
    WrongHash,
    /// Sealing a body in one pass gives other bytes than sealing it step by step.
    OtherBody,
    /// A body that cannot be written to its end stands in the request's memory in clear.
    LeavesTheBody,
    /// Where what follows a body cannot be written it counts as sealed all the same.
    IgnoresTheEnd,
    /// One bit of each ciphertext is off, in both directions alike.
    OneBitOff,
    /// A stored key is taken back where it has another length.
    AnyKeyRestored,
    /// Half of each session key is drawn, and the rest is a constant: wrapped, sealed under and exported alike.
    HalfAKey,
    /// The key wrap is under the same random bytes every time: SM2's scalar, the padding of RSA.
    OneWrapScalar,
    /// The key that is stored for a later process is not the one that was sealed under.
    ExportsAnotherKey,
    /// An IV of another length is cut or filled up.
    AnyIv,
    /// A tag is taken where the suite has none.
    NeedlessTagTaken,
    /// What is refused stands decrypted but for its beginning.
    DecryptsTheRest,
    /// The padding is judged, which is cardseal's to do.
    JudgesPadding,
    /// Blocks of key stream come back, or every block is under the IV: after 4096 blocks it all begins again.
    BeginsAgain,
}

impl Defect {
    /// Each with words of what the report says.
    pub(crate) const ALL: [(Self, &str); 24] = [
        (Self::OneKey, "are alike"),
        (Self::WrapsAnotherKey, "under another key than was wrapped"),
        (Self::ShortBlob, "another length than foreseen"),
        (Self::HidesFailures, "after the generator failed"),
        (Self::TakesAStuckKey, "a generator that broke"),
        (Self::TagUnread, "a changed tag is taken"),
        (Self::HalfATag, "a changed tag is taken"),
        (Self::MissingTagTaken, "an answer without its tag is taken"),
        (Self::DecryptsFirst, "decrypted all the same"),
        (Self::SealsNothing, "nothing is encrypted"),
        (Self::WrongHash, "otherwise than step by step"),
        (Self::OtherBody, "otherwise than step by step"),
        (Self::LeavesTheBody, "is left in clear"),
        (Self::IgnoresTheEnd, "cannot be written counts as sealed"),
        (Self::OneBitOff, "scenario open"),
        (
            Self::AnyKeyRestored,
            "a key of another length is taken back",
        ),
        (Self::HalfAKey, "bytes of its session keys are constant"),
        (
            Self::OneWrapScalar,
            "is wrapped under the same random bytes",
        ),
        (
            Self::ExportsAnotherKey,
            "does not open under the key that was stored",
        ),
        (Self::AnyIv, "an IV of another length is taken"),
        (Self::NeedlessTagTaken, "a tag is taken where there is none"),
        (Self::DecryptsTheRest, "decrypted all the same"),
        (Self::JudgesPadding, "padding is judged"),
        (Self::BeginsAgain, "ciphertext repeats itself"),
    ];
}

/// The provider with this defect in each of its suites.
pub(crate) fn with_defect(sound: &Provider, defect: Defect) -> Provider {
    let suites = sound.suites().iter().map(|suite| {
        let suite = suite.clone();
        Arc::new(Flawed { suite, defect }) as Arc<dyn Suite>
    });
    Provider::new("flawed", "1", suites, sound.random().clone())
}

struct Flawed {
    suite: Arc<dyn Suite>,
    defect: Defect,
}

impl Flawed {
    fn session(&self, sound: Box<dyn Session>) -> Box<dyn Session> {
        let (defect, facts) = (self.defect, self.facts());
        match defect {
            Defect::WrongHash
            | Defect::OtherBody
            | Defect::LeavesTheBody
            | Defect::IgnoresTheEnd => Box::new(FlawedBody { sound, defect }),
            _ => Box::new(FlawedSession {
                sound,
                defect,
                facts,
            }),
        }
    }
}

impl Suite for Flawed {
    fn facts(&self) -> &'static Facts {
        self.suite.facts()
    }

    fn load(&self, key: &PublicKey<'_>) -> Option<Result<Box<dyn Wrap>, ProviderError>> {
        let wrap = self.suite.load(key)?;
        let (suite, defect) = (self.suite.clone(), self.defect);
        Some(wrap.map(|sound| {
            let flawed = Flawed { suite, defect };
            Box::new(FlawedWrap { sound, flawed }) as _
        }))
    }

    fn restore(&self, key: SessionKey) -> Option<Box<dyn Session>> {
        let mut bytes = key.expose_key_bytes().to_vec();
        if self.defect == Defect::AnyKeyRestored {
            bytes.resize(self.facts().key_len, 0);
        }
        let session = self.suite.restore(SessionKey::restore(&bytes)?)?;
        Some(self.session(session))
    }
}

struct FlawedWrap {
    sound: Box<dyn Wrap>,
    flawed: Flawed,
}

impl Wrap for FlawedWrap {
    fn wrapped_len(&self) -> usize {
        self.sound.wrapped_len()
    }

    fn start(
        &self,
        random: &dyn SecureRandom,
    ) -> Result<(Vec<u8>, Box<dyn Session>), ProviderError> {
        let (mut blob, mut session) = match self.flawed.defect {
            Defect::OneKey => self.sound.start(&Counting)?,
            Defect::HidesFailures => self.sound.start(&Hiding(random))?,
            Defect::TakesAStuckKey => self.sound.start(&Unsticking(random))?,
            Defect::HalfAKey => self.sound.start(&KeyThen {
                random,
                first: AtomicBool::new(true),
                halves: true,
            })?,
            Defect::OneWrapScalar => self.sound.start(&KeyThen {
                random,
                first: AtomicBool::new(true),
                halves: false,
            })?,
            _ => self.sound.start(random)?,
        };
        match self.flawed.defect {
            Defect::WrapsAnotherKey => (_, session) = self.sound.start(random)?,
            Defect::ShortBlob => drop(blob.pop()),
            _ => {}
        }
        Ok((blob, self.flawed.session(session)))
    }
}

/// 1, 2, 3, … and never anything else.
struct Counting;

impl SecureRandom for Counting {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), ProviderError> {
        (1..=250)
            .cycle()
            .zip(buffer)
            .for_each(|(byte, to)| *to = byte);
        Ok(())
    }
}

/// What is drawn first is the key: half of it random, or all of it and what follows a constant.
struct KeyThen<'a> {
    random: &'a dyn SecureRandom,
    first: AtomicBool,
    halves: bool,
}

impl SecureRandom for KeyThen<'_> {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), ProviderError> {
        let is_key = self.first.swap(false, Ordering::Relaxed);
        Counting.fill(buffer)?;
        let random = match (is_key, self.halves) {
            (true, true) => buffer.len() / 2,
            (false, false) => 0,
            _ => buffer.len(),
        };
        self.random.fill(&mut buffer[..random])
    }
}

struct Hiding<'a>(&'a dyn SecureRandom);

impl SecureRandom for Hiding<'_> {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), ProviderError> {
        self.0.fill(buffer).or_else(|_| OsRandom.fill(buffer))
    }
}

/// What is stuck looks as if it were not: the provider does not look itself.
struct Unsticking<'a>(&'a dyn SecureRandom);

impl SecureRandom for Unsticking<'_> {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), ProviderError> {
        self.0.fill(buffer)?;
        let is_stuck = buffer.windows(2).all(|two| two[0] == two[1]);
        let numbers = buffer.iter_mut().zip((1..=250).cycle());
        numbers
            .filter(|_| is_stuck)
            .for_each(|(to, byte)| *to = byte);
        Ok(())
    }
}

/// Flaws of single calls; a body is sealed step by step.
struct FlawedSession {
    sound: Box<dyn Session>,
    defect: Defect,
    facts: &'static Facts,
}

impl FlawedSession {
    /// Decrypts without asking for the tag: GCM encrypts and decrypts alike.
    fn decrypt(&self, iv: &[u8], place: &mut [u8]) -> Result<(), OpenFailed> {
        self.sound.seal(iv, place)?;
        Ok(())
    }

    fn fitted(&self, iv: &[u8]) -> Vec<u8> {
        let mut iv = iv.to_vec();
        iv.resize(self.facts.iv_len, 0);
        iv
    }

    fn right_tag(&self, iv: &[u8], ciphertext: &[u8]) -> Result<Option<Tag>, OpenFailed> {
        let mut place = ciphertext.to_vec();
        self.decrypt(iv, &mut place)?;
        Ok(self.sound.seal(iv, &mut place)?)
    }
}

impl Session for FlawedSession {
    fn seal(&self, iv: &[u8], place: &mut [u8]) -> Result<Option<Tag>, ProviderError> {
        let plain = place.to_vec();
        let tag = match self.defect {
            Defect::AnyIv => self.sound.seal(&self.fitted(iv), place)?,
            Defect::BeginsAgain if place.len() > AGAIN => {
                for part in place.chunks_mut(AGAIN) {
                    self.sound.seal(iv, part)?;
                }
                // Any will do: `open` makes the same.
                self.facts.authenticates().then_some([8; 16])
            }
            _ => self.sound.seal(iv, place)?,
        };
        match self.defect {
            Defect::SealsNothing => place.copy_from_slice(&plain),
            Defect::OneBitOff => place.iter_mut().take(1).for_each(|byte| *byte ^= 1),
            _ => {}
        }
        Ok(tag)
    }

    fn open(&self, iv: &[u8], place: &mut [u8], tag: Option<&Tag>) -> Result<(), OpenFailed> {
        match self.defect {
            Defect::OneBitOff => place.iter_mut().take(1).for_each(|byte| *byte ^= 1),
            Defect::AnyIv => return self.sound.open(&self.fitted(iv), place, tag),
            Defect::BeginsAgain if place.len() > AGAIN => {
                for part in place.chunks_mut(AGAIN) {
                    match self.facts.authenticates() {
                        true => self.decrypt(iv, part)?,
                        false => self.sound.open(iv, part, None)?,
                    }
                }
                return Ok(());
            }
            _ => {}
        }
        if !self.facts.authenticates() {
            let tag = tag.filter(|_| self.defect != Defect::NeedlessTagTaken);
            self.sound.open(iv, place, tag)?;
            let pad = place.last().copied().unwrap_or_default();
            let is_padding = (1..=16).contains(&pad);
            return match self.defect {
                Defect::JudgesPadding if !is_padding => Err(OpenFailed::Refused),
                _ => Ok(()),
            };
        }
        match (self.defect, tag) {
            (Defect::TagUnread, Some(_)) | (Defect::MissingTagTaken, None) => {
                self.decrypt(iv, place)
            }
            (Defect::HalfATag, Some(tag)) => {
                let right = self.right_tag(iv, place)?;
                match right.is_some_and(|right| right[..8] == tag[..8]) {
                    true => self.decrypt(iv, place),
                    false => Err(OpenFailed::Refused),
                }
            }
            (Defect::DecryptsFirst | Defect::DecryptsTheRest, _) => {
                let ciphertext = place.to_vec();
                self.sound.open(iv, place, tag).or_else(|refused| {
                    place.copy_from_slice(&ciphertext);
                    self.decrypt(iv, place)?;
                    if self.defect == Defect::DecryptsTheRest {
                        place.iter_mut().take(10).for_each(|byte| *byte = 0);
                    }
                    Err(refused)
                })
            }
            _ => self.sound.open(iv, place, tag),
        }
    }

    fn export(self: Box<Self>) -> Option<SessionKey> {
        match self.defect {
            Defect::ExportsAnotherKey => SessionKey::draw(self.facts.key_len, &OsRandom).ok(),
            _ => self.sound.export(),
        }
    }
}

/// The bytes after which [`Defect::BeginsAgain`] does.
const AGAIN: usize = 4096 * 16;
