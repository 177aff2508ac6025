//! What a module's return code means to whoever asked: one table for every call.
//!
//! Source: PKCS#11 v2.40, base specification, §5.1 (the return values, by whose fault they are).

use cardseal_crypto::{OpenFailed, ProviderError};
use cryptoki::context::Function;
use cryptoki::error::{Error, RvError};

/// Whose fault a failed call is, and what is left of what the module handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// The module, its token or the login is gone, and every handle with it.
    TokenGone,
    /// The session is gone, or the key in it.
    SessionGone,
    /// The token has a problem; its handles may be good.
    TokenFailed,
    /// There is no room for another session or key now.
    Full,
    /// It did not work, and the module does not say why.
    Failed,
    /// The module cannot do this, or may not.
    Refused,
    /// The call was wrong: a defect of this crate, or of the module.
    Defect,
}

/// The table.
pub(crate) fn meaning(error: &Error) -> Meaning {
    use RvError as Rv;
    let Error::Pkcs11(code, _) = error else {
        return match error {
            Error::LibraryLoading(_) => Meaning::TokenGone,
            Error::MissingSymbol(_) | Error::NullFunctionPointer | Error::NotSupported => {
                Meaning::Refused
            }
            _ => Meaning::Defect,
        };
    };
    match code {
        Rv::CryptokiNotInitialized
        | Rv::DeviceRemoved
        | Rv::LibraryLoadFailed
        | Rv::SlotIdInvalid
        | Rv::TokenNotPresent
        | Rv::TokenNotRecognized
        | Rv::UserNotLoggedIn => Meaning::TokenGone,
        Rv::KeyHandleInvalid
        | Rv::ObjectHandleInvalid
        | Rv::SessionClosed
        | Rv::SessionHandleInvalid
        | Rv::WrappingKeyHandleInvalid => Meaning::SessionGone,
        Rv::DeviceError | Rv::FipsSelfTestFailed => Meaning::TokenFailed,
        Rv::DeviceMemory | Rv::HostMemory | Rv::SessionCount => Meaning::Full,
        Rv::ActionProhibited
        | Rv::AttributeReadOnly
        | Rv::AttributeSensitive
        | Rv::AttributeTypeInvalid
        | Rv::AttributeValueInvalid
        | Rv::CantLock
        | Rv::CurveNotSupported
        | Rv::DomainParamsInvalid
        | Rv::FunctionNotSupported
        | Rv::FunctionRejected
        | Rv::KeyFunctionNotPermitted
        | Rv::KeyNotWrappable
        | Rv::KeySizeRange
        | Rv::KeyTypeInconsistent
        | Rv::KeyUnextractable
        | Rv::MechanismInvalid
        | Rv::MechanismParamInvalid
        | Rv::NeedToCreateThreads
        | Rv::PinExpired
        | Rv::PinIncorrect
        | Rv::PinInvalid
        | Rv::PinLenRange
        | Rv::PinLocked
        | Rv::PublicKeyInvalid
        | Rv::RandomNoRng
        | Rv::SessionReadOnly
        | Rv::SessionReadWriteSoExists
        | Rv::TemplateInconsistent
        | Rv::TokenWriteProtected
        | Rv::UserAnotherAlreadyLoggedIn
        | Rv::UserPinNotInitialized
        | Rv::UserTooManyTypes
        | Rv::WrappingKeySizeRange
        | Rv::WrappingKeyTypeInconsistent => Meaning::Refused,
        Rv::ArgumentsBad
        | Rv::BufferTooSmall
        | Rv::DataInvalid
        | Rv::DataLenRange
        | Rv::EncryptedDataInvalid
        | Rv::EncryptedDataLenRange
        | Rv::OperationActive
        | Rv::OperationNotInitialized
        | Rv::TemplateIncomplete
        | Rv::UserTypeInvalid => Meaning::Defect,
        // A vendor's own codes too: nobody here knows what they mean.
        _ => Meaning::Failed,
    }
}

