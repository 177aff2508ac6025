//! AES-256-CBC (`CKM_AES_CBC`); the key wrapped with RSA PKCS#1 v1.5 (`CKM_RSA_PKCS`).
//!
//! Source: PKCS#11 v2.40, current mechanisms, §2.1.6 and §2.10.

use std::sync::Arc;

use cardseal_crypto::{
    Facts, OpenFailed, ProviderError, PublicKey, SecureRandom, Session, SessionKey, Suite, Tag,
    Wrap,
};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, KeyType, ObjectClass};

use crate::key::{self, Key};
use crate::token::Token;

static FACTS: Facts = Facts::cbc("AES-256-CBC", 32);

/// The suite.
pub(crate) struct Aes256CbcRsa(pub(crate) Arc<Token>);

impl Suite for Aes256CbcRsa {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn load(&self, key: &PublicKey<'_>) -> Option<Result<Box<dyn Wrap>, ProviderError>> {
        let PublicKey::Rsa { modulus, exponent } = key else {
            return None;
        };
        let needed = [
            (MechanismType::AES_KEY_GEN, "CKM_AES_KEY_GEN"),
            (MechanismType::AES_CBC, "CKM_AES_CBC"),
            (MechanismType::RSA_PKCS, "CKM_RSA_PKCS"),
        ];
        let key = RsaKey {
            token: self.0.clone(),
            modulus: modulus.to_vec(),
            exponent: exponent.to_vec(),
        };
        Some(self.0.check(&needed).map(|()| Box::new(key) as _))
    }

    /// Keys cannot enter: they exist only inside the module.
    fn restore(&self, _: SessionKey) -> Option<Box<dyn Session>> {
        None
    }
}

struct RsaKey {
    token: Arc<Token>,
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

impl Wrap for RsaKey {
    fn wrapped_len(&self) -> usize {
        self.modulus.len()
    }

    fn start(&self, _: &dyn SecureRandom) -> Result<(Vec<u8>, Box<dyn Session>), ProviderError> {
        let mut template = key::attributes();
        template.push(Attribute::ValueLen(32.into()));
        let public_key = [
            Attribute::Class(ObjectClass::PUBLIC_KEY),
            Attribute::KeyType(KeyType::RSA),
            Attribute::Token(false),
            Attribute::Private(false),
            Attribute::Wrap(true),
            Attribute::Encrypt(true),
            Attribute::Modulus(self.modulus.clone()),
            Attribute::PublicExponent(self.exponent.clone()),
        ];
        let (key, wrapped) = Key::generate_and_wrap(
            self.token.session()?,
            &Mechanism::AesKeyGen,
            &template,
            &Mechanism::RsaPkcs,
            &public_key,
        )?;
        Ok((wrapped, Box::new(Aes256Cbc(key))))
    }
}

/// A session whose key is in the module.
struct Aes256Cbc(Key);

fn cbc(iv: &[u8]) -> Result<Mechanism<'static>, ProviderError> {
    let iv = iv.try_into();
    iv.map(Mechanism::AesCbc)
        .map_err(|_| ProviderError::defect("an IV of AES-256-CBC has 16 bytes"))
}

impl Session for Aes256Cbc {
    fn seal(&self, iv: &[u8], place: &mut [u8]) -> Result<Option<Tag>, ProviderError> {
        let sealed = self.0.encrypt(&cbc(iv)?, place)?;
        copy(&sealed, place)?;
        Ok(None)
    }

    fn open(&self, iv: &[u8], place: &mut [u8], tag: Option<&Tag>) -> Result<(), OpenFailed> {
        if tag.is_some() {
            return Err(OpenFailed::Refused);
        }
        if place.is_empty() {
            return Ok(());
        }
        let opened = self.0.decrypt(&cbc(iv)?, place)?;
        Ok(copy(&opened, place)?)
    }

    fn export(self: Box<Self>) -> Option<SessionKey> {
        None
    }
}

/// The module returns its own memory, which must have the same length.
fn copy(from: &[u8], place: &mut [u8]) -> Result<(), ProviderError> {
    if from.len() != place.len() {
        return Err(ProviderError::defect(
            "the crypto module gave another length than CBC does",
        ));
    }
    place.copy_from_slice(from);
    Ok(())
}
