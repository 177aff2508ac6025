//! Converts a module's error.

use cardseal_crypto::ProviderError;
use cryptoki::error::{Error, RvError};

/// `Lost` if the module or its session is gone; a defect for any other error.
pub(crate) fn failed(what: &str, error: &Error) -> ProviderError {
    let told = format!("the crypto module failed to {what}: {error}");
    match error {
        Error::Pkcs11(
            RvError::DeviceRemoved
            | RvError::DeviceError
            | RvError::TokenNotPresent
            | RvError::SessionHandleInvalid
            | RvError::SessionClosed
            | RvError::CryptokiNotInitialized
            | RvError::UserNotLoggedIn
            | RvError::KeyHandleInvalid
            | RvError::ObjectHandleInvalid,
            _,
        ) => ProviderError::lost(format!(
            "{told}; the module or its session is gone: when it is back, seal a new request"
        )),
        Error::Pkcs11(RvError::MechanismInvalid | RvError::FunctionNotSupported, _) => {
            ProviderError::unsupported(told)
        }
        _ => ProviderError::lost(told),
    }
}
