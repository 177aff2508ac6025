//! The built-in provider with memcheck at the joint: what leaves a session is either public (a ciphertext, a tag) or a
//! secret (an opened text), and is marked so.

use std::sync::{Arc, Mutex, PoisonError};

use cardseal::crypto::{
    Facts, OpenFailed, Plaintext, Provider, ProviderError, PublicKey, Rest, SecureRandom, Session,
    SessionKey, Suite, Tag, Wrap, built_in,
};

use crate::memcheck;

/// How a whole body is sealed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pass {
    /// As the joint does it: sealed, then coded.
    Two,
    /// As the provider does it, which codes ciphertext before it can be marked.
    One,
}

/// The session that was made last, by which the service side of this test answers.
pub(crate) type Latest = Arc<Mutex<Option<Arc<dyn Session>>>>;

/// A provider whose sessions are watched.
pub(crate) fn provider(pass: Pass) -> (Provider, Latest) {
    let latest = Latest::default();
    let suites = built_in().suites().iter().map(|suite| {
        let watched = Watched(suite.clone(), latest.clone(), pass);
        Arc::new(watched) as Arc<dyn Suite>
    });
    let provider = Provider::new("watched", "0", suites, built_in().random().clone());
    (provider, latest)
}

struct Watched(Arc<dyn Suite>, Latest, Pass);

impl Suite for Watched {
    fn facts(&self) -> &'static Facts {
        self.0.facts()
    }

    fn load(&self, key: &PublicKey<'_>) -> Option<Result<Box<dyn Wrap>, ProviderError>> {
        let (latest, pass) = (self.1.clone(), self.2);
        let loaded = self.0.load(key)?;
        Some(loaded.map(|wrap| Box::new(WatchedWrap(wrap, latest, pass)) as Box<dyn Wrap>))
    }

    fn restore(&self, key: SessionKey) -> Option<Box<dyn Session>> {
        self.0.restore(key)
    }
}

struct WatchedWrap(Box<dyn Wrap>, Latest, Pass);

impl Wrap for WatchedWrap {
    fn wrapped_len(&self) -> usize {
        self.0.wrapped_len()
    }

    /// The wraps themselves are watched in the kernels' own tests.
    fn start(
        &self,
        random: &dyn SecureRandom,
    ) -> Result<(Vec<u8>, Box<dyn Session>), ProviderError> {
        let (blob, session) = self.0.start(random)?;
        let session: Arc<dyn Session> = session.into();
        let mut latest = self.1.lock().unwrap_or_else(PoisonError::into_inner);
        *latest = Some(session.clone());
        Ok((blob, Box::new(WatchedSession(session, self.2))))
    }
}

struct WatchedSession(Arc<dyn Session>, Pass);

impl Session for WatchedSession {
    fn seal(&self, iv: &[u8], place: &mut [u8]) -> Result<Option<Tag>, ProviderError> {
        let tag = self.0.seal(iv, place)?;
        memcheck::make_public(place);
        Ok(tag.map(public))
    }

    fn open(&self, iv: &[u8], place: &mut [u8], tag: Option<&Tag>) -> Result<(), OpenFailed> {
        self.0.open(iv, place, tag)?;
        memcheck::make_secret(place);
        Ok(())
    }

    fn export(self: Box<Self>) -> Option<SessionKey> {
        None
    }

    fn seal_body(
        &self,
        iv: &[u8],
        body: &dyn Plaintext,
        json: &mut Vec<u8>,
        rest: &mut Rest<'_>,
    ) -> Result<[u8; 32], ProviderError> {
        let mut public_rest = |tag: Option<&Tag>, json: &mut Vec<u8>| {
            memcheck::make_public(json);
            rest(tag.copied().map(public).as_ref(), json)
        };
        let mut hash = match self.1 {
            Pass::Two => Joint(self).seal_body(iv, body, json, &mut public_rest)?,
            Pass::One => self.0.seal_body(iv, body, json, &mut public_rest)?,
        };
        memcheck::make_public(json);
        memcheck::make_public(&mut hash);
        Ok(hash)
    }
}

/// The same without a way of its own to seal a whole body.
struct Joint<'a>(&'a WatchedSession);

impl Session for Joint<'_> {
    fn seal(&self, iv: &[u8], place: &mut [u8]) -> Result<Option<Tag>, ProviderError> {
        self.0.seal(iv, place)
    }

    fn open(&self, iv: &[u8], place: &mut [u8], tag: Option<&Tag>) -> Result<(), OpenFailed> {
        self.0.open(iv, place, tag)
    }

    fn export(self: Box<Self>) -> Option<SessionKey> {
        None
    }
}

fn public(mut tag: Tag) -> Tag {
    memcheck::make_public(&mut tag);
    tag
}
