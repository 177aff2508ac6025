//! A complete crypto provider in one file: AES-256-CBC with the crates `aes` and `cbc`, and keys wrapped with the crate
//! `rsa`. It uses only the documented API of `cardseal::crypto`.
//!
//! ```sh
//! cargo run --locked --example own_provider --features conformance
//! ```
//!
//! The program runs the checks of `crypto::conformance`, prints the counts, and seals one request.

use std::process::ExitCode;
use std::sync::Arc;

use aes::Aes256;
use cardseal::Recipient;
use cardseal::crypto::{
    Facts, OpenFailed, OsRandom, Provider, ProviderError, PublicKey, SecureRandom, Session,
    SessionKey, Suite, Tag, Wrap, conformance,
};
use cbc::cipher::{Array, BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use rsa::traits::{PaddingScheme, PublicKeyParts};
use rsa::{BoxedUint, Pkcs1v15Encrypt};

fn main() -> ExitCode {
    let provider = provider();
    let report = conformance::check(&provider);
    println!("{report}");

    let key = include_bytes!("../vectors/keys/tencent-demo-rsa.b64");
    match Recipient::parse_with(key, &provider).map(|recipient| recipient.seal(b"{}")) {
        Ok(Ok((sealed, _opener))) => println!("sealed {} bytes", sealed.as_json().len()),
        failed => {
            println!("nothing was sealed: {failed:?}");
            return ExitCode::FAILURE;
        }
    }
    match report.passed() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// The provider: a name and a version for reports, the suites, and their random generator.
pub(crate) fn provider() -> Provider {
    let suites = [Arc::new(AesUnderRsa) as Arc<dyn Suite>];
    Provider::new("own", "1", suites, Arc::new(OsRandom))
}

/// The facts of the suite: its name on the wire, 32 bytes of key, and the lengths of CBC with this block.
static FACTS: Facts = Facts::cbc("AES-256-CBC", 32);

/// The suite: a body cipher and its key wrap.
struct AesUnderRsa;

impl Suite for AesUnderRsa {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn load(&self, key: &PublicKey<'_>) -> Option<Result<Box<dyn Wrap>, ProviderError>> {
        let PublicKey::Rsa { modulus, exponent } = key else {
            return None;
        };
        let number = BoxedUint::from_be_slice_vartime;
        Some(
            match rsa::PublicKey::new(number(modulus), number(exponent)) {
                Ok(key) => Ok(Box::new(RsaWrap(key))),
                Err(error) => Err(ProviderError::unsupported(format!(
                    "the crate rsa takes no such key ({error}); use another key"
                ))),
            },
        )
    }

    fn restore(&self, key: SessionKey) -> Option<Box<dyn Session>> {
        let fits = key.expose_key_bytes().len() == FACTS.key_len;
        fits.then(|| Box::new(AesSession(key)) as _)
    }
}

/// A public key that wraps session keys.
struct RsaWrap(rsa::PublicKey);

impl Wrap for RsaWrap {
    fn wrapped_len(&self) -> usize {
        self.0.size()
    }

    fn start(
        &self,
        random: &dyn SecureRandom,
    ) -> Result<(Vec<u8>, Box<dyn Session>), ProviderError> {
        let key = SessionKey::draw(FACTS.key_len, random)?;
        // A key of 32 bytes fits every modulus that cardseal accepts, so only the generator can fail.
        let wrapped = Pkcs1v15Encrypt
            .encrypt(&mut Draws(random), &self.0, key.expose_key_bytes())
            .map_err(|_| ProviderError::random())?;
        Ok((wrapped, Box::new(AesSession(key))))
    }
}

/// cardseal's generator as a generator for the RustCrypto crates.
pub(crate) struct Draws<'a>(pub(crate) &'a dyn SecureRandom);

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

    fn try_fill_bytes(&mut self, buffer: &mut [u8]) -> Result<(), ProviderError> {
        self.0.fill(buffer)
    }
}

impl rsa::rand_core::TryCryptoRng for Draws<'_> {}

/// One request's session. The key is wiped when it is dropped.
struct AesSession(SessionKey);

impl Session for AesSession {
    fn seal(&self, iv: &[u8], place: &mut [u8]) -> Result<Option<Tag>, ProviderError> {
        let defect = || ProviderError::defect("AES-256-CBC was given another length than its own");
        let (blocks, []) = place.as_chunks_mut::<16>() else {
            return Err(defect());
        };
        cbc::Encryptor::<Aes256>::new_from_slices(self.0.expose_key_bytes(), iv)
            .map_err(|_| defect())?
            .encrypt_blocks(Array::cast_slice_from_core_mut(blocks));
        // CBC has no tag.
        Ok(None)
    }

    fn open(&self, iv: &[u8], place: &mut [u8], tag: Option<&Tag>) -> Result<(), OpenFailed> {
        let ((blocks, []), None) = (place.as_chunks_mut::<16>(), tag) else {
            return Err(OpenFailed::Refused);
        };
        cbc::Decryptor::<Aes256>::new_from_slices(self.0.expose_key_bytes(), iv)
            .map_err(|_| OpenFailed::Refused)?
            .decrypt_blocks(Array::cast_slice_from_core_mut(blocks));
        Ok(())
    }

    fn export(self: Box<Self>) -> Option<SessionKey> {
        Some(self.0)
    }
}
