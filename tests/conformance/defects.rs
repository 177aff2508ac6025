//! A sound provider, wrapped in one mistake.

use std::sync::Arc;

use cardseal::crypto::{
    Facts, OpenFailed, OsRandom, Plaintext, Provider, ProviderError, PublicKey, RandomError, Rest,
    SecureRandom, Session, SessionKey, Suite, Tag, Wrap,
};

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
    /// One bit of each ciphertext is off, in both directions alike.
    OneBitOff,
    /// A stored key is taken back where it has another length.
    AnyKeyRestored,
}

impl Defect {
    /// Each with words of what the report says.
    pub(crate) const ALL: [(Self, &str); 13] = [
        (Self::OneKey, "are alike"),
        (Self::WrapsAnotherKey, "under another key than was wrapped"),
        (Self::ShortBlob, "another length than foreseen"),
        (Self::HidesFailures, "a generator that broke"),
        (Self::TagUnread, "a changed tag is taken"),
        (Self::HalfATag, "a changed tag is taken"),
        (Self::MissingTagTaken, "an answer without its tag is taken"),
        (Self::DecryptsFirst, "decrypted all the same"),
        (Self::SealsNothing, "nothing is encrypted"),
        (Self::WrongHash, "otherwise than step by step"),
        (Self::OtherBody, "otherwise than step by step"),
        (Self::OneBitOff, "scenario open"),
        (Self::AnyKeyRestored, "scenario opener"),
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
            Defect::WrongHash | Defect::OtherBody => Box::new(FlawedBody { sound, defect }),
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
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomError> {
        (1..=250)
            .cycle()
            .zip(buffer)
            .for_each(|(byte, to)| *to = byte);
        Ok(())
    }
}

struct Hiding<'a>(&'a dyn SecureRandom);

impl SecureRandom for Hiding<'_> {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomError> {
        self.0.fill(buffer).or_else(|_| OsRandom.fill(buffer))
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

    fn right_tag(&self, iv: &[u8], ciphertext: &[u8]) -> Result<Option<Tag>, OpenFailed> {
        let mut place = ciphertext.to_vec();
        self.decrypt(iv, &mut place)?;
        Ok(self.sound.seal(iv, &mut place)?)
    }
}

impl Session for FlawedSession {
    fn seal(&self, iv: &[u8], place: &mut [u8]) -> Result<Option<Tag>, ProviderError> {
        let plain = place.to_vec();
        let tag = self.sound.seal(iv, place)?;
        match self.defect {
            Defect::SealsNothing => place.copy_from_slice(&plain),
            Defect::OneBitOff => place.iter_mut().take(1).for_each(|byte| *byte ^= 1),
            _ => {}
        }
        Ok(tag)
    }

    fn open(&self, iv: &[u8], place: &mut [u8], tag: Option<&Tag>) -> Result<(), OpenFailed> {
        if self.defect == Defect::OneBitOff {
            place.iter_mut().take(1).for_each(|byte| *byte ^= 1);
        }
        if !self.facts.authenticates() {
            return self.sound.open(iv, place, tag);
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
            (Defect::DecryptsFirst, _) => {
                let ciphertext = place.to_vec();
                self.sound.open(iv, place, tag).or_else(|refused| {
                    place.copy_from_slice(&ciphertext);
                    self.decrypt(iv, place)?;
                    Err(refused)
                })
            }
            _ => self.sound.open(iv, place, tag),
        }
    }

    fn export(self: Box<Self>) -> Option<SessionKey> {
        self.sound.export()
    }
}

/// Flaws of sealing a body in one pass.
struct FlawedBody {
    sound: Box<dyn Session>,
    defect: Defect,
}

impl Session for FlawedBody {
    fn seal(&self, iv: &[u8], place: &mut [u8]) -> Result<Option<Tag>, ProviderError> {
        self.sound.seal(iv, place)
    }

    fn open(&self, iv: &[u8], place: &mut [u8], tag: Option<&Tag>) -> Result<(), OpenFailed> {
        self.sound.open(iv, place, tag)
    }

    fn export(self: Box<Self>) -> Option<SessionKey> {
        self.sound.export()
    }

    fn seal_body(
        &self,
        iv: &[u8],
        body: &dyn Plaintext,
        json: &mut Vec<u8>,
        rest: &mut Rest<'_>,
    ) -> Result<[u8; 32], ProviderError> {
        let mut iv = iv.to_vec();
        if self.defect == Defect::OtherBody {
            iv[0] ^= 1;
        }
        let mut hash = self.sound.seal_body(&iv, body, json, rest)?;
        if self.defect == Defect::WrongHash {
            hash[31] ^= 1;
        }
        Ok(hash)
    }
}
