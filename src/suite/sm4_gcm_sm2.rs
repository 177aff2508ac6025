//! SM4-GCM with the tag kept apart; the key wrapped with SM2, C1‖C3‖C2.
//!
//! Sources: GB/T 32907 (SM4), NIST SP 800-38D and RFC 8998 (GCM: 12-byte nonce, no associated data, 16-byte
//! tag), GB/T 32918.4 (SM2 encryption, SM3 as its hash, no user id), GB/T 32918.5 (the curve), and the
//! service's guide to encrypting sensitive data.

use cardseal_kernels::{Sm4Gcm, sm2};

use crate::entropy::Draw;
use crate::error::{Error, ErrorKind, KeyRejected, OpenError};
use crate::recipient::KeyForm;
use crate::secret::{SessionKey, Wiped};
use crate::suite::body::Body;
use crate::suite::{Suite, Tag, WrapKey};

/// `SM4-GCM`.
pub(crate) struct Sm4GcmSm2;

impl Suite for Sm4GcmSm2 {
    fn algorithm(&self) -> &'static str {
        "SM4-GCM"
    }

    fn key_len(&self) -> usize {
        16
    }

    fn iv_len(&self) -> usize {
        12
    }

    fn authenticates(&self) -> bool {
        true
    }

    fn ciphertext_len(&self, plaintext: usize) -> usize {
        plaintext
    }

    fn encrypt(
        &self,
        key: &SessionKey,
        iv: &[u8],
        buffer: &mut [u8],
        len: usize,
    ) -> Result<Option<Tag>, Error> {
        let (cipher, nonce) = keyed(key, iv)?;
        if buffer.len() != len {
            return Err(bug());
        }
        cipher
            .seal_in_place(nonce, &[], buffer)
            .map(Some)
            .map_err(|_| bug())
    }

    fn encrypt_body(
        &self,
        key: &SessionKey,
        iv: &[u8],
        body: &mut dyn Body,
    ) -> Result<Option<Tag>, Error> {
        let (cipher, nonce) = keyed(key, iv)?;
        let mut sealer = cipher.sealer(nonce, &[]);
        while let Some(piece) = body.next_whole()? {
            sealer
                .update_hashing(piece.blocks, piece.hash, piece.text)
                .map_err(|_| bug())?;
        }
        let last = body.last(&|len| self.ciphertext_len(len))?;
        let (blocks, tail) = last.place.as_chunks_mut();
        sealer
            .update_hashing(blocks, last.hash, last.text)
            .map_err(|_| bug())?;
        sealer.finish(tail).map(Some).map_err(|_| bug())
    }

    fn decrypt(
        &self,
        key: &SessionKey,
        iv: &[u8],
        buffer: &mut Wiped,
        tag: Option<&Tag>,
    ) -> Result<(), OpenError> {
        let outcome = open(key, iv, buffer, tag);
        if outcome.is_err() {
            buffer.wipe();
        }
        outcome
    }

    fn accept(&self, key: &KeyForm<'_>) -> Option<Result<Box<dyn WrapKey>, KeyRejected>> {
        match key {
            KeyForm::Ec { point } => {
                Some(Sm2Key::check(point).map(|key| Box::new(key) as Box<dyn WrapKey>))
            }
            KeyForm::Rsa { .. } => None,
        }
    }
}

fn keyed<'iv>(key: &SessionKey, iv: &'iv [u8]) -> Result<(Sm4Gcm, &'iv [u8; 12]), Error> {
    let key = key.expose_key_bytes().try_into().map_err(|_| bug())?;
    let nonce = iv.try_into().map_err(|_| bug())?;
    Ok((Sm4Gcm::new(key), nonce))
}

fn bug() -> Error {
    Error::new(
        ErrorKind::Bug,
        "SM4-GCM refused its input; nothing was sent",
    )
}

fn open(
    key: &SessionKey,
    iv: &[u8],
    buffer: &mut [u8],
    tag: Option<&Tag>,
) -> Result<(), OpenError> {
    let key = key.expose_key_bytes().try_into().map_err(|_| OpenError)?;
    let nonce = iv.try_into().map_err(|_| OpenError)?;
    Sm4Gcm::new(key)
        .open_in_place(nonce, &[], buffer, tag.ok_or(OpenError)?)
        .map_err(|_| OpenError)
}

/// An SM2 public key: a point checked to lie on the curve, with its table of multiples. The curve's cofactor is 1, so
/// that is all there is to check.
struct Sm2Key(sm2::WrapKey);

impl Sm2Key {
    fn check(point: &[u8]) -> Result<Self, KeyRejected> {
        if point == [0] {
            return Err(KeyRejected::PointAtInfinity);
        }
        // SEC 1, 2.3.3: 04, x, y. The service hands out no compressed points.
        let (prefix, coordinates) = point.split_first().ok_or(KeyRejected::PointEncoding)?;
        let (x, y) = coordinates
            .split_first_chunk()
            .and_then(|(x, y)| Some((x, y.try_into().ok()?)))
            .filter(|_| *prefix == 4)
            .ok_or(KeyRejected::PointEncoding)?;
        sm2::WrapKey::from_affine(x, y)
            .map(Self)
            .map_err(|reason| match reason {
                sm2::PointRejected::CoordinateOutOfRange => KeyRejected::CoordinateRange,
                _ => KeyRejected::OffCurve,
            })
    }
}

impl WrapKey for Sm2Key {
    fn wrap(&self, key: &SessionKey, draw: &mut Draw<'_>) -> Result<Vec<u8>, Error> {
        self.0
            .wrap(key.expose_key_bytes(), &mut |buffer| draw.fill(buffer))
            .map_err(super::wrap_failed)
    }

    fn blob_len(&self) -> usize {
        // C1 (04‖x‖y) 65, C3 (SM3) 32, C2 (the key) 16.
        113
    }

    fn name(&self) -> String {
        "SM2".to_owned()
    }
}
