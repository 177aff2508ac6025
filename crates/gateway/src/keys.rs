//! The service's key pairs: RSA for AES-256-CBC, SM2 for SM4-GCM.
//!
//! Public keys are written in the service's encodings: RSA-1024 as PKCS#1 PEM, SM2 as X.509 SubjectPublicKeyInfo PEM
//! (RFC 5480, curve 1.2.156.10197.1.301), and each also as Base64 of that PEM without a final line end. Private keys
//! are PKCS#1 PEM (RSA, RFC 8017) and PKCS#8 PEM (SM2, RFC 5958), which OpenSSL reads.

mod files;
mod own_algorithm;
#[cfg(feature = "server")]
mod unwrap_key;
#[cfg(feature = "server")]
mod why_not;

use std::fmt;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey, LineEnding};
use rsa::BoxedUint;
use rsa::pkcs1::{DecodeRsaPrivateKey, EncodeRsaPrivateKey, EncodeRsaPublicKey};
use rsa::traits::PublicKeyParts;
use sm2::elliptic_curve::Generate;
use zeroize::Zeroizing;

use crate::entropy;
#[cfg(feature = "server")]
pub use unwrap_key::UnwrapError;

/// Bits of the modulus of a generated RSA key, as the service uses.
const RSA_BITS: usize = 1024;

/// Accepted moduli in bits: no caller could seal for a smaller one, and larger ones only cost time.
const RSA_LOADED_BITS: RangeInclusive<u32> = 1024..=4096;

/// A body cipher and its key wrap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Suite {
    /// AES-256-CBC with PKCS#7 padding; the key wrapped with RSA PKCS#1 v1.5.
    Aes256CbcRsa,
    /// SM4-GCM; the key wrapped with SM2 (C1‖C3‖C2).
    Sm4GcmSm2,
}

impl Suite {
    /// Every suite.
    pub const ALL: [Suite; 2] = [Suite::Aes256CbcRsa, Suite::Sm4GcmSm2];

    /// The name on the command line: `aes-256-cbc` or `sm4-gcm`.
    pub fn name(self) -> &'static str {
        match self {
            Suite::Aes256CbcRsa => "aes-256-cbc",
            Suite::Sm4GcmSm2 => "sm4-gcm",
        }
    }

    /// Whether a tag stands beside its ciphertexts; if there is none, they are padded.
    #[cfg(feature = "server")]
    pub(crate) fn has_tag(self) -> bool {
        match self {
            Suite::Aes256CbcRsa => false,
            Suite::Sm4GcmSm2 => true,
        }
    }
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Suite {
    type Err = UnknownSuite;

    fn from_str(name: &str) -> Result<Self, UnknownSuite> {
        Suite::ALL
            .into_iter()
            .find(|suite| suite.name() == name)
            .ok_or(UnknownSuite)
    }
}

/// The text names no [`Suite`].
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such suite: use aes-256-cbc or sm4-gcm")]
pub struct UnknownSuite;

/// A private key of the service and its public half.
///
/// Not `Clone` or `Debug`: the private key leaves only through [`KeyPair::write_to`].
pub struct KeyPair {
    private: PrivateKey,
}

enum PrivateKey {
    Rsa(Box<rsa::PrivateKey>),
    Sm2(sm2::SecretKey),
}

impl KeyPair {
    /// A fresh key pair from the operating system's generator.
    pub fn generate(suite: Suite) -> Result<Self, KeyError> {
        let private = match suite {
            Suite::Aes256CbcRsa => {
                let mut generator = entropy::proven_generator().map_err(|_| KeyError::Entropy)?;
                let key = rsa::PrivateKey::new(&mut generator, RSA_BITS)
                    .map_err(|_| KeyError::Generation)?;
                PrivateKey::Rsa(Box::new(key))
            }
            Suite::Sm4GcmSm2 => {
                let key = sm2::SecretKey::try_generate().map_err(|_| KeyError::Entropy)?;
                PrivateKey::Sm2(key)
            }
        };
        Ok(KeyPair { private })
    }

