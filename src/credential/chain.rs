//! Several sources of credentials, asked in order.

use std::sync::Arc;
use std::time::SystemTime;

use crate::credential::{Credentials, Provide, Provided, Renewal};
use crate::error::Error;

/// Returns the credentials of the first source that has any. If a source has credentials that cannot be used, the
/// search ends with its error: another account's key must not replace a broken one.
#[derive(Clone, Default)]
pub(crate) struct CredentialChain(Vec<Arc<dyn Provide>>);

impl CredentialChain {
    /// A chain without sources.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds a source at the end.
    #[must_use]
    pub(crate) fn then(mut self, source: impl Provide + 'static) -> Self {
        self.0.push(Arc::new(source));
        self
    }
}

impl Provide for CredentialChain {
    fn provide(&self, now: SystemTime) -> Result<Provided, Error> {
        let mut reasons = Vec::new();
        for source in &self.0 {
            match source.provide(now)? {
                Provided::Absent { reason } => reasons.push(reason),
                found => return Ok(found),
            }
        }
        if reasons.is_empty() {
            reasons.push("no source is configured".to_owned());
        }
        Ok(Provided::Absent {
            reason: reasons.join("; "),
        })
    }

    fn refused(&self, used: &Arc<Credentials>) -> Renewal {
        let possible = self
            .0
            .iter()
            .filter(|source| source.refused(used) == Renewal::Possible)
            .count();
        match possible {
            0 => Renewal::Impossible,
            _ => Renewal::Possible,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credential::StaticCredentials;
    use crate::error::ErrorKind;

    struct Absent(&'static str);
    impl Provide for Absent {
        fn provide(&self, _: SystemTime) -> Result<Provided, Error> {
            let reason = self.0.to_owned();
            Ok(Provided::Absent { reason })
        }
    }

    struct Broken;
    impl Provide for Broken {
        fn provide(&self, _: SystemTime) -> Result<Provided, Error> {
            Err(Error::new(ErrorKind::Credential, "broken"))
        }
    }

    fn key(id: &str) -> StaticCredentials {
        StaticCredentials::new(Credentials::new(id, "secret").unwrap())
    }

    #[test]
    fn the_first_source_that_has_any_counts() {
        let chain = CredentialChain::new()
            .then(Absent("a"))
            .then(key("first"))
            .then(key("second"))
            .then(Broken);
        let Provided::Ready(found) = chain.provide(SystemTime::UNIX_EPOCH).unwrap() else {
            panic!("not ready");
        };
        assert_eq!(found.id(), "first");
        assert_eq!(chain.refused(&found), Renewal::Impossible);
    }

    #[test]
    fn a_broken_source_ends_the_search() {
        let chain = CredentialChain::new().then(Broken).then(key("other"));
        let error = chain.provide(SystemTime::UNIX_EPOCH).unwrap_err();
        assert_eq!(error.to_string(), "broken");
    }

    #[test]
    fn where_there_are_none_every_reason_is_told() {
        let chain = CredentialChain::new().then(Absent("a")).then(Absent("b"));
        let Provided::Absent { reason } = chain.provide(SystemTime::UNIX_EPOCH).unwrap() else {
            panic!("not absent");
        };
        assert_eq!(reason, "a; b");
    }
}
