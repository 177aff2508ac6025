//! Temporary keys from the token services and the metadata services: their lifetimes, and simulated failures.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};
use std::time::SystemTime;

use secrecy::SecretString;

use crate::entropy;

/// How many keys are known at a time; the oldest is forgotten for one more.
const MOST: usize = 1000;

/// How keys and tokens are issued at a given time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct HandOut {
    /// Lifetime in seconds; negative for expired ones. Default: the service's lifetime.
    pub life: Option<i64>,
    /// The failure to simulate. Default: none.
    pub fault: Option<HandOutFault>,
}

impl HandOut {
    /// Keys with this lifetime in seconds.
    pub fn living(seconds: i64) -> Self {
        HandOut {
            life: Some(seconds),
            fault: None,
        }
    }

    /// No keys: every request for them fails this way.
    pub fn failing(fault: HandOutFault) -> Self {
        HandOut {
            life: None,
            fault: Some(fault),
        }
    }
}

/// How issuing fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HandOutFault {
    /// The answer comes after the fault delay.
    Hang,
    /// A temporary error of the service.
    Error,
    /// A permanent refusal.
    Refuse,
}

/// A temporary key.
#[derive(Clone)]
pub(crate) struct Key {
    pub id: String,
    pub secret: SecretString,
    pub token: String,
    pub expires: SystemTime,
    /// The secret as it is handed out, once.
    pub secret_text: String,
}

/// The keys that were handed out.
#[derive(Default)]
pub(crate) struct Keys(Mutex<VecDeque<Key>>);

/// The system's random generator failed, or the life is beyond the calendar.
pub(crate) struct NotIssued;

impl Keys {
    /// A new key, which ends then.
    pub(crate) fn issue(&self, expires: SystemTime) -> Result<Key, NotIssued> {
        let mut random = [0; 48];
        entropy::fill(&mut random).map_err(|_| NotIssued)?;
        let text = base16ct::lower::encode_string(&random);
        let (id, rest) = text.split_at(32);
        let (secret, token) = rest.split_at(32);
        let key = Key {
            id: format!("AKIDtmp{id}"),
            secret: SecretString::from(secret),
            secret_text: secret.to_owned(),
            token: format!("token{token}"),
            expires,
        };
        let mut keys = self.lock();
        if keys.len() >= MOST {
            keys.pop_front();
        }
        keys.push_back(key.clone());
        Ok(key)
    }

    /// The key whose id stands so in this header: `Credential=` at Tencent, `Access=` at Huawei.
    pub(crate) fn named_in(&self, authorization: &str, before: &str, after: char) -> Option<Key> {
        let (_, rest) = authorization.split_once(before)?;
        let (id, _) = rest.split_once(after)?;
        self.lock().iter().find(|key| key.id == id).cloned()
    }

    /// A panic elsewhere cannot leave the list half-changed, so a poisoned lock is still good.
    fn lock(&self) -> MutexGuard<'_, VecDeque<Key>> {
        self.0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// True for the requests that [`HandOutFault`]s are for, by the name in the log.
pub(crate) fn is_one(action: Option<&str>) -> bool {
    matches!(
        action,
        Some("AssumeRole" | "AssumeRoleWithWebIdentity" | "CvmRole" | "EcsAgency" | "CreateToken")
    )
}
