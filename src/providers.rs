//! The providers of ciphers in this build, and the default one.

#[cfg(any(feature = "kernels", feature = "rust-crypto"))]
use std::sync::OnceLock;

use cardseal_crypto::Provider;

/// The default provider: the first of [`providers`].
#[cfg(any(feature = "kernels", feature = "rust-crypto"))]
pub fn built_in() -> &'static Provider {
    #[cfg(feature = "kernels")]
    let make = cardseal_kernels::provider;
    #[cfg(not(feature = "kernels"))]
    let make = cardseal_rustcrypto::provider;
    static FIRST: OnceLock<Provider> = OnceLock::new();
    FIRST.get_or_init(make)
}

/// Every provider in this build, the default one first. Providers that must load a module are not included.
pub fn providers() -> Vec<Provider> {
    vec![
        #[cfg(feature = "kernels")]
        cardseal_kernels::provider(),
        #[cfg(feature = "rust-crypto")]
        cardseal_rustcrypto::provider(),
    ]
}
