//! The parts of GCM one by one, for this crate's tests, benches and timing checks. Not an API:
//! nothing here guards against nonce or counter reuse.

use crate::{Backend, Sm4Gcm, hasher::Hasher, kernel::Kernel, sealer::Sealer};

/// XORs the CTR key stream from `counter` on into `buffer`; 32-bit counter.
pub fn ctr_xor(cipher: &Sm4Gcm, counter: &[u8; 16], buffer: &mut [u8]) {
    cipher.ctr_xor(counter, buffer);
}

/// A sealer that starts at the given pre-counter block J₀ instead of a nonce.
pub fn sealer_at<'k>(cipher: &'k Sm4Gcm, j0: &[u8; 16], aad: &[u8]) -> Sealer<'k> {
    Sealer::new(cipher.message(j0), aad)
}

/// GHASH of whole blocks under `h`; nothing when this CPU cannot run `backend`.
pub fn ghash(backend: Backend, h: &[u8; 16], blocks: &[[u8; 16]]) -> Option<[u8; 16]> {
    let kernel = Kernel::detect(backend)?;
    let mut hasher = Hasher::new(kernel);
    hasher.start(h);
    hasher.update(blocks);
    Some(hasher.finish().to_be_bytes())
}
