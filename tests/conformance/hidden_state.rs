//! A provider whose sessions are told apart by something that stands beside them: the key that is "current". Each session
//! by itself works; used by turns, or on another thread, they take each other's keys.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use cardseal::crypto::{
    Facts, OpenFailed, Provider, ProviderError, PublicKey, SecureRandom, Session, SessionKey,
    Suite, Tag, Wrap,
};

/// Which key is the current one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Current {
    /// That of the session that was started last.
    LastStarted,
    /// For opening, that of the session that sealed last.
    LastSealed,
    /// The session's own, on the thread that started it; on another there is none.
    OfTheThread,
    /// The session's own, which every call sets before it works; two calls at once set each other's.
    SetByEachCall,
}

impl Current {
    /// Each with words of what the report says.
    pub(crate) const ALL: [(Self, &str); 4] = [
        (Self::LastStarted, "under another's key"),
        (Self::LastSealed, "opens under another's key"),
        (Self::OfTheThread, "where two threads use them at once"),
        (Self::SetByEachCall, "where two threads use them at once"),
    ];
}

/// The provider with such a state behind each of its suites.
pub(crate) fn with_hidden_state(sound: &Provider, current: Current) -> Provider {
    let suites = sound.suites().iter().map(|suite| {
        Arc::new(Stateful(Arc::new(State {
            suite: suite.clone(),
            current,
            key: Mutex::new(Vec::new()),
        }))) as Arc<dyn Suite>
    });
    Provider::new("stateful", "1", suites, sound.random().clone())
}

struct State {
    suite: Arc<dyn Suite>,
    current: Current,
    key: Mutex<Vec<u8>>,
}

static SESSIONS: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static KEYS: RefCell<BTreeMap<usize, Vec<u8>>> = const { RefCell::new(BTreeMap::new()) };
}

impl State {
    fn session(self: &Arc<Self>, key: &SessionKey) -> Box<dyn Session> {
        let key = key.expose_key_bytes().to_vec();
        let number = SESSIONS.fetch_add(1, Ordering::Relaxed);
        KEYS.with_borrow_mut(|keys| keys.insert(number, key.clone()));
        self.set(&key);
        let state = self.clone();
        Box::new(StatefulSession { state, number, key })
    }

    fn set(&self, key: &[u8]) {
        *self.key.lock().unwrap() = key.to_vec();
    }
}

struct Stateful(Arc<State>);

impl Suite for Stateful {
    fn facts(&self) -> &'static Facts {
        self.0.suite.facts()
    }

    fn load(&self, key: &PublicKey<'_>) -> Option<Result<Box<dyn Wrap>, ProviderError>> {
        let wrap = self.0.suite.load(key)?;
        let state = self.0.clone();
        Some(wrap.map(|sound| Box::new(StatefulWrap { sound, state }) as _))
    }

    fn restore(&self, key: SessionKey) -> Option<Box<dyn Session>> {
        let fits = key.expose_key_bytes().len() == self.facts().key_len;
        fits.then(|| self.0.session(&key))
    }
}

struct StatefulWrap {
    sound: Box<dyn Wrap>,
    state: Arc<State>,
}

impl Wrap for StatefulWrap {
    fn wrapped_len(&self) -> usize {
        self.sound.wrapped_len()
    }

    fn start(
        &self,
        random: &dyn SecureRandom,
    ) -> Result<(Vec<u8>, Box<dyn Session>), ProviderError> {
        let (blob, session) = self.sound.start(random)?;
        let key = session.export().unwrap();
        Ok((blob, self.state.session(&key)))
    }
}

struct StatefulSession {
    state: Arc<State>,
    number: usize,
    key: Vec<u8>,
}

impl StatefulSession {
    /// A session of the sound provider under the key that is current now.
    fn sound(&self, seals: bool) -> Box<dyn Session> {
        let current = || self.state.key.lock().unwrap().clone();
        let key = match self.state.current {
            Current::LastStarted => current(),
            Current::LastSealed if seals => {
                self.state.set(&self.key);
                self.key.clone()
            }
            Current::LastSealed => current(),
            Current::OfTheThread => {
                let key = KEYS.with_borrow(|keys| keys.get(&self.number).cloned());
                key.unwrap_or(vec![0; self.key.len()])
            }
            Current::SetByEachCall => {
                self.state.set(&self.key);
                std::thread::yield_now();
                current()
            }
        };
        let key = SessionKey::restore(&key).unwrap();
        self.state.suite.restore(key).unwrap()
    }
}

impl Session for StatefulSession {
    fn seal(&self, iv: &[u8], place: &mut [u8]) -> Result<Option<Tag>, ProviderError> {
        self.sound(true).seal(iv, place)
    }

    fn open(&self, iv: &[u8], place: &mut [u8], tag: Option<&Tag>) -> Result<(), OpenFailed> {
        self.sound(false).open(iv, place, tag)
    }

    fn export(self: Box<Self>) -> Option<SessionKey> {
        SessionKey::restore(&self.key)
    }
}

impl Drop for StatefulSession {
    fn drop(&mut self) {
        let _ = KEYS.try_with(|keys| keys.borrow_mut().remove(&self.number));
    }
}
