//! AES-256-CBC; the key wrapped with RSA PKCS#1 v1.5.
//!
//! Sources: NIST SP 800-38A §6.2 (CBC), RFC 8017 §7.2.1 (RSAES-PKCS1-v1_5).

use aes::Aes256;
use cardseal_crypto::{
    Facts, OpenFailed, ProviderError, PublicKey, SecureRandom, Session, SessionKey, Suite, Tag,
    Wrap,
};
use cbc::cipher::{Array, BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use rsa::traits::{PaddingScheme, PublicKeyParts};
use rsa::{BoxedUint, Pkcs1v15Encrypt};

use crate::rng::Draws;

static FACTS: Facts = Facts::cbc("AES-256-CBC", 32);

/// The suite.
pub(crate) struct Aes256CbcRsa;

impl Suite for Aes256CbcRsa {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn load(&self, key: &PublicKey<'_>) -> Option<Result<Box<dyn Wrap>, ProviderError>> {
        let PublicKey::Rsa { modulus, exponent } = key else {
            return None;
        };
        let numbers = [modulus, exponent].map(|bytes| BoxedUint::from_be_slice_vartime(bytes));
        let [modulus, exponent] = numbers;
        let key = rsa::PublicKey::new(modulus, exponent);
        let key = key.map_err(|_| ProviderError::unsupported("the crate rsa refuses this key"));
        Some(key.map(|key| Box::new(RsaKey(key)) as _))
    }

    fn restore(&self, key: SessionKey) -> Option<Box<dyn Session>> {
        let fits = key.expose_key_bytes().len() == FACTS.key_len;
        fits.then(|| Box::new(Aes256Cbc(key)) as _)
    }
}

struct RsaKey(rsa::PublicKey);

impl Wrap for RsaKey {
    fn wrapped_len(&self) -> usize {
        self.0.size()
    }

    fn start(
        &self,
        random: &dyn SecureRandom,
    ) -> Result<(Vec<u8>, Box<dyn Session>), ProviderError> {
        let key = SessionKey::draw(FACTS.key_len, random)?;
        let wrapped = Pkcs1v15Encrypt
            .encrypt(&mut Draws(random), &self.0, key.expose_key_bytes())
            .map_err(|error| match error {
                rsa::Error::Rng => ProviderError::random(),
                _ => ProviderError::defect("rsa wraps no session key"),
            })?;
        Ok((wrapped, Box::new(Aes256Cbc(key))))
    }
}

/// A session with a key in this process's memory.
struct Aes256Cbc(SessionKey);

impl Session for Aes256Cbc {
    fn seal(&self, iv: &[u8], place: &mut [u8]) -> Result<Option<Tag>, ProviderError> {
        let bug = || ProviderError::defect("AES-256-CBC was given another length than its own");
        let (blocks, []) = place.as_chunks_mut::<16>() else {
            return Err(bug());
        };
        cbc::Encryptor::<Aes256>::new_from_slices(self.0.expose_key_bytes(), iv)
            .map_err(|_| bug())?
            .encrypt_blocks(Array::cast_slice_from_core_mut(blocks));
        Ok(None)
    }

    fn open(&self, iv: &[u8], place: &mut [u8], tag: Option<&Tag>) -> Result<(), OpenFailed> {
        let (blocks, []) = place.as_chunks_mut::<16>() else {
            return Err(OpenFailed::Refused);
        };
        if tag.is_some() {
            return Err(OpenFailed::Refused);
        }
        cbc::Decryptor::<Aes256>::new_from_slices(self.0.expose_key_bytes(), iv)
            .map_err(|_| OpenFailed::Refused)?
            .decrypt_blocks(Array::cast_slice_from_core_mut(blocks));
        Ok(())
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
}
