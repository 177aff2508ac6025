//! A vendor's numbers for mechanisms that PKCS#11 does not define.

/// The module's own numbers for SM2 and SM4 (`CKM_VENDOR_DEFINED` or above), from its vendor's header file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SmMechanisms {
    /// Generates an SM4 key.
    pub sm4_key_gen: u64,
    /// SM4-GCM with `CK_GCM_PARAMS`, the tag after the ciphertext.
    pub sm4_gcm: u64,
    /// SM2 encryption that can wrap a key, C1‖C3‖C2 without DER.
    pub sm2_encrypt: u64,
}

impl SmMechanisms {
    pub(crate) fn numbers(self) -> [u64; 3] {
        [self.sm4_key_gen, self.sm4_gcm, self.sm2_encrypt]
    }
}
