//! The body ciphers, one entry each: what the wire calls them, their lengths, how they open and seal.
//!
//! AES-256-CBC with PKCS#7 padding: NIST SP 800-38A, RFC 5652 §6.3. SM4-GCM without associated data, its 16-byte tag
//! kept apart from the ciphertext: GB/T 32907, RFC 8998 §2.

use aes::Aes256;
use aes_gcm::AesGcm;
use aes_gcm::aead::{AeadInOut, KeyInit, consts::U12};
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use sm4::Sm4;
use zeroize::Zeroizing;

use crate::Suite;

type Sm4Gcm = AesGcm<Sm4, U12>;

/// One body cipher. All lengths are in bytes.
pub(super) struct Cipher {
    pub suite: Suite,
    /// The wire's name for it.
    pub algorithm: &'static str,
    pub key_len: usize,
    pub iv_len: usize,
    /// 0: the cipher has no tag.
    pub tag_len: usize,
    pub open: Open,
    pub seal: Seal,
}

/// Key, IV, ciphertext and tag to plaintext; the lengths are checked by the callee.
type Open = fn(&[u8], &[u8], Vec<u8>, &[u8]) -> Result<Zeroizing<Vec<u8>>, CipherError>;

/// Key, IV and plaintext to ciphertext and tag.
type Seal = fn(&[u8], &[u8], &[u8]) -> Result<Sealed, CipherError>;

/// A ciphertext and, where the cipher has one, its tag.
pub(super) struct Sealed {
    pub body: Vec<u8>,
    pub tag: Option<Vec<u8>>,
}

/// A wrong length, padding or tag. Nothing says which, on purpose.
#[derive(Debug)]
pub(super) struct CipherError;

static CIPHERS: [Cipher; 2] = [
    Cipher {
        suite: Suite::Aes256CbcRsa,
        algorithm: "AES-256-CBC",
        key_len: 32,
        iv_len: 16,
        tag_len: 0,
        open: open_cbc,
        seal: seal_cbc,
    },
    Cipher {
        suite: Suite::Sm4GcmSm2,
        algorithm: "SM4-GCM",
        key_len: 16,
        iv_len: 12,
        tag_len: 16,
        open: open_gcm,
        seal: seal_gcm,
    },
];

/// The one that is meant when `Algorithm` is not said.
pub(super) fn default() -> &'static Cipher {
    let [aes, _] = &CIPHERS;
    aes
}

/// The one the wire calls so, to the letter.
pub(super) fn named(algorithm: &str) -> Option<&'static Cipher> {
    CIPHERS.iter().find(|cipher| cipher.algorithm == algorithm)
}

/// The first one that is not this one.
pub(super) fn other_than(cipher: &Cipher) -> Option<&'static Cipher> {
    CIPHERS.iter().find(|other| other.suite != cipher.suite)
}

fn open_cbc(
    key: &[u8],
    iv: &[u8],
    mut body: Vec<u8>,
    _: &[u8],
) -> Result<Zeroizing<Vec<u8>>, CipherError> {
    let cipher = cbc::Decryptor::<Aes256>::new_from_slices(key, iv).map_err(|_| CipherError)?;
    let length = cipher.decrypt_padded::<Pkcs7>(&mut body).map(<[u8]>::len);
    // Wrapped before the verdict, so that a refused body is wiped as well.
    let mut plaintext = Zeroizing::new(body);
    plaintext.truncate(length.map_err(|_| CipherError)?);
    Ok(plaintext)
}

fn seal_cbc(key: &[u8], iv: &[u8], plaintext: &[u8]) -> Result<Sealed, CipherError> {
    let cipher = cbc::Encryptor::<Aes256>::new_from_slices(key, iv).map_err(|_| CipherError)?;
    let body = cipher.encrypt_padded_vec::<Pkcs7>(plaintext);
    Ok(Sealed { body, tag: None })
}

fn open_gcm(
    key: &[u8],
    iv: &[u8],
    body: Vec<u8>,
    tag: &[u8],
) -> Result<Zeroizing<Vec<u8>>, CipherError> {
    let cipher = Sm4Gcm::new_from_slice(key).map_err(|_| CipherError)?;
    let (nonce, tag) = (
        iv.try_into().map_err(|_| CipherError)?,
        tag.try_into().map_err(|_| CipherError)?,
    );
    let mut plaintext = Zeroizing::new(body);
    cipher
        .decrypt_inout_detached(nonce, &[], plaintext.as_mut_slice().into(), tag)
        .map_err(|_| CipherError)?;
    Ok(plaintext)
}

fn seal_gcm(key: &[u8], iv: &[u8], plaintext: &[u8]) -> Result<Sealed, CipherError> {
    let cipher = Sm4Gcm::new_from_slice(key).map_err(|_| CipherError)?;
    let nonce = iv.try_into().map_err(|_| CipherError)?;
    let mut body = plaintext.to_vec();
    let tag = cipher
        .encrypt_inout_detached(nonce, &[], body.as_mut_slice().into())
        .map_err(|_| CipherError)?;
    Ok(Sealed {
        body,
        tag: Some(tag.to_vec()),
    })
}