    /// Reads a private key: `RSA PRIVATE KEY` (PKCS#1), or `PRIVATE KEY` (PKCS#8) holding RSA or SM2.
    ///
    /// RSA moduli of 1024 to 4096 bits with e = 65537 are accepted. An error never contains the text.
    pub fn from_private_pem(pem: &str) -> Result<Self, KeyError> {
        if let Ok(key) = sm2::SecretKey::from_pkcs8_pem(pem).or_else(|_| own_algorithm::read(pem)) {
            let private = PrivateKey::Sm2(key);
            return Ok(KeyPair { private });
        }
        let key = rsa::PrivateKey::from_pkcs1_pem(pem).or_else(|_| {
            rsa::PrivateKey::from_pkcs8_pem(pem).map_err(|_| KeyError::NotAPrivateKey)
        })?;
        if !RSA_LOADED_BITS.contains(&key.n().bit_width())
            || key.e() != &BoxedUint::from(65_537_u64)
        {
            return Err(KeyError::UnusableRsaKey);
        }
        let private = PrivateKey::Rsa(Box::new(key));
        Ok(KeyPair { private })
    }

    /// The suite this key serves.
    pub fn suite(&self) -> Suite {
        match &self.private {
            PrivateKey::Rsa(_) => Suite::Aes256CbcRsa,
            PrivateKey::Sm2(_) => Suite::Sm4GcmSm2,
        }
    }

    /// The public key as PEM with LF line ends: `RSA PUBLIC KEY` (PKCS#1), or `PUBLIC KEY` (SubjectPublicKeyInfo, SM2).
    pub fn public_pem(&self) -> String {
        let encoded = match &self.private {
            PrivateKey::Rsa(key) => key.to_public_key().to_pkcs1_pem(LineEnding::LF).ok(),
            PrivateKey::Sm2(key) => key.public_key().to_public_key_pem(LineEnding::LF).ok(),
        };
        // A key that was generated or parsed has an encoding; an empty text here would be refused by every reader.
        encoded.unwrap_or_default()
    }

    /// The public key in the service's form: Base64 of [`KeyPair::public_pem`] without its final line end.
    pub fn public_b64(&self) -> String {
        STANDARD.encode(self.public_pem().trim_end())
    }

    /// Whether this PEM is the public half, as [`KeyPair::public_pem`] writes it or with SM2's own OID as its algorithm.
    fn has_public_half(&self, pem: &str) -> bool {
        let own = |key| own_algorithm::is_public_half(pem, key);
        pem.trim() == self.public_pem().trim()
            || matches!(&self.private, PrivateKey::Sm2(key) if own(key))
    }

    fn private_pem(&self) -> Result<Zeroizing<String>, KeyError> {
        match &self.private {
            PrivateKey::Rsa(key) => key.to_pkcs1_pem(LineEnding::LF).ok(),
            PrivateKey::Sm2(key) => key.to_pkcs8_pem(LineEnding::LF).ok(),
        }
        .ok_or(KeyError::Generation)
    }
}

/// Why a key pair could not be made, read or written. No variant carries key material.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The operating system gave no random bytes.
    #[error("the operating system's random generator failed")]
    Entropy,
    /// Key generation or encoding failed.
    #[error("the key pair could not be made")]
    Generation,
    /// The text is not a supported private key.
    #[error(
        "not a private key: PKCS#1 or PKCS#8 PEM of an RSA key, or PKCS#8 PEM of an SM2 key, is needed"
    )]
    NotAPrivateKey,
    /// An RSA key outside 1024–4096 bits, or with an exponent other than 65537.
    #[error("the RSA key must have 1024 to 4096 bits and the exponent 65537")]
    UnusableRsaKey,
    /// `public.pem` beside the private key belongs to another key.
    #[error("{} does not belong to the private key beside it", .0.display())]
    PublicKeyDiffers(PathBuf),
    /// A file to be written already exists.
    #[error("{} exists already and is not overwritten", .0.display())]
    Exists(PathBuf),
    /// A folder holds no key pair.
    #[error("{} holds no key pair (private.pem)", .0.display())]
    NoKeyPair(PathBuf),
    /// A file or folder could not be read or written.
    #[error("{}: {source}", .path.display())]
    File {
        /// Which file or folder.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
}
