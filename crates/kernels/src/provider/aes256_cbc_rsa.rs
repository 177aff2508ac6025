//! AES-256-CBC; the key wrapped with RSA PKCS#1 v1.5.
//!
//! Sources: NIST SP 800-38A §6.2 (CBC), RFC 8017 §7.2.1 (RSAES-PKCS1-v1_5).

use aes::Aes256;
use cardseal_crypto::{
    Facts, OpenFailed, Plaintext, ProviderError, PublicKey, Rest, SecureRandom, Session,
    SessionKey, Suite, Tag, Wrap,
};
use cbc::cipher::{BlockModeDecrypt, KeyIvInit};

use super::one_pass::{self, Pass};
use super::wrap_failed;
use crate::aes256_cbc::Encryptor;
use crate::block::Block;
use crate::rsa;
use crate::sha256::{Sha256, TextBlock};

static FACTS: Facts = Facts::cbc("AES-256-CBC", 32);

/// The suite.
pub(super) struct Aes256CbcRsa;

impl Suite for Aes256CbcRsa {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn load(&self, key: &PublicKey<'_>) -> Option<Result<Box<dyn Wrap>, ProviderError>> {
        let PublicKey::Rsa { modulus, .. } = key else {
            return None;
        };
        let key = rsa::WrapKey::new(modulus).map_err(|_| bug("a modulus that was checked"));
        Some(key.map(|key| Box::new(RsaKey(key)) as _))
    }

    fn restore(&self, key: SessionKey) -> Option<Box<dyn Session>> {
        let fits = key.expose_key_bytes().len() == FACTS.key_len;
        fits.then(|| Box::new(Aes256Cbc(key)) as _)
    }
}

/// An RSA public key with its Montgomery constants.
struct RsaKey(rsa::WrapKey);

impl Wrap for RsaKey {
    fn wrapped_len(&self) -> usize {
        self.0.bits().div_ceil(8)
    }

    fn start(
        &self,
        random: &dyn SecureRandom,
    ) -> Result<(Vec<u8>, Box<dyn Session>), ProviderError> {
        let key = SessionKey::draw(FACTS.key_len, random)?;
        let wrapped = self
            .0
            .wrap(key.expose_key_bytes(), &mut |buffer| random.fill(buffer))
            .map_err(wrap_failed)?;
        Ok((wrapped, Box::new(Aes256Cbc(key))))
    }
}

/// A session under a key in this process's memory.
struct Aes256Cbc(SessionKey);

impl Aes256Cbc {
    fn encryptor(&self, iv: &[u8]) -> Result<Encryptor, ProviderError> {
        match (self.0.expose_key_bytes().try_into(), iv.try_into()) {
            (Ok(key), Ok(iv)) => Ok(Encryptor::new(key, iv)),
            _ => Err(bug("a key or IV of this length")),
        }
    }
}

impl Session for Aes256Cbc {
    fn seal(&self, iv: &[u8], place: &mut [u8]) -> Result<Option<Tag>, ProviderError> {
        let (blocks, []) = place.as_chunks_mut() else {
            return Err(bug("a place of whole blocks"));
        };
        self.encryptor(iv)?.encrypt(blocks);
        Ok(None)
    }

    fn open(&self, iv: &[u8], place: &mut [u8], tag: Option<&Tag>) -> Result<(), OpenFailed> {
        let (blocks, []) = place.as_chunks_mut::<16>() else {
            return Err(OpenFailed::Refused);
        };
        if tag.is_some() {
            return Err(OpenFailed::Refused);
        }
        // All blocks at once: nothing in CBC decryption waits for the block before.
        cbc::Decryptor::<Aes256>::new_from_slices(self.0.expose_key_bytes(), iv)
            .map_err(|_| OpenFailed::Refused)?
            .decrypt_blocks(cbc::cipher::Array::cast_slice_from_core_mut(blocks));
        Ok(())
    }

    fn export(self: Box<Self>) -> Option<SessionKey> {
        Some(self.0)
    }

    fn seal_body(
        &self,
        iv: &[u8],
        body: &dyn Plaintext,
        json: &mut Vec<u8>,
        rest: &mut Rest<'_>,
    ) -> Result<[u8; 32], ProviderError> {
        one_pass::seal(self.encryptor(iv)?, body, json, rest)
    }
}

impl Pass for Encryptor {
    fn blocks(
        &mut self,
        blocks: &mut [Block],
        hash: &mut Sha256,
        text: &[TextBlock],
    ) -> Result<(), ProviderError> {
        self.encrypt_and_hash(blocks, hash, text);
        Ok(())
    }

    fn end(self, tail: &mut [u8]) -> Result<Option<Tag>, ProviderError> {
        match tail {
            [] => Ok(None),
            _ => Err(bug("a body of whole blocks")),
        }
    }
}

fn bug(what: &str) -> ProviderError {
    ProviderError::defect(format!("AES-256-CBC was not given {what}"))
}
