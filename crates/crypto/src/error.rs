//! Errors of a provider, and whose fault they are.

/// The random generator failed, or returned bytes that cannot be random.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the random generator failed")]
pub struct RandomError;

/// Whose fault a [`ProviderError`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProviderErrorKind {
    /// The random generator failed or got stuck.
    Random,
    /// The provider cannot do this, for example because its module lacks a mechanism.
    Unsupported,
    /// The provider's module is gone: it was removed, or its session ended.
    Lost,
    /// A defect in the provider.
    Defect,
}

/// A provider could not do what it was asked to. The message contains no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ProviderError {
    kind: ProviderErrorKind,
    message: String,
}

impl ProviderError {
    /// The provider cannot do this; `message` says what it lacks and what to do.
    pub fn unsupported(message: impl Into<String>) -> Self {
        Self::new(ProviderErrorKind::Unsupported, message)
    }

    /// The provider's module is gone; `message` says what is gone and what to do.
    pub fn lost(message: impl Into<String>) -> Self {
        Self::new(ProviderErrorKind::Lost, message)
    }

    /// A defect in the provider; `message` says which assumption failed.
    pub fn defect(message: impl Into<String>) -> Self {
        Self::new(ProviderErrorKind::Defect, message)
    }

    fn new(kind: ProviderErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }

    /// Whose fault it is.
    pub fn kind(&self) -> ProviderErrorKind {
        self.kind
    }
}

impl From<RandomError> for ProviderError {
    fn from(error: RandomError) -> Self {
        Self::new(ProviderErrorKind::Random, error.to_string())
    }
}

/// A body was not opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenFailed {
    /// The ciphertext is not this session's, or was changed. It deliberately says no more.
    #[error("the ciphertext was refused")]
    Refused,
    /// The provider could not try.
    #[error(transparent)]
    Provider(#[from] ProviderError),
}
