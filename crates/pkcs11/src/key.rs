//! A session key inside the module: made, wrapped, used and destroyed there.

use std::sync::Mutex;

use cardseal_crypto::{OpenFailed, ProviderError, Wiped};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, ObjectHandle};
use cryptoki::session::Session;

use crate::failed::not_opened;
use crate::held::Held;

/// A key and its session; the key ends with the session. A session does one operation at a time.
pub(crate) struct Key(Mutex<Inner>);

struct Inner {
    session: Held,
    key: ObjectHandle,
}

impl Key {
    /// Generates a key and wraps it under the given public key, which is imported for this purpose. Afterwards the key
    /// can no longer leave.
    pub(crate) fn generate_and_wrap(
        session: Held,
        generate: &Mechanism<'_>,
        template: &[Attribute],
        wrap: &Mechanism<'_>,
        public_key: &[Attribute],
    ) -> Result<(Self, Vec<u8>), ProviderError> {
        let key = session.ask("generate a session key", |session| {
            session.generate_key(generate, template)
        })?;
        let inner = Inner { session, key };
        let public_key = inner.session.ask("take the public key", |session| {
            session.create_object(public_key)
        })?;
        let wrapped = inner.session.ask("wrap the session key", |session| {
            session.wrap_key(wrap, public_key, key)
        })?;
        inner
            .session
            .ask("keep the session key from leaving", |session| {
                session.update_attributes(key, &[Attribute::Extractable(false)])
            })?;
        // A module may answer that it did, and not have done it.
        let told = inner
            .session
            .ask("say whether the session key can leave", |session| {
                session.get_attributes(key, &[AttributeType::Extractable, AttributeType::Sensitive])
            })?;
        if !stays_inside(&told) {
            return Err(ProviderError::defect(
                "the crypto module keeps the session key extractable; such a key is not used",
            ));
        }
        inner.session.ask("forget the public key", |session| {
            session.destroy_object(public_key)
        })?;
        Ok((Self(Mutex::new(inner)), wrapped))
    }

    pub(crate) fn encrypt(
        &self,
        mechanism: &Mechanism<'_>,
        plain: &[u8],
    ) -> Result<Vec<u8>, ProviderError> {
        let inner = self.0.lock().map_err(|_| poisoned())?;
        inner.session.ask("encrypt", |session| {
            session.encrypt(mechanism, inner.key, plain)
        })
    }

    /// What is decrypted, and wiped when it goes.
    pub(crate) fn decrypt(
        &self,
        mechanism: &Mechanism<'_>,
        sealed: &[u8],
    ) -> Result<Wiped, OpenFailed> {
        let inner = self.0.lock().map_err(|_| poisoned())?;
        let decrypt = |session: &Session| session.decrypt(mechanism, inner.key, sealed);
        inner
            .session
            .ask_and_judge(decrypt, not_opened)
            .map(Wiped::new)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // The session takes the key along when it is closed; this is for modules that are slow to do so.
        let destroy = |session: &Session| session.destroy_object(self.key);
        let _ = self.session.ask("destroy the session key", destroy);
    }
}

/// True if the module says that the key can neither be read nor wrapped again.
fn stays_inside(told: &[Attribute]) -> bool {
    told.contains(&Attribute::Extractable(false)) && told.contains(&Attribute::Sensitive(true))
}

fn poisoned() -> ProviderError {
    ProviderError::defect("a thread panicked while it used the crypto module")
}

/// The attributes of a session key: bound to this session, private, never readable, and extractable until it is
/// wrapped.
pub(crate) fn attributes() -> Vec<Attribute> {
    vec![
        Attribute::Token(false),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(true),
        Attribute::Encrypt(true),
        Attribute::Decrypt(true),
        Attribute::Wrap(false),
        Attribute::Unwrap(false),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_stays_inside_only_where_the_module_says_so() {
        let (inside, hidden) = (Attribute::Extractable(false), Attribute::Sensitive(true));
        assert!(stays_inside(&[inside.clone(), hidden.clone()]));
        for told in [
            vec![],
            vec![inside.clone()],
            vec![hidden.clone()],
            vec![Attribute::Extractable(true), hidden],
            vec![inside, Attribute::Sensitive(false)],
        ] {
            assert!(!stays_inside(&told), "{told:?}");
        }
    }
}
