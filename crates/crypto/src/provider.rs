//! A provider: suites, and a generator for them.

use core::fmt;
use std::sync::Arc;

use crate::{SecureRandom, Suite};

/// Where the ciphers come from: suites, and the generator that their keys and IVs come from. Cheap to clone.
///
/// A provider is a value. Nothing in a process is set by making one; what uses it is given it.
#[derive(Clone)]
pub struct Provider {
    name: &'static str,
    version: &'static str,
    suites: Arc<[Arc<dyn Suite>]>,
    random: Arc<dyn SecureRandom>,
}

impl Provider {
    /// A provider of these suites. Where two of them take one kind of key, the first is the usual one.
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

    /// The same suites over another generator: a bank's own, or one that fails, in a test.
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

    /// The suite of this name on the wire, spelt exactly so.
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
