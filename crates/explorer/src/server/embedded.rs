//! The embedded gateway: a service side with keys and credentials made for this process.

use std::io;

use cardseal::{Credentials, Error};
use cardseal_gateway::{GatewayConfig, KeyPair, Running, Suite};
use secrecy::SecretString;

use super::token::random_text;

/// A gateway on loopback, and what it takes to call it.
pub(crate) struct Embedded {
    running: Running,
    id: String,
    secret: zeroize::Zeroizing<String>,
    keys: Vec<(&'static str, String)>,
}

/// The one project that it knows, by id.
pub(crate) const PROJECT: &str = "0123456789abcdef0123456789abcdef";

impl Embedded {
    pub(crate) fn start() -> io::Result<Self> {
        let pairs = Suite::ALL.iter().map(|suite| KeyPair::generate(*suite));
        let pairs: Vec<KeyPair> = pairs.collect::<Result<_, _>>().map_err(io::Error::other)?;
        let keys = pairs
            .iter()
            .map(|pair| (pair.suite().name(), pair.public_b64()))
            .collect();
        let (id, secret) = (random_text()?.to_string(), random_text()?);
        let mut config = GatewayConfig::new(pairs, id.as_str(), secret.as_str());
        // A picture, so that there is one to see: the specimen's own portrait is none.
        config.fixture = super::specimen::fixture();
        let running = Running::start(config, ([127, 0, 0, 1], 0).into())?;
        Ok(Self {
            running,
            id,
            secret,
            keys,
        })
    }

    pub(crate) fn url(&self) -> String {
        self.running.url()
    }

    /// Credentials that are of no use to anybody once this process ends. The app key is any.
    pub(crate) fn credentials(&self) -> Result<Credentials, Error> {
        Credentials::new(self.id.as_str(), self.secret.as_str())?
            .with_app_key("app-key-of-the-embedded-gateway")
    }

    pub(crate) fn secret(&self) -> SecretString {
        SecretString::from(self.secret.as_str())
    }

    /// The test key of a suite, as the service hands it out.
    pub(crate) fn key(&self, suite: &str) -> Option<&str> {
        let found = self.keys.iter().find(|(name, _)| *name == suite);
        found.map(|(_, key)| key.as_str())
    }
}