/// What the provider says of it: what happened, and what to do.
pub(crate) fn failed(what: &str, error: &Error) -> ProviderError {
    let told = format!("the crypto module failed to {what}: {error}");
    match meaning(error) {
        Meaning::TokenGone => ProviderError::lost(format!("{told}; {GONE}")),
        Meaning::SessionGone => ProviderError::lost(format!(
            "{told}; the session of this request is gone: seal a new request, and where that fails too, {LOAD}"
        )),
        Meaning::TokenFailed | Meaning::Failed => ProviderError::lost(format!(
            "{told}; see the module's own log and seal a new request; where that fails too, {LOAD}"
        )),
        Meaning::Full => ProviderError::lost(format!(
            "{told}; seal a new request once others are done, or give the module more room"
        )),
        Meaning::Refused => ProviderError::unsupported(format!(
            "{told}; the module cannot do this or does not allow it: ask who runs it"
        )),
        Meaning::Defect => ProviderError::defect(format!(
            "{told}; that is a defect of cardseal-pkcs11 or of the module: report it with the module's name and version"
        )),
    }
}

/// What every call of a provider says once its token is gone.
pub(crate) fn gone() -> ProviderError {
    ProviderError::lost(format!("the crypto module is gone; {GONE}"))
}

const GONE: &str = "the module, its token or the login is gone: load the module again (`Module::load`), parse the key \
                    with the new provider, and seal a new request";
const LOAD: &str = "load the module again (`Module::load`) and parse the key with the new provider";

/// What a failed decryption is to whoever opens an answer. Modules tell a wrong tag with codes of many kinds, their
/// vendors' own among them; each is the one refusal that says no more, unless it can only be about the module.
pub(crate) fn not_opened(error: &Error) -> OpenFailed {
    use RvError as Rv;
    if let Error::Pkcs11(code, Function::Decrypt) = error {
        let of_the_module = matches!(
            meaning(error),
            Meaning::TokenGone | Meaning::SessionGone | Meaning::TokenFailed | Meaning::Full
        );
        let of_the_call = matches!(
            code,
            Rv::FunctionNotSupported
                | Rv::KeyFunctionNotPermitted
                | Rv::KeyTypeInconsistent
                | Rv::MechanismInvalid
                | Rv::OperationActive
                | Rv::OperationNotInitialized
        );
        if !of_the_module && !of_the_call {
            return OpenFailed::Refused;
        }
    }
    failed("decrypt", error).into()
}

#[cfg(test)]
mod tests {
    use cardseal_crypto::ProviderErrorKind;

    use super::*;

    fn all_meanings() -> [(Meaning, RvError, ProviderErrorKind); 7] {
        use ProviderErrorKind as Kind;
        [
            (Meaning::TokenGone, RvError::DeviceRemoved, Kind::Lost),
            (
                Meaning::SessionGone,
                RvError::SessionHandleInvalid,
                Kind::Lost,
            ),
            (Meaning::TokenFailed, RvError::DeviceError, Kind::Lost),
            (Meaning::Full, RvError::SessionCount, Kind::Lost),
            (
                Meaning::Failed,
                RvError::VendorDefined(0x8000_0001),
                Kind::Lost,
            ),
            (
                Meaning::Refused,
                RvError::MechanismInvalid,
                Kind::Unsupported,
            ),
            (Meaning::Defect, RvError::ArgumentsBad, Kind::Defect),
        ]
    }

    #[test]
    fn each_meaning_has_its_kind_and_says_what_to_do() {
        for (expected, code, kind) in all_meanings() {
            let error = Error::Pkcs11(code, Function::Encrypt);
            assert_eq!(meaning(&error), expected);
            let told = failed("encrypt", &error);
            assert_eq!(told.kind(), kind, "{told}");
            let advice = ["seal a new request", "ask who runs it", "report it"];
            assert!(
                advice.iter().any(|words| told.to_string().contains(words)),
                "{told}"
            );
        }
    }

    /// Before the ciphertext was given to the module, no code speaks of it.
    #[test]
    fn only_a_decryption_itself_can_refuse_a_ciphertext() {
        for code in [
            RvError::EncryptedDataInvalid,
            RvError::GeneralError,
            RvError::VendorDefined(0x8000_0001),
        ] {
            let at = |function| not_opened(&Error::Pkcs11(code, function));
            assert_eq!(at(Function::Decrypt), OpenFailed::Refused);
            assert_ne!(at(Function::DecryptInit), OpenFailed::Refused);
        }
    }
}
