//! SM4-GCM; the key wrapped with SM2, C1‖C3‖C2. PKCS#11 defines no mechanisms for them, so the vendor's numbers are
//! used.
//!
//! GCM has the parameters of `CKM_AES_GCM` (`CK_GCM_PARAMS`), and the tag follows the ciphertext, as in the modules of
//! vendors that have SM4-GCM.

use std::sync::Arc;

use cardseal_crypto::{
    Facts, OpenFailed, ProviderError, PublicKey, SecureRandom, Session, SessionKey, Suite, Tag,
    Wrap,
};
use cryptoki::mechanism::aead::GcmParams;
use cryptoki::mechanism::vendor_defined::VendorDefinedMechanism;
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, KeyType, ObjectClass};

use crate::key::{self, Key};
use crate::settings::SmMechanisms;
use crate::token::Token;

static FACTS: Facts = Facts::gcm("SM4-GCM", 16);

/// The suite, with the vendor's numbers if they are set.
pub(crate) struct Sm4GcmSm2 {
    pub(crate) token: Arc<Token>,
    pub(crate) numbers: Option<SmMechanisms>,
}

impl Suite for Sm4GcmSm2 {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn load(&self, key: &PublicKey<'_>) -> Option<Result<Box<dyn Wrap>, ProviderError>> {
        let PublicKey::Sm2 { x, y } = key else {
            return None;
        };
        Some(self.load_point(x, y).map(|key| Box::new(key) as _))
    }

    /// Keys cannot enter: they exist only inside the module.
    fn restore(&self, _: SessionKey) -> Option<Box<dyn Session>> {
        None
    }
}

impl Sm4GcmSm2 {
    fn load_point(&self, x: &[u8; 32], y: &[u8; 32]) -> Result<Sm2Key, ProviderError> {
        let numbers = self.numbers.ok_or_else(|| {
            ProviderError::unsupported(
                "PKCS#11 defines no mechanisms for SM2 and SM4; set the vendor's numbers (Module::sm), or use the \
                 RSA key",
            )
        })?;
        let vendor = |number: u64| {
            MechanismType::new_vendor_defined(number as _).map_err(|_| {
                ProviderError::unsupported(format!(
                    "{number:#x} is not a vendor's mechanism number; these begin at 0x80000000"
                ))
            })
        };
        let mechanisms = Mechanisms {
            generate: vendor(numbers.sm4_key_gen)?,
            cipher: vendor(numbers.sm4_gcm)?,
            wrap: vendor(numbers.sm2_encrypt)?,
        };
        self.token.check(&[
            (
                mechanisms.generate,
                "mechanism of the number given for SM4's key generation",
            ),
            (
                mechanisms.cipher,
                "mechanism of the number given for SM4-GCM",
            ),
            (
                mechanisms.wrap,
                "mechanism of the number given for SM2's encryption",
            ),
        ])?;
        Ok(Sm2Key {
            token: self.token.clone(),
            mechanisms,
            point: [&[4], x.as_slice(), y.as_slice()].concat(),
        })
    }
}

#[derive(Clone, Copy)]
struct Mechanisms {
    generate: MechanismType,
    cipher: MechanismType,
    wrap: MechanismType,
}

struct Sm2Key {
    token: Arc<Token>,
    mechanisms: Mechanisms,
    point: Vec<u8>,
}

/// sm2p256v1, 1.2.156.10197.1.301, in DER.
const CURVE: &[u8] = &[0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d];

/// C1 (04‖x‖y) 65 bytes, C3 (SM3) 32, C2 (the key) 16.
const WRAPPED_LEN: usize = 113;

impl Wrap for Sm2Key {
    fn wrapped_len(&self) -> usize {
        WRAPPED_LEN
    }

    fn start(&self, _: &dyn SecureRandom) -> Result<(Vec<u8>, Box<dyn Session>), ProviderError> {
        let mut template = key::attributes();
        template.push(Attribute::ValueLen(16.into()));
        // An EC point is an OCTET STRING of 65 bytes.
        let point = [&[0x04, 65], self.point.as_slice()].concat();
        let public_key = [
            Attribute::Class(ObjectClass::PUBLIC_KEY),
            Attribute::KeyType(KeyType::EC),
            Attribute::Token(false),
            Attribute::Private(false),
            Attribute::Wrap(true),
            Attribute::Encrypt(true),
            Attribute::EcParams(CURVE.to_vec()),
            Attribute::EcPoint(point),
        ];
        let plain = |mechanism| {
            Mechanism::VendorDefined(VendorDefinedMechanism::new::<()>(mechanism, None))
        };
        let (key, wrapped) = Key::generate_and_wrap(
            self.token.session()?,
            &plain(self.mechanisms.generate),
            &template,
            &plain(self.mechanisms.wrap),
            &public_key,
        )?;
        let session = Sm4Gcm {
            key,
            cipher: self.mechanisms.cipher,
        };
        Ok((wrapped, Box::new(session)))
    }
}

/// A session whose key is in the module.
struct Sm4Gcm {
    key: Key,
    cipher: MechanismType,
}

impl Session for Sm4Gcm {
    fn seal(&self, iv: &[u8], place: &mut [u8]) -> Result<Option<Tag>, ProviderError> {
        let mut nonce = nonce(iv)?;
        let parameters = GcmParams::new(&mut nonce, &[], 128.into()).map_err(|_| misfit())?;
        let mechanism = VendorDefinedMechanism::new(self.cipher, Some(&parameters));
        let sealed = self
            .key
            .encrypt(&Mechanism::VendorDefined(mechanism), place)?;
        let (body, tag) = sealed.split_last_chunk().ok_or_else(misfit)?;
        if body.len() != place.len() {
            return Err(misfit());
        }
        place.copy_from_slice(body);
        Ok(Some(*tag))
    }

    fn open(&self, iv: &[u8], place: &mut [u8], tag: Option<&Tag>) -> Result<(), OpenFailed> {
        let tag = tag.ok_or(OpenFailed::Refused)?;
        let mut nonce = nonce(iv)?;
        let parameters = GcmParams::new(&mut nonce, &[], 128.into()).map_err(|_| misfit())?;
        let mechanism = VendorDefinedMechanism::new(self.cipher, Some(&parameters));
        let sealed = [place, tag.as_slice()].concat();
        let opened = self
            .key
            .decrypt(&Mechanism::VendorDefined(mechanism), &sealed)?;
        if opened.len() != place.len() {
            return Err(misfit().into());
        }
        place.copy_from_slice(&opened);
        Ok(())
    }

    fn export(self: Box<Self>) -> Option<SessionKey> {
        None
    }
}

/// The module's own memory for the nonce; a module may take one of any length.
fn nonce(iv: &[u8]) -> Result<Vec<u8>, ProviderError> {
    match iv.len() == FACTS.iv_len {
        true => Ok(iv.to_vec()),
        false => Err(ProviderError::defect("a nonce of SM4-GCM has 12 bytes")),
    }
}

fn misfit() -> ProviderError {
    ProviderError::defect("the crypto module gave another length than GCM does")
}
