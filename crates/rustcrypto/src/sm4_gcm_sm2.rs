//! SM4-GCM; the key wrapped with SM2, C1‖C3‖C2.
//!
//! Sources: RFC 8998 §3.1 (SM4-GCM), GB/T 32918.4-2016 §6.1 (SM2 encryption and the order of its parts).

use aes_gcm::AesGcm;
use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{AeadInOut, KeyInit};
use cardseal_crypto::{
    Facts, OpenFailed, ProviderError, PublicKey, SecureRandom, Session, SessionKey, Suite, Tag,
    Wrap,
};
use sm2::pke::EncryptingKey;

use crate::rng::Draws;

static FACTS: Facts = Facts::gcm("SM4-GCM", 16);

/// C1 (04‖x‖y) 65 bytes, C3 (SM3) 32, C2 (the key) 16.
const WRAPPED_LEN: usize = 113;

type Sm4Gcm = AesGcm<sm4::Sm4, U12>;

/// The suite.
pub(crate) struct Sm4GcmSm2;

impl Suite for Sm4GcmSm2 {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn load(&self, key: &PublicKey<'_>) -> Option<Result<Box<dyn Wrap>, ProviderError>> {
        let PublicKey::Sm2 { x, y } = key else {
            return None;
        };
        let point = [&[4], x.as_slice(), y.as_slice()].concat();
        let key = EncryptingKey::from_sec1_bytes(&point);
        let key = key.map_err(|_| ProviderError::unsupported("the crate sm2 refuses this key"));
        Some(key.map(|key| Box::new(Sm2Key(key)) as _))
    }

    fn restore(&self, key: SessionKey) -> Option<Box<dyn Session>> {
        let fits = key.expose_key_bytes().len() == FACTS.key_len;
        fits.then(|| Box::new(Sm4GcmSession(key)) as _)
    }
}

struct Sm2Key(EncryptingKey);

impl Wrap for Sm2Key {
    fn wrapped_len(&self) -> usize {
        WRAPPED_LEN
    }

    fn start(
        &self,
        random: &dyn SecureRandom,
    ) -> Result<(Vec<u8>, Box<dyn Session>), ProviderError> {
        let key = SessionKey::draw(FACTS.key_len, random)?;
        // Nothing else can fail: the point is on the curve, and the key is not empty.
        let wrapped = self
            .0
            .encrypt(&mut Draws(random), key.expose_key_bytes())
            .map_err(|_| ProviderError::random())?;
        Ok((wrapped, Box::new(Sm4GcmSession(key))))
    }
}

/// A session with a key in this process's memory.
struct Sm4GcmSession(SessionKey);

impl Sm4GcmSession {
    fn cipher(&self) -> Option<Sm4Gcm> {
        Sm4Gcm::new_from_slice(self.0.expose_key_bytes()).ok()
    }
}

impl Session for Sm4GcmSession {
    fn seal(&self, iv: &[u8], place: &mut [u8]) -> Result<Option<Tag>, ProviderError> {
        let bug = || ProviderError::defect("SM4-GCM was given another length than its own");
        let nonce = iv.try_into().map_err(|_| bug())?;
        let tag = self
            .cipher()
            .ok_or_else(bug)?
            .encrypt_inout_detached(nonce, b"", place.into());
        tag.map(|tag| Some(tag.into())).map_err(|_| bug())
    }

    fn open(&self, iv: &[u8], place: &mut [u8], tag: Option<&Tag>) -> Result<(), OpenFailed> {
        let tag = tag.ok_or(OpenFailed::Refused)?;
        let nonce = iv.try_into().map_err(|_| OpenFailed::Refused)?;
        self.cipher()
            .ok_or(OpenFailed::Refused)?
            .decrypt_inout_detached(nonce, b"", place.into(), tag.into())
            .map_err(|_| OpenFailed::Refused)
    }

    fn export(self: Box<Self>) -> Option<SessionKey> {
        Some(self.0)
    }
}
