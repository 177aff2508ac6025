//! The recipient: the service's public key, parsed and checked. It determines the suite.
//!
//! A key is base64 of a PEM text (as the service delivers it), PEM, or DER. A bad key is rejected, with the reason,
//! before any randomness is drawn or anything is sent. A provider sees only checked keys.

mod der_kinds;
mod sm2_point;
mod sm2_multiple;
mod halves;
mod key_text;
mod key_der;
mod rsa_validation;
mod checks;
pub(crate) mod suite_facts;

use core::fmt;
use std::sync::Arc;

use cardseal_crypto::{Facts, Provider, ProviderError, PublicKey, SecureRandom, Wrap};
use sha2::{Digest, Sha256};

use crate::error::KeyRejected;

/// The service that a request is sealed for, as its parsed public key.
///
/// The key alone determines the suite: with the built-in provider, an RSA key means AES-256-CBC and an SM2 key means
/// SM4-GCM. Cheap to clone; clones share the key.
#[derive(Clone)]
pub struct Recipient(Arc<Loaded>);

struct Loaded {
    facts: &'static Facts,
    wrap: Box<dyn Wrap>,
    wrapped_len: usize,
    random: Arc<dyn SecureRandom>,
    name: String,
    fingerprint: String,
    modulus: Option<Vec<u8>>,
}

impl Recipient {
    /// Parses a key in any form in which the service or its users keep it:
    ///
    /// - base64 of a PEM text, as the service delivers it (line breaks and surrounding whitespace are allowed);
    /// - PEM with any line ends or none, with literal `\n`, and with other text around the block (a `.env` file, YAML,
    ///   JSON);
    /// - DER, as bytes, base64 or hexadecimal digits;
    /// - for an SM2 key, the point alone or its two coordinates, in hex, base64, or as 65 bytes;
    /// - a JSON Web Key (RFC 7517), or a set of one key.
    ///
    /// An RSA key is PKCS#1 (`RSA PUBLIC KEY`) or SPKI (`PUBLIC KEY`); an SM2 key is SPKI. A key in another format,
    /// such as a certificate, is rejected with the command that converts it ([`KeyRejected::command`]). A private key
    /// is rejected in every form, and where it stands beside its public key, also without any name or label: numbers that
    /// belong together tell. An RSA modulus must pass the partial public-key validation of SP 800-56B rev. 2,
    /// 6.4.2; an SM2 point must lie on its curve.
    ///
    /// The ciphers come from [`crypto::built_in`](crate::crypto::built_in).
    ///
    /// # Errors
    /// [`KeyRejected`] with the reason. No message contains the key's text.
    #[cfg(any(feature = "kernels", feature = "rust-crypto"))]
    pub fn parse(key: &[u8]) -> Result<Self, KeyRejected> {
        Self::parse_with(key, crate::providers::built_in())
    }

    /// [`Recipient::parse`] with this provider: the first of its suites that accepts this kind of key.
    ///
    /// # Errors
    /// [`KeyRejected`] with the reason; [`KeyRejected::Unsupported`] if the key is valid but the provider has no suite
    /// for it.
    pub fn parse_with(key: &[u8], provider: &Provider) -> Result<Self, KeyRejected> {
        Self::find(key, provider, |_| true)
    }

    /// [`Recipient::parse_with`] for a provider with two suites for the same kind of key: takes the suite with this
    /// name, spelt as on the wire.
    ///
    /// # Errors
    /// As [`Recipient::parse_with`]; also [`KeyRejected::Unsupported`] if the provider has no suite with this name, or
    /// that suite needs another kind of key.
    pub fn parse_as(key: &[u8], algorithm: &str, provider: &Provider) -> Result<Self, KeyRejected> {
        Self::find(key, provider, |facts| facts.algorithm == algorithm)
    }

    /// Parses a DER key, PKCS#1 or SPKI, for the built-in provider.
    ///
    /// # Errors
    /// [`KeyRejected`] with the reason.
    #[cfg(any(feature = "kernels", feature = "rust-crypto"))]
    pub fn from_der(der: &[u8]) -> Result<Self, KeyRejected> {
        Self::load(der, None, crate::providers::built_in(), |_| true)
    }

    /// Whether this is a private key, in any form in which [`Recipient::parse`] names one: for a program that refuses such
    /// a file wherever it expects something else.
    #[must_use]
    pub fn is_private_key(key: &[u8]) -> bool {
        let form = key_text::to_der(key)
            .and_then(|found| key_der::parse(&found.der, found.label).map(drop));
        matches!(form, Err(KeyRejected::PrivateKey))
    }

