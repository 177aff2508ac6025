//! A derived signing key, kept for the day it is good for.
//!
//! The key depends on the secret, the day and the service only, and deriving it takes longer than using it. It is kept
//! inside the [`Credentials`](crate::Credentials) it was derived from, so it can meet no other secret, is wiped with
//! them, and a signer stays a pure function of its arguments.

use core::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::sign::SignError;
use crate::sign::canon::DerivedKey;

/// A signing key, and every stage on the way to it as a fingerprint.
pub(crate) struct DayKey {
    pub(crate) signing: DerivedKey,
    /// SHA-256 of each derived key, by its name: comparable, and no key.
    pub(crate) fingerprints: Arc<[(&'static str, String)]>,
}

/// Room for the key last derived. Another day or service takes the place of the one before.
#[derive(Default)]
pub(crate) struct DayKeyCache(Mutex<Option<Kept>>);

struct Kept {
    scope: String,
    key: Arc<DayKey>,
}

impl DayKeyCache {
    /// The key for `scope`, which names the scheme, the day and the service; derived where it is not the one kept.
    pub(crate) fn key_for(
        &self,
        scope: &str,
        derive: impl FnOnce() -> Result<DayKey, SignError>,
    ) -> Result<Arc<DayKey>, SignError> {
        // Whoever panicked with the lock in hand left a whole key or none.
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = kept.as_ref().filter(|kept| kept.scope == scope) {
            return Ok(Arc::clone(&kept.key));
        }
        let key = Arc::new(derive()?);
        *kept = Some(Kept {
            scope: scope.to_owned(),
            key: Arc::clone(&key),
        });
        Ok(key)
    }
}

impl fmt::Debug for DayKeyCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DayKeyCache([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zeroize::Zeroizing;

    fn key(byte: u8) -> DayKey {
        DayKey {
            signing: Zeroizing::new([byte; 32]),
            fingerprints: Arc::default(),
        }
    }

    #[test]
    fn a_key_is_derived_once_for_each_scope_in_a_row() {
        let cache = DayKeyCache::default();
        let mut derived = 0;
        let mut ask = |scope: &str, byte| {
            let kept = cache.key_for(scope, || {
                derived += 1;
                Ok(key(byte))
            });
            (kept.unwrap().signing[0], derived)
        };
        assert_eq!(ask("2019-02-25/ocr", 1), (1, 1));
        assert_eq!(ask("2019-02-25/ocr", 2), (1, 1));
        assert_eq!(ask("2019-02-26/ocr", 3), (3, 2));
        assert_eq!(ask("2019-02-26/faceid", 4), (4, 3));
        assert_eq!(ask("2019-02-25/ocr", 5), (5, 4));
    }

    #[test]
    fn a_failed_derivation_keeps_nothing() {
        let cache = DayKeyCache::default();
        let failed = cache.key_for("scope", || Err(SignError::EmptySecret));
        assert_eq!(failed.err(), Some(SignError::EmptySecret));
        assert_eq!(cache.key_for("scope", || Ok(key(7))).unwrap().signing[0], 7);
    }

    #[test]
    fn debug_shows_nothing() {
        let cache = DayKeyCache::default();
        let _ = cache.key_for("scope", || Ok(key(7)));
        assert_eq!(format!("{cache:?}"), "DayKeyCache([redacted])");
    }
}
