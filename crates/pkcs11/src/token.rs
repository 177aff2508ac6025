//! One token of a module, logged in, and sessions with it.

use std::sync::Mutex;

use cardseal_crypto::{ProviderError, RandomError, SecureRandom};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::MechanismType;
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;
use secrecy::{ExposeSecret, SecretString};

use crate::failed::failed;

/// A token. Its first session stays open, because a module logs the user out with the last session. Random bytes come
/// through it.
pub(crate) struct Token {
    context: Pkcs11,
    slot: Slot,
    mechanisms: Vec<MechanismType>,
    first: Mutex<Session>,
}

impl Token {
    pub(crate) fn open(path: &str, label: &str, pin: &SecretString) -> Result<Self, ProviderError> {
        let context = Pkcs11::new(path).map_err(|error| failed("be loaded", &error))?;
        match context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            // Other code in this process uses the module too.
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(error) => return Err(failed("start", &error)),
        }
        let slot = find(&context, label)?;
        let mechanisms = context
            .get_mechanism_list(slot)
            .map_err(|error| failed("list its mechanisms", &error))?;
        let first = context
            .open_rw_session(slot)
            .map_err(|error| failed("open a session", &error))?;
        match first.login(
            UserType::User,
            Some(&AuthPin::new(pin.expose_secret().into())),
        ) {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {}
            Err(error) => return Err(failed("log the user in", &error)),
        }
        Ok(Self {
            context,
            slot,
            mechanisms,
            first: Mutex::new(first),
        })
    }

    /// A session for one request; its objects end with it.
    pub(crate) fn session(&self) -> Result<Session, ProviderError> {
        self.context
            .open_rw_session(self.slot)
            .map_err(|error| failed("open a session", &error))
    }

    /// Returns an error that names the missing mechanisms.
    pub(crate) fn check(&self, needed: &[(MechanismType, &str)]) -> Result<(), ProviderError> {
        let missing: Vec<&str> = needed
            .iter()
            .filter(|(mechanism, _)| !self.mechanisms.contains(mechanism))
            .map(|(_, name)| *name)
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(ProviderError::unsupported(format!(
            "the crypto module has no {}; use a key of another kind, or another module",
            missing.join(" and no ")
        )))
    }
}

fn find(context: &Pkcs11, label: &str) -> Result<Slot, ProviderError> {
    let slots = context
        .get_slots_with_initialized_token()
        .map_err(|error| failed("list its tokens", &error))?;
    let is_it = |slot: &Slot| {
        let info = context.get_token_info(*slot);
        info.is_ok_and(|info| info.label().trim_end() == label)
    };
    let mut found = slots.into_iter().filter(is_it);
    match (found.next(), found.next()) {
        (Some(slot), None) => Ok(slot),
        (None, _) => Err(ProviderError::unsupported(format!(
            "the crypto module has no token labelled `{label}`; give the label that the module's own tool shows"
        ))),
        (Some(_), Some(_)) => Err(ProviderError::unsupported(format!(
            "the crypto module has two tokens labelled `{label}`; give each a label of its own"
        ))),
    }
}

impl SecureRandom for Token {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomError> {
        let session = self.first.lock().map_err(|_| RandomError)?;
        session
            .generate_random_slice(buffer)
            .map_err(|_| RandomError)
    }
}
