//! AES-256-GCM (NIST SP 800-38D); the key wrapped with RSAES-OAEP under SHA-256 (RFC 8017 §7.1.1).

use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes256Gcm, Nonce};
use cardseal::crypto::{
    Facts, OpenFailed, ProviderError, PublicKey, SecureRandom, Session, SessionKey, Suite, Tag,
    Wrap,
};
use rsa::sha2::Sha256;
use rsa::traits::{PaddingScheme, PublicKeyParts};
use rsa::{BoxedUint, Oaep};

static FACTS: Facts = Facts::gcm("AES-256-GCM", 32);

/// The least modulus that takes a key of 32 bytes: two hashes, two bytes and the key.
const LEAST_BYTES: usize = 2 * 32 + 2 + 32;

pub(crate) struct GcmUnderOaep;

impl Suite for GcmUnderOaep {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn load(&self, key: &PublicKey<'_>) -> Option<Result<Box<dyn Wrap>, ProviderError>> {
        let PublicKey::Rsa { modulus, exponent } = key else {
            return None;
        };
        let number = BoxedUint::from_be_slice_vartime;
        let key = rsa::PublicKey::new(number(modulus), number(exponent));
        Some(match key {
            Ok(key) if key.size() >= LEAST_BYTES => Ok(Box::new(OaepKey(key))),
            _ => Err(ProviderError::unsupported(
                "OAEP with SHA-256 takes no such key; use a longer one",
            )),
        })
    }

    fn restore(&self, key: SessionKey) -> Option<Box<dyn Session>> {
        let fits = key.expose_key_bytes().len() == FACTS.key_len;
        fits.then(|| Box::new(GcmSession(key)) as _)
    }
}

struct OaepKey(rsa::PublicKey);

impl Wrap for OaepKey {
    fn wrapped_len(&self) -> usize {
        self.0.size()
    }

    fn start(
        &self,
        random: &dyn SecureRandom,
    ) -> Result<(Vec<u8>, Box<dyn Session>), ProviderError> {
        let key = SessionKey::draw(FACTS.key_len, random)?;
        let wrapped = Oaep::<Sha256>::new()
            .encrypt(&mut Draws(random), &self.0, key.expose_key_bytes())
            .map_err(|_| ProviderError::random())?;
        Ok((wrapped, Box::new(GcmSession(key))))
    }
}

/// The generator as `rsa` asks for one. OAEP would take a seed of any bytes, so the sight of a stuck one is refused here.
struct Draws<'a>(&'a dyn SecureRandom);

impl rsa::rand_core::TryRng for Draws<'_> {
    type Error = ProviderError;

    fn try_next_u32(&mut self) -> Result<u32, ProviderError> {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, ProviderError> {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, seed: &mut [u8]) -> Result<(), ProviderError> {
        self.0.fill(seed)?;
        match seed.iter().all(|byte| Some(byte) == seed.first()) {
            true => Err(ProviderError::random()),
            false => Ok(()),
        }
    }
}

impl rsa::rand_core::TryCryptoRng for Draws<'_> {}

struct GcmSession(SessionKey);

impl GcmSession {
    fn keyed(&self, iv: &[u8]) -> Option<(Aes256Gcm, Nonce<aes_gcm::aead::consts::U12>)> {
        let cipher = Aes256Gcm::new_from_slice(self.0.expose_key_bytes()).ok()?;
        Some((cipher, iv.try_into().ok()?))
    }
}

impl Session for GcmSession {
    fn seal(&self, iv: &[u8], place: &mut [u8]) -> Result<Option<Tag>, ProviderError> {
        let defect = || ProviderError::defect("AES-256-GCM was given another length than its own");
        let (cipher, nonce) = self.keyed(iv).ok_or_else(defect)?;
        let tag = cipher.encrypt_inout_detached(&nonce, b"", place.into());
        tag.map(|tag| Some(tag.into())).map_err(|_| defect())
    }

    fn open(&self, iv: &[u8], place: &mut [u8], tag: Option<&Tag>) -> Result<(), OpenFailed> {
        let (Some((cipher, nonce)), Some(tag)) = (self.keyed(iv), tag) else {
            return Err(OpenFailed::Refused);
        };
        cipher
            .decrypt_inout_detached(&nonce, b"", place.into(), tag.into())
            .map_err(|_| OpenFailed::Refused)
    }

    fn export(self: Box<Self>) -> Option<SessionKey> {
        Some(self.0)
    }
}
