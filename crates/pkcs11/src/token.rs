//! One token of a module, logged in, and sessions with it.

use std::sync::Mutex;

use cardseal_crypto::{ProviderError, SecureRandom};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::MechanismType;
use cryptoki::session::UserType;
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;
use secrecy::{ExposeSecret, SecretString};

use crate::failed::{failed, gone};
use crate::held::{Held, Presence};

/// A token. Its first session stays open, since a module logs the user out with the last one; random bytes come
/// through it. Once it is lost it stays lost, since only the user may give the PIN again.
pub(crate) struct Token {
    context: Pkcs11,
    slot: Slot,
    mechanisms: Vec<MechanismType>,
    first: Mutex<Held>,
    presence: Presence,
}

impl Token {
    /// Opens the token of this label. `vendors` are the numbers that its vendor gave to mechanisms.
    pub(crate) fn open(
        path: &str,
        label: &str,
        pin: &SecretString,
        vendors: &[u64],
    ) -> Result<Self, ProviderError> {
        let context = Pkcs11::new(path).map_err(|error| failed("be loaded", &error))?;
        match context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            // Other code in this process uses the module too.
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(error) => return Err(failed("start", &error)),
        }
        let slot = find(&context, label)?;
        let mechanisms = mechanisms(&context, slot, vendors)?;
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
        let presence = Presence::default();
        Ok(Self {
            context,
            slot,
            mechanisms,
            first: Mutex::new(Held::new(first, presence.clone())),
            presence,
        })
    }

    /// A session of one request's own: its objects go with it.
    pub(crate) fn session(&self) -> Result<Held, ProviderError> {
        if self.presence.is_lost() {
            return Err(gone());
        }
        let opened = self.context.open_rw_session(self.slot);
        let session = opened.map_err(|error| {
            self.presence.note(&error);
            failed("open a session", &error)
        })?;
        Ok(Held::new(session, self.presence.clone()))
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
    let (mut found, mut unread) = (Vec::new(), None);
    for slot in slots {
        match context.get_token_info(slot) {
            Ok(info) if info.label().trim_end() == label => found.push(slot),
            Ok(_) => {}
            Err(error) => unread = Some(failed("describe one of its tokens", &error)),
        }
    }
    match (found.as_slice(), unread) {
        ([slot], _) => Ok(*slot),
        // It may be the one that is looked for.
        ([], Some(error)) => Err(error),
        ([], None) => Err(ProviderError::unsupported(format!(
            "the crypto module has no token labelled `{label}`; give the label that the module's own tool shows"
        ))),
        _ => Err(ProviderError::unsupported(format!(
            "the crypto module has two tokens labelled `{label}`; give each a label of its own"
        ))),
    }
}

/// What the token can do. The list of a module leaves out, as it is read here, what its vendor added, so the module is
/// asked for each such number.
fn mechanisms(
    context: &Pkcs11,
    slot: Slot,
    vendors: &[u64],
) -> Result<Vec<MechanismType>, ProviderError> {
    let mut found = context
        .get_mechanism_list(slot)
        .map_err(|error| failed("list its mechanisms", &error))?;
    // What is no vendor's number is refused by name when a key asks for it.
    let vendors = vendors
        .iter()
        .filter_map(|number| MechanismType::new_vendor_defined(*number as _).ok());
    for mechanism in vendors {
        match context.get_mechanism_info(slot, mechanism) {
            Ok(_) => found.push(mechanism),
            Err(Error::Pkcs11(RvError::MechanismInvalid, _)) => {}
            Err(error) => {
                return Err(failed("say whether it has a vendor's mechanism", &error));
            }
        }
    }
    Ok(found)
}

impl SecureRandom for Token {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), ProviderError> {
        let first = self.first.lock().map_err(|_| {
            ProviderError::defect(
                "a thread panicked while it asked the crypto module for randomness",
            )
        })?;
        let filled = first.ask("give random bytes", |session| {
            session.generate_random_slice(buffer)
        });
        // With its first session the token may have logged the user out.
        if first.is_over() {
            self.presence.lose();
        }
        filled
    }
}
