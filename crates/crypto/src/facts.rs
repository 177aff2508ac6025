//! What is known of a suite before anything is computed. Whoever needs to know asks here; nobody compares names.

/// The facts of a suite. [`Facts::cbc`] and [`Facts::gcm`] make them. cardseal asks for them once, where it loads a key or
/// takes one back; facts that cannot be right are refused then.
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
    /// characters, no quote or backslash among them.
    pub algorithm: &'static str,
    /// Bytes of the session key, 1 to 32.
    pub key_len: usize,
    /// Bytes of the IV (the nonce of GCM), 8 to 16.
    pub iv_len: usize,
    /// Where the cipher takes whole blocks only: their bytes, at most 255. cardseal pads to it by PKCS#7
    /// (RFC 5652 §6.3), and checks the padding of what was opened. 1 where the cipher takes any length.
    /// Without a tag it is a multiple of 16.
    pub block_len: usize,
    /// Bytes of the tag that stands beside each ciphertext: 16, or 0 where there is none and a forged answer goes
    /// unnoticed by the cipher.
    pub tag_len: usize,
    /// Whether two texts under one key and one IV give their XOR away and let both be forged.
    pub nonce_reuse_is_fatal: bool,
}

impl Facts {
    /// A suite that takes any length, with a tag of 16 bytes: a GCM.
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

    /// A suite of whole blocks of 16 bytes, without a tag: a CBC.
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

    /// Whether a tag proves that a body was made with the session key.
    pub fn authenticates(&self) -> bool {
        self.tag_len > 0
    }

    /// Bytes of ciphertext that `plaintext` bytes become, tag not counted.
    pub fn sealed_len(&self, plaintext: usize) -> usize {
        match self.block_len {
            0 | 1 => plaintext,
            // Padding is never empty: a full block is followed by a block of padding.
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
