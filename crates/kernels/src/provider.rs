//! These kernels as a provider for cardseal: AES-256-CBC under RSA keys, SM4-GCM under SM2 keys.

mod one_pass;
mod aes256_cbc_rsa;
mod sm4_gcm_sm2;

use std::sync::Arc;

use cardseal_crypto::{OsRandom, Provider, ProviderError};

use crate::WrapError;

/// The suites of this crate over the operating system's generator.
pub fn provider() -> Provider {
    Provider::new(
        "cardseal-kernels",
        env!("CARGO_PKG_VERSION"),
        [
            Arc::new(aes256_cbc_rsa::Aes256CbcRsa) as _,
            Arc::new(sm4_gcm_sm2::Sm4GcmSm2) as _,
        ],
        Arc::new(OsRandom),
    )
}

/// A wrap of a session key fails with the generator; anything else is a defect here.
fn wrap_failed(error: WrapError<ProviderError>) -> ProviderError {
    match error {
        WrapError::Entropy(error) => error,
        WrapError::EntropyStuck => ProviderError::random(),
        _ => ProviderError::defect("the session key could not be wrapped"),
    }
}

/// What opening uses of the stack, in bytes: where the CPU has instructions for the cipher at most 4.5 KiB on x86-64,
/// and at most 7.2 KiB in portable code, by painting the stack before. Of other CPUs nothing was measured.
fn stack_of_open(has_instructions: bool) -> usize {
    match cfg!(target_arch = "x86_64") && has_instructions {
        true => 5 * 1024,
        false => 24 * 1024,
    }
}
