//! The settings of a module (library, token, user), and loading it as a provider.

use core::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cardseal_crypto::{Provider, ProviderError};
use secrecy::SecretString;

use crate::aes256_cbc_rsa::Aes256CbcRsa;
use crate::settings::SmMechanisms;
use crate::sm4_gcm_sm2::Sm4GcmSm2;
use crate::token::Token;

/// A hardware module with its vendor's library. [`Module::load`] makes a provider from it.
pub struct Module {
    path: PathBuf,
    label: String,
    pin: SecretString,
    sm: Option<SmMechanisms>,
}

impl Module {
    /// Takes the path of the vendor's library, the label of the token, and the user's PIN. The library runs in this
    /// process, so use only one that you trust.
    pub fn new(
        path: impl AsRef<Path>,
        label: impl Into<String>,
        pin: impl Into<SecretString>,
    ) -> Self {
        Self {
            path: path.as_ref().to_owned(),
            label: label.into(),
            pin: pin.into(),
            sm: None,
        }
    }

    /// Sets the vendor's numbers for SM2 and SM4. Without them an SM2 key is rejected.
    #[must_use]
    pub fn sm(mut self, numbers: SmMechanisms) -> Self {
        self.sm = Some(numbers);
        self
    }

    /// Loads the library, finds the token and logs the user in.
    ///
    /// # Errors
    /// [`ProviderError`]: `Unsupported` where the module has no such token or does not take the PIN; `Lost` where it
    /// cannot be loaded. A key that the module has no mechanisms for is refused when it is parsed.
    ///
    /// A provider whose module, token or login went away stays lost, and so do the recipients and openers that came from
    /// it: each gives an error of kind `Provider`. Load the module again and parse the key with the new provider; the
    /// PIN is not kept for that.
    pub fn load(self) -> Result<Provider, ProviderError> {
        let path = self.path.to_str().ok_or_else(|| {
            ProviderError::unsupported("the path of the crypto module's library is not UTF-8")
        })?;
        let vendors = self.sm.map(SmMechanisms::numbers);
        let vendors = vendors.as_ref().map(<[u64; 3]>::as_slice);
        let token = Arc::new(Token::open(
            path,
            &self.label,
            &self.pin,
            vendors.unwrap_or_default(),
        )?);
        let rsa = Aes256CbcRsa(token.clone());
        let sm2 = Sm4GcmSm2 {
            token: token.clone(),
            numbers: self.sm,
        };
        Ok(Provider::new(
            "cardseal-pkcs11",
            env!("CARGO_PKG_VERSION"),
            [Arc::new(rsa) as _, Arc::new(sm2) as _],
            token,
        ))
    }
}

impl fmt::Debug for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Module")
            .field("path", &self.path)
            .field("label", &self.label)
            .field("sm", &self.sm)
            .finish_non_exhaustive()
    }
}
