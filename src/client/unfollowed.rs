//! Proxy variables of the environment are not followed. If a connection fails, the error mentions them, because they
//! may be the reason.

use crate::credential::{Environment, ProcessEnvironment};
use crate::transport::TransportFailure;

/// In the order in which other programs read them.
const VARIABLES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// The failure, with a note on such a variable if `missing` is true: no proxy was given, and one may be needed.
pub(super) fn told(failure: TransportFailure, missing: bool) -> TransportFailure {
    told_of(&ProcessEnvironment, failure, missing)
}

fn told_of(
    environment: &dyn Environment,
    failure: TransportFailure,
    missing: bool,
) -> TransportFailure {
    match failure {
        TransportFailure::NotConnected { reason } if missing => {
            // A variable that is not text is also set.
            let is_set = |name: &&&str| !matches!(environment.variable(name), Ok(None));
            let note = VARIABLES.iter().find(is_set).map(|name| {
                format!(
                    " ({name} is set but not followed; if a proxy is required, set it with TransportOptions::proxy, \
                     on the command line --proxy)"
                )
            });
            TransportFailure::NotConnected {
                reason: reason + &note.unwrap_or_default(),
            }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use secrecy::SecretString;
    use std::path::PathBuf;

    struct Set(&'static str);

    impl Environment for Set {
        fn variable(&self, name: &str) -> Result<Option<SecretString>, Error> {
            Ok((name == self.0).then(|| SecretString::from("http://user:hunter2@proxy:8080")))
        }

        fn home(&self) -> Option<PathBuf> {
            None
        }
    }

    #[test]
    fn a_proxy_variable_that_is_not_followed_is_told_where_it_may_matter() {
        let not_connected = || TransportFailure::NotConnected {
            reason: "refused".to_owned(),
        };
        for (name, missing, mentioned) in [
            ("HTTPS_PROXY", true, true),
            ("all_proxy", true, true),
            ("HTTPS_PROXY", false, false),
            ("NO_PROXY", true, false),
        ] {
            let told = told_of(&Set(name), not_connected(), missing).to_string();
            assert_eq!(
                told.contains(&format!("{name} is set")),
                mentioned,
                "{told}"
            );
            assert!(
                told.contains("refused") && !told.contains("hunter2"),
                "{told}"
            );
        }
        let other = told_of(&Set("HTTPS_PROXY"), TransportFailure::TimedOut, true);
        assert_eq!(other, TransportFailure::TimedOut);
    }
}
