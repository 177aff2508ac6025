//! The providers of ciphers that this build has, and the one that is used where none is named.

#[cfg(any(feature = "kernels", feature = "rust-crypto"))]
use std::sync::OnceLock;

use cardseal_crypto::Provider;

/// The provider that is used where none is named: the first of [`providers`].
#[cfg(any(feature = "kernels", feature = "rust-crypto"))]
pub fn built_in() -> &'static Provider {
    #[cfg(feature = "kernels")]
    let make = cardseal_kernels::provider;
    #[cfg(not(feature = "kernels"))]
    let make = cardseal_rustcrypto::provider;
    static FIRST: OnceLock<Provider> = OnceLock::new();
    FIRST.get_or_init(make)
}

/// Every provider that this build has, the usual one first. Those that need a module to be loaded are not among them.
pub fn providers() -> Vec<Provider> {
    vec![
        #[cfg(feature = "kernels")]
        cardseal_kernels::provider(),
        #[cfg(feature = "rust-crypto")]
        cardseal_rustcrypto::provider(),
    ]
}
