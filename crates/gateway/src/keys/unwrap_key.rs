//! Unwrapping a data key with the private key: RSAES-PKCS1-v1_5 (RFC 8017 §7.2) and SM2 decryption (GB/T 32918.4 §7).

use rsa::Pkcs1v15Encrypt;
use sm2::elliptic_curve::sec1::ToSec1Point;
use sm3::{Digest, Sm3};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{KeyPair, PrivateKey};

/// Length of C1: the prefix 04 and two coordinates.
pub(super) const C1: usize = 65;
/// Length of C3, an SM3 digest.
pub(super) const C3: usize = 32;
/// Length of C2 for the one plaintext length the suite has: a 16-byte SM4 key.
const C2: usize = 16;

/// This private key cannot unwrap the wrapped key. The error deliberately gives no reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the wrapped key cannot be unwrapped")]
pub struct UnwrapError;

impl KeyPair {
    /// The bytes wrapped in `blob`.
    ///
    /// For RSA, bad padding gives unpredictable bytes instead of an error (implicit rejection), so the result proves
    /// nothing until it has opened the body. For SM2, `blob` is exactly 04‖x‖y‖C3‖C2 of 113 bytes.
    ///
    /// # Errors
    /// [`UnwrapError`], the same for every reason.
    pub fn unwrap_key(&self, blob: &[u8]) -> Result<Zeroizing<Vec<u8>>, UnwrapError> {
        match &self.private {
            PrivateKey::Rsa(key) => key
                .decrypt(Pkcs1v15Encrypt, blob)
                .map(Zeroizing::new)
                .map_err(|_| UnwrapError),
            PrivateKey::Sm2(key) => unwrap_sm2(key, blob),
        }
    }
}

fn unwrap_sm2(key: &sm2::SecretKey, blob: &[u8]) -> Result<Zeroizing<Vec<u8>>, UnwrapError> {
    let (c1, rest) = blob.split_at_checked(C1).ok_or(UnwrapError)?;
    let (c3, c2) = rest.split_at_checked(C3).ok_or(UnwrapError)?;
    if c2.len() != C2 {
        return Err(UnwrapError);
    }
    let c1 = point(c1).ok_or(UnwrapError)?;
    decrypt(key, &c1, c3, c2).ok_or(UnwrapError)
}

/// B1, B2: 04‖x‖y is on the curve and not the point at infinity; the cofactor is 1.
pub(super) fn point(bytes: &[u8]) -> Option<sm2::PublicKey> {
    let is_uncompressed = bytes.first() == Some(&0x04);
    is_uncompressed.then(|| sm2::PublicKey::from_sec1_bytes(bytes).ok())?
}

/// B3 to B6, for a message of any length.
pub(super) fn decrypt(
    key: &sm2::SecretKey,
    c1: &sm2::PublicKey,
    c3: &[u8],
    c2: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    // B3: (x2, y2) = [d]C1
    let scalar = Zeroizing::new(key.to_nonzero_scalar());
    let shared = (c1.to_projective() * **scalar).to_affine();
    let shared = Zeroizing::new(shared.to_sec1_point(false).as_bytes().to_vec());
    let (x2, y2) = (shared.get(1..33)?, shared.get(33..65)?);

    // B4: t = KDF(x2‖y2); an all-zero t would leave the key in clear.
    let mut t = Zeroizing::new(Vec::with_capacity(c2.len().saturating_add(32)));
    for counter in 1_u32.. {
        if t.len() >= c2.len() {
            break;
        }
        let block = Sm3::new()
            .chain_update(x2)
            .chain_update(y2)
            .chain_update(counter.to_be_bytes());
        t.extend_from_slice(Zeroizing::new(<[u8; 32]>::from(block.finalize())).as_slice());
    }
    t.truncate(c2.len());
    let all_zero = t.as_slice().ct_eq(&vec![0; c2.len()]);

    // B5: M' = C2 ⊕ t
    let message = Zeroizing::new(c2.iter().zip(&*t).map(|(c, t)| c ^ t).collect::<Vec<u8>>());

    // B6: C3 = SM3(x2‖M'‖y2), before M' is released
    let u = Zeroizing::new(<[u8; 32]>::from(
        Sm3::new()
            .chain_update(x2)
            .chain_update(message.as_slice())
            .chain_update(y2)
            .finalize(),
    ));
    bool::from(u.as_slice().ct_eq(c3) & !all_zero).then_some(message)
}
