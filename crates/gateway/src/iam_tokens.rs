//! The tokens that IAM handed out: for what, and until when. Only their digests are kept.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};
use std::time::SystemTime;

use sha2::{Digest, Sha256};

/// How many tokens are known at a time; the oldest is forgotten for one more.
const MOST: usize = 1000;

/// What a token may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// The one project there is.
    Project,
    /// The account's global services, which OCR is none of.
    Domain,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenRefused {
    Expired,
    Unknown,
}

/// The tokens that were handed out, by digest.
#[derive(Default)]
pub(crate) struct Tokens(Mutex<VecDeque<Issued>>);

struct Issued {
    digest: [u8; 32],
    expires: SystemTime,
    scope: Scope,
}

impl Tokens {
    pub(crate) fn add(&self, token: &str, expires: SystemTime, scope: Scope) {
        let digest = Sha256::digest(token).into();
        let mut issued = self.lock();
        if issued.len() >= MOST {
            issued.pop_front();
        }
        issued.push_back(Issued {
            digest,
            expires,
            scope,
        });
    }

    pub(crate) fn scope(&self, token: &str, now: SystemTime) -> Result<Scope, TokenRefused> {
        let digest: [u8; 32] = Sha256::digest(token).into();
        let issued = self.lock();
        let found = issued.iter().find(|issued| issued.digest == digest);
        match found {
            None => Err(TokenRefused::Unknown),
            Some(token) if token.expires <= now => Err(TokenRefused::Expired),
            Some(token) => Ok(token.scope),
        }
    }

    /// Ends a token's life now.
    pub(crate) fn expire(&self, token: &str, now: SystemTime) {
        let digest: [u8; 32] = Sha256::digest(token).into();
        for issued in self.lock().iter_mut() {
            if issued.digest == digest {
                issued.expires = now;
            }
        }
    }

    /// A panic elsewhere cannot leave the list half-changed, so a poisoned lock is still good.
    fn lock(&self) -> MutexGuard<'_, VecDeque<Issued>> {
        self.0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
