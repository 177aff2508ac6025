//! A session key inside the module: made, wrapped, used and destroyed there.

use std::sync::Mutex;

use cardseal_crypto::ProviderError;
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, ObjectHandle};
use cryptoki::session::Session;

use crate::failed::failed;

/// A key and its session; the key ends with the session. A session does one operation at a time.
pub(crate) struct Key(Mutex<Inner>);

struct Inner {
    session: Session,
    key: ObjectHandle,
}

impl Key {
    /// Generates a key and wraps it under the given public key, which is imported for this purpose. Afterwards the key
    /// can no longer leave.
    pub(crate) fn generate_and_wrap(
        session: Session,
        generate: &Mechanism<'_>,
        template: &[Attribute],
        wrap: &Mechanism<'_>,
        public_key: &[Attribute],
    ) -> Result<(Self, Vec<u8>), ProviderError> {
        let key = session
            .generate_key(generate, template)
            .map_err(|error| failed("generate a session key", &error))?;
        let public_key = session
            .create_object(public_key)
            .map_err(|error| failed("take the public key", &error))?;
        let wrapped = session
            .wrap_key(wrap, public_key, key)
            .map_err(|error| failed("wrap the session key", &error))?;
        session
            .update_attributes(key, &[Attribute::Extractable(false)])
            .map_err(|error| failed("keep the session key from leaving", &error))?;
        // A module may report success without having done it.
        let told = session
            .get_attributes(key, &[AttributeType::Extractable, AttributeType::Sensitive])
            .map_err(|error| failed("say whether the session key can leave", &error))?;
        if !stays_inside(&told) {
            return Err(ProviderError::defect(
                "the crypto module keeps the session key extractable; such a key is not used",
            ));
        }
        session
            .destroy_object(public_key)
            .map_err(|error| failed("forget the public key", &error))?;
        Ok((Self(Mutex::new(Inner { session, key })), wrapped))
    }

    pub(crate) fn encrypt(
        &self,
        mechanism: &Mechanism<'_>,
        plain: &[u8],
    ) -> Result<Vec<u8>, ProviderError> {
        let inner = self.0.lock().map_err(|_| poisoned())?;
        inner
            .session
            .encrypt(mechanism, inner.key, plain)
            .map_err(|error| failed("encrypt", &error))
    }

    /// Returns the module's own error, because a wrong tag is one.
    pub(crate) fn decrypt(
        &self,
        mechanism: &Mechanism<'_>,
        sealed: &[u8],
    ) -> Result<Result<Vec<u8>, cryptoki::error::Error>, ProviderError> {
        let inner = self.0.lock().map_err(|_| poisoned())?;
        Ok(inner.session.decrypt(mechanism, inner.key, sealed))
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // Closing the session destroys the key; this is for modules that do so late.
        let _ = self.session.destroy_object(self.key);
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
