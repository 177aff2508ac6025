//! The built-in suites with their session keys watched: what a session was given and gives back is public, its key never
//! is.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cardseal::crypto::{
    Facts, OpenFailed, Provider, ProviderError, PublicKey, RandomError, SecureRandom, Session,
    SessionKey, Suite, Tag, Wrap,
};

use crate::memcheck::{make_public, make_secret};

/// The built-in provider, watched.
pub(crate) fn provider() -> Provider {
    let built_in = cardseal::crypto::built_in();
    let suites = built_in.suites().iter().map(|suite| {
        let suite = Arc::clone(suite);
        Arc::new(WatchedSuite(suite)) as Arc<dyn Suite>
    });
    Provider::new("watched", "0", suites, Arc::new(Watched::default()))
}

/// What is drawn for one request in turn: its IV, which is public; its session key; and what wraps it, which has tests of
/// its own that know what of the padding and the scalar may be known.
#[derive(Default)]
struct Watched(AtomicUsize);

/// The lengths of an IV, of either suite.
const IVS: [usize; 2] = [16, 12];

impl SecureRandom for Watched {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomError> {
        let draw = self.0.fetch_add(1, Ordering::Relaxed);
        for (place, byte) in buffer.iter_mut().enumerate() {
            *byte = u8::try_from((place * 31 + draw * 7) % 251 + 1).unwrap();
        }
        match draw {
            0 => assert!(IVS.contains(&buffer.len()), "the IV is drawn first"),
            1 => make_secret(buffer),
            _ => {}
        }
        Ok(())
    }
}

struct WatchedSuite(Arc<dyn Suite>);

impl Suite for WatchedSuite {
    fn facts(&self) -> &'static Facts {
        self.0.facts()
    }

    fn load(&self, key: &PublicKey<'_>) -> Option<Result<Box<dyn Wrap>, ProviderError>> {
        let wrap = self.0.load(key)?;
        Some(wrap.map(|wrap| Box::new(WatchedWrap(wrap)) as _))
    }

    fn restore(&self, key: SessionKey) -> Option<Box<dyn Session>> {
        make_secret(key.expose_key_bytes());
        let session = self.0.restore(key)?;
        Some(Box::new(WatchedSession(session)))
    }
}

struct WatchedWrap(Box<dyn Wrap>);

impl Wrap for WatchedWrap {
    fn wrapped_len(&self) -> usize {
        self.0.wrapped_len()
    }

    fn start(
        &self,
        random: &dyn SecureRandom,
    ) -> Result<(Vec<u8>, Box<dyn Session>), ProviderError> {
        let (wrapped, session) = self.0.start(random)?;
        // It goes over the network.
        make_public(&wrapped);
        Ok((wrapped, Box::new(WatchedSession(session))))
    }
}

struct WatchedSession(Box<dyn Session>);

impl Session for WatchedSession {
    fn seal(&self, iv: &[u8], place: &mut [u8]) -> Result<Option<Tag>, ProviderError> {
        let tag = self.0.seal(iv, place)?;
        make_public(place);
        if let Some(tag) = &tag {
            make_public(tag);
        }
        Ok(tag)
    }

    fn open(&self, iv: &[u8], place: &mut [u8], tag: Option<&Tag>) -> Result<(), OpenFailed> {
        let opened = self.0.open(iv, place, tag);
        make_public(place);
        opened
    }

    fn export(self: Box<Self>) -> Option<SessionKey> {
        self.0.export()
    }
}