    /// Finds the key's DER and loads it. What is refused is refused with a command for the coding that it came in.
    fn find(
        key: &[u8],
        provider: &Provider,
        wanted: impl Fn(&Facts) -> bool,
    ) -> Result<Self, KeyRejected> {
        let found = key_text::to_der(key)?;
        let recipient = Self::load(&found.der, found.label, provider, wanted)
            .map_err(|reason| reason.found_in(&found.coding))?;
        match found.named {
            Some(reason) => Err(reason),
            None => Ok(recipient),
        }
    }

    fn load(
        der: &[u8],
        label: Option<key_text::Label>,
        provider: &Provider,
        wanted: impl Fn(&Facts) -> bool,
    ) -> Result<Self, KeyRejected> {
        let form = key_der::parse(der, label)?;
        let (key, name) = checks::check(&form)?;
        let (facts, wrap, wrapped_len) = first_that_takes(&key, provider, wanted)
            .ok_or_else(|| KeyRejected::Unsupported {
                reason: format!("{} has no suite for a key of kind {name}", provider.name()),
            })?
            .map_err(|error| KeyRejected::Unsupported {
                reason: format!("{} says: {error}", provider.name()),
            })?;
        Ok(Self(Arc::new(Loaded {
            facts,
            wrap,
            wrapped_len,
            random: provider.random().clone(),
            name,
            modulus: match key {
                PublicKey::Rsa { modulus, .. } => Some(modulus.to_vec()),
                _ => None,
            },
            fingerprint: base16ct::lower::encode_string(&Sha256::digest(der)),
        })))
    }

    /// SHA-256 of the key's DER in lower-case hex: 64 characters, safe to log. The same key has different fingerprints
    /// in PKCS#1 and in SPKI form.
    pub fn fingerprint(&self) -> &str {
        &self.0.fingerprint
    }

    /// The properties of the suite: its name on the wire (`AES-256-CBC`, `SM4-GCM`), its lengths, and whether it has a
    /// tag.
    pub fn facts(&self) -> &'static Facts {
        self.0.facts
    }

    /// The suite's name on the wire: `AES-256-CBC` or `SM4-GCM`.
    pub fn algorithm(&self) -> &'static str {
        self.facts().algorithm
    }

    /// The kind of key, for display: `RSA-1024`, `SM2`.
    pub fn key_name(&self) -> &str {
        &self.0.name
    }

    /// The modulus of an RSA key, big-endian and without zeros at the front; `None` for another key. What an RSA key made is
    /// below it as a number.
    pub fn modulus(&self) -> Option<&[u8]> {
        self.0.modulus.as_deref()
    }

    pub(crate) fn wrap(&self) -> &dyn Wrap {
        &*self.0.wrap
    }

    /// Length of every wrapped key in bytes, as the provider stated when the key was loaded.
    pub(crate) fn wrapped_len(&self) -> usize {
        self.0.wrapped_len
    }

    pub(crate) fn random(&self) -> &dyn SecureRandom {
        &*self.0.random
    }
}

/// The maximum length of a wrapped key in bytes: eight times that of the longest RSA key.
const LONGEST_WRAPPED: usize = 4096;

type Taken = (&'static Facts, Box<dyn Wrap>, usize);

/// Loads the key with the first of the given suites that accepts it.
fn first_that_takes(
    key: &PublicKey<'_>,
    provider: &Provider,
    wanted: impl Fn(&Facts) -> bool,
) -> Option<Result<Taken, ProviderError>> {
    provider.suites().iter().find_map(|suite| {
        let facts = match suite_facts::of(&**suite) {
            Ok(facts) if wanted(facts) => facts,
            Ok(_) => return None,
            Err(defect) => return Some(Err(defect)),
        };
        // Each suite decides whether the key is of its kind.
        let wrap = suite.load(key)?;
        Some(wrap.and_then(|wrap| {
            let len = wrap.wrapped_len();
            match (facts.key_len..=LONGEST_WRAPPED).contains(&len) {
                true => Ok((facts, wrap, len)),
                false => Err(ProviderError::defect(format!(
                    "a wrapped key cannot have {len} bytes"
                ))),
            }
        }))
    })
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recipient")
            .field("key", &self.key_name())
            .field("suite", &self.algorithm())
            .field("fingerprint", &self.fingerprint())
            .finish()
    }
}
