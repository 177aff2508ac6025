//! SM4-GCM; the key wrapped with SM2, C1‖C3‖C2.
//!
//! Sources: RFC 8998 §3.1 (SM4-GCM), GB/T 32918.4-2016 §6.1 (SM2 encryption and the order of its parts).

use cardseal_crypto::{
    Facts, OpenFailed, Plaintext, ProviderError, PublicKey, Rest, SecureRandom, Session,
    SessionKey, Suite, Tag, Wrap,
};

use super::one_pass::{self, Pass};
use super::wrap_failed;
use crate::block::Block;
use crate::sha256::{Sha256, TextBlock};
use crate::{Backend, Sealer, Sm4Gcm, sm2};

static FACTS: Facts = Facts::gcm("SM4-GCM", 16);

/// C1 (04‖x‖y) 65 bytes, C3 (SM3) 32, C2 (the key) 16.
const WRAPPED_LEN: usize = 113;

/// The suite.
pub(super) struct Sm4GcmSm2;

impl Suite for Sm4GcmSm2 {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn load(&self, key: &PublicKey<'_>) -> Option<Result<Box<dyn Wrap>, ProviderError>> {
        let PublicKey::Sm2 { x, y } = key else {
            return None;
        };
        let key = sm2::WrapKey::from_affine(x, y).map_err(|_| bug());
        Some(key.map(|key| Box::new(Sm2Key(key)) as _))
    }

    fn restore(&self, key: SessionKey) -> Option<Box<dyn Session>> {
        let fits = key.expose_key_bytes().len() == FACTS.key_len;
        fits.then(|| Box::new(Sm4GcmSession(key)) as _)
    }
}

/// An SM2 public key with its table of multiples.
struct Sm2Key(sm2::WrapKey);

impl Wrap for Sm2Key {
    fn wrapped_len(&self) -> usize {
        WRAPPED_LEN
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
        Ok((wrapped, Box::new(Sm4GcmSession(key))))
    }
}

/// A session under a key in this process's memory.
struct Sm4GcmSession(SessionKey);

impl Sm4GcmSession {
    fn keyed<'iv>(&self, iv: &'iv [u8]) -> Option<(Sm4Gcm, &'iv [u8; 12])> {
        let key = self.0.expose_key_bytes().try_into().ok()?;
        Some((Sm4Gcm::new(key), iv.try_into().ok()?))
    }
}

impl Session for Sm4GcmSession {
    fn seal(&self, iv: &[u8], place: &mut [u8]) -> Result<Option<Tag>, ProviderError> {
        let (cipher, nonce) = self.keyed(iv).ok_or_else(bug)?;
        let tag = cipher.seal_in_place(nonce, &[], place);
        tag.map(Some).map_err(|_| bug())
    }

    fn open(&self, iv: &[u8], place: &mut [u8], tag: Option<&Tag>) -> Result<(), OpenFailed> {
        let (cipher, nonce) = self.keyed(iv).ok_or(OpenFailed::Refused)?;
        cipher
            .open_in_place(nonce, &[], place, tag.ok_or(OpenFailed::Refused)?)
            .map_err(|_| OpenFailed::Refused)
    }

    fn stack_of_open(&self) -> usize {
        let best = Backend::available().next();
        let has_instructions = best.is_some_and(|best| best != Backend::Portable);
        super::stack_of_open(has_instructions)
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
        let (cipher, nonce) = self.keyed(iv).ok_or_else(bug)?;
        one_pass::seal(cipher.sealer(nonce, &[]), body, json, rest)
    }
}

impl Pass for Sealer<'_> {
    fn blocks(
        &mut self,
        blocks: &mut [Block],
        hash: &mut Sha256,
        text: &[TextBlock],
    ) -> Result<(), ProviderError> {
        self.update_hashing(blocks, hash, text).map_err(|_| bug())
    }

    fn end(self, tail: &mut [u8]) -> Result<Option<Tag>, ProviderError> {
        self.finish(tail).map(Some).map_err(|_| bug())
    }
}

fn bug() -> ProviderError {
    ProviderError::defect("SM4-GCM was given a point, key or IV that is not its own, or too much")
}
