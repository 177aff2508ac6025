//! The fixed properties of a suite. Code that needs one reads it here and never compares names.

/// The facts of a suite. It cannot be written as a struct; make them with [`Facts::cbc`] or [`Facts::gcm`]. cardseal reads them once, when it loads or
/// restores a key, and rejects invalid ones.
///
/// ```
/// use cardseal_crypto::Facts;
///
/// static FACTS: Facts = Facts::gcm("SM4-GCM", 16);
/// assert!(FACTS.authenticates() && FACTS.iv_len == 12);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Facts {
    /// The name on the wire, exactly as the service spells it: `AES-256-CBC`, `SM4-GCM`. At most 64 visible ASCII
    /// characters, without quotes and backslashes.
    pub algorithm: &'static str,
    /// Length of the session key in bytes, 1 to 32.
    pub key_len: usize,
    /// Length of the IV (GCM: nonce) in bytes, 8 to 16.
    pub iv_len: usize,
    /// Block length in bytes, at most 255, for a cipher that takes only whole blocks. cardseal adds PKCS#7 padding (RFC
    /// 5652 §6.3) and checks it after opening. 1 for a cipher that takes any length. Without a tag it must be a
    /// multiple of 16.
    pub block_len: usize,
    /// Length of the tag of each ciphertext in bytes: 16, or 0 for a cipher without a tag, which does not detect forged
    /// replies.
    pub tag_len: usize,
    /// Whether two texts under one key and one IV reveal their XOR and allow both to be forged.
    pub nonce_reuse_is_fatal: bool,
}

impl Facts {
    /// A suite for any length with a 16-byte tag: GCM.
    pub const fn gcm(algorithm: &'static str, key_len: usize) -> Self {
        Self {
            algorithm,
            key_len,
            iv_len: 12,
            block_len: 1,
            tag_len: 16,
            nonce_reuse_is_fatal: true,
        }
    }

    /// A suite for whole 16-byte blocks without a tag: CBC.
    pub const fn cbc(algorithm: &'static str, key_len: usize) -> Self {
        Self {
            algorithm,
            key_len,
            iv_len: 16,
            block_len: 16,
            tag_len: 0,
            nonce_reuse_is_fatal: false,
        }
    }

    /// Whether the suite has a tag that proves that a body was made with the session key.
    pub fn authenticates(&self) -> bool {
        self.tag_len > 0
    }

    /// Length of the ciphertext of `plaintext` bytes, without the tag.
    pub fn sealed_len(&self, plaintext: usize) -> usize {
        match self.block_len {
            0 | 1 => plaintext,
            // Padding is never empty: a full last block is followed by a block of padding.
            block => (plaintext.checked_div(block).unwrap_or_default())
                .saturating_add(1)
                .saturating_mul(block),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_is_never_empty() {
        let cbc = Facts::cbc("X", 32);
        for (plain, sealed) in [(0, 16), (1, 16), (15, 16), (16, 32), (17, 32), (32, 48)] {
            assert_eq!(cbc.sealed_len(plain), sealed, "{plain}");
        }
        let gcm = Facts::gcm("X", 16);
        for plain in [0, 1, 15, 16, 17] {
            assert_eq!(gcm.sealed_len(plain), plain);
        }
        assert!(gcm.authenticates() && !cbc.authenticates());
    }
}
