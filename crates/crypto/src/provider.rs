//! A provider: suites and a random generator.

use core::fmt;
use std::sync::Arc;

use crate::{SecureRandom, Suite};

/// A provider of ciphers: its suites, and the generator of their keys and IVs. Cheap to clone.
///
/// A provider is a value that you pass; making one changes no global state.
#[derive(Clone)]
pub struct Provider {
    name: &'static str,
    version: &'static str,
    suites: Arc<[Arc<dyn Suite>]>,
    random: Arc<dyn SecureRandom>,
}

impl Provider {
    /// A provider with these suites. If two of them accept the same kind of key, the first is the default.
    ///
    /// `version` is for reports. If your module tells it only at run time, `String::leak` makes it `'static`.
    pub fn new(
        name: &'static str,
        version: &'static str,
        suites: impl IntoIterator<Item = Arc<dyn Suite>>,
        random: Arc<dyn SecureRandom>,
    ) -> Self {
        Self {
            name,
            version,
            suites: suites.into_iter().collect(),
            random,
        }
    }

    /// The same suites with another generator: your own, or a failing one in a test.
    #[must_use]
    pub fn with_random(&self, random: Arc<dyn SecureRandom>) -> Self {
        Self {
            random,
            ..self.clone()
        }
    }

    /// Its name, for reports.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its version, for reports.
    pub fn version(&self) -> &'static str {
        self.version
    }

    /// Its suites, in order of preference.
    pub fn suites(&self) -> &[Arc<dyn Suite>] {
        &self.suites
    }

    /// The suite with exactly this name on the wire.
    pub fn suite(&self, algorithm: &str) -> Option<&Arc<dyn Suite>> {
        self.suites
            .iter()
            .find(|suite| suite.facts().algorithm == algorithm)
    }

    /// Its generator.
    pub fn random(&self) -> &Arc<dyn SecureRandom> {
        &self.random
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider")
            .field("name", &self.name)
            .field("version", &self.version)
            .field("suites", &self.suites)
            .finish_non_exhaustive()
    }
}
