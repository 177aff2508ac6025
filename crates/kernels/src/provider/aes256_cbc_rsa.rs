//! AES-256-CBC; the key wrapped with RSA PKCS#1 v1.5.
//!
//! Sources: NIST SP 800-38A §6.2 (CBC), RFC 8017 §7.2.1 (RSAES-PKCS1-v1_5).

use cardseal_crypto::{
    Facts, OpenFailed, Plaintext, ProviderError, PublicKey, Rest, SecureRandom, Session,
    SessionKey, Suite, Tag, Wrap,
};

use super::one_pass::{self, Pass};
use super::wrap_failed;
use crate::aes256_cbc::{self, Encryptor, decrypt};
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
    /// The key and the IV, where both have their length.
    fn keyed<'a>(&'a self, iv: &'a [u8]) -> Option<(&'a [u8; 32], &'a [u8; 16])> {
        let key = self.0.expose_key_bytes().try_into().ok()?;
        Some((key, iv.try_into().ok()?))
    }
}

impl Session for Aes256Cbc {
    fn seal(&self, iv: &[u8], place: &mut [u8]) -> Result<Option<Tag>, ProviderError> {
        let (blocks, []) = place.as_chunks_mut() else {
            return Err(bug("a place of whole blocks"));
        };
        let (key, iv) = self.keyed(iv).ok_or_else(wrong_length)?;
        aes256_cbc::encrypt(key, iv, blocks);
        Ok(None)
    }

    fn open(&self, iv: &[u8], place: &mut [u8], tag: Option<&Tag>) -> Result<(), OpenFailed> {
        let (blocks, []) = place.as_chunks_mut() else {
            return Err(OpenFailed::Refused);
        };
        let (key, iv) = self.keyed(iv).ok_or(OpenFailed::Refused)?;
        if tag.is_some() {
            return Err(OpenFailed::Refused);
        }
        aes256_cbc::decrypt::in_place(key, iv, blocks);
        Ok(())
    }

    fn stack_of_open(&self) -> usize {
        let best = decrypt::Backend::available().next();
        let has_instructions = best.is_some_and(|best| best != decrypt::Backend::Library);
        super::stack_of_open(has_instructions)
    }

    fn next_iv(&self, sealed: &[u8]) -> Option<[u8; 16]> {
        match sealed.as_chunks() {
            ([.., last], []) => Some(*last),
            _ => None,
        }
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
        let (key, iv) = self.keyed(iv).ok_or_else(wrong_length)?;
        one_pass::seal(Encryptor::new(key, iv), body, json, rest)
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

fn wrong_length() -> ProviderError {
    bug("a key or IV of this length")
}

fn bug(what: &str) -> ProviderError {
    ProviderError::defect(format!("AES-256-CBC was not given {what}"))
}
