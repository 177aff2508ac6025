//! An environment of a test's own.
#![allow(dead_code)] // each test file uses its part

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use cardseal::{Environment, Error};
use secrecy::SecretString;

pub(crate) struct Variables {
    values: BTreeMap<String, String>,
    home: Option<PathBuf>,
}

impl Variables {
    pub(crate) fn of(pairs: &[(&str, &str)]) -> Arc<Self> {
        Self::at_home(pairs, None)
    }

    pub(crate) fn at_home(pairs: &[(&str, &str)], home: Option<PathBuf>) -> Arc<Self> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Arc::new(Self {
            values: pairs.iter().map(owned).collect(),
            home,
        })
    }
}

impl Environment for Variables {
    fn variable(&self, name: &str) -> Result<Option<SecretString>, Error> {
        Ok(self.values.get(name).cloned().map(SecretString::from))
    }
    fn home(&self) -> Option<PathBuf> {
        self.home.clone()
    }
}
