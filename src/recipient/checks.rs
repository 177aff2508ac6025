//! The checks of a public key, for every provider.

use cardseal_crypto::PublicKey;

use super::key_der::KeyForm;
use super::{rsa_validation, sm2_point};
use crate::error::KeyRejected;

/// Checks a key and returns its display name: `RSA-1024`, `SM2`.
pub(super) fn check<'a>(key: &KeyForm<'a>) -> Result<(PublicKey<'a>, String), KeyRejected> {
    match *key {
        KeyForm::Rsa { modulus, exponent } => {
            let checked = rsa_validation::check(modulus, exponent)?;
            let key = PublicKey::Rsa {
                modulus: checked.modulus(),
                exponent: &rsa_validation::EXPONENT,
            };
            Ok((key, format!("RSA-{}", checked.bits())))
        }
        KeyForm::Ec { point } => {
            let (x, y) = sm2_point::check(point)?;
            Ok((PublicKey::Sm2 { x, y }, "SM2".to_owned()))
        }
    }
}
