//! Errors of a provider, and whose fault they are.

/// Whose fault a [`ProviderError`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProviderErrorKind {
    /// The random generator failed, or gave bytes that cannot be random.
    Random,
    /// The provider cannot do this or may not: its module lacks a mechanism, say, or does not take the PIN.
    Unsupported,
    /// The provider's module is gone: it was removed, or its session ended.
    Lost,
    /// A defect in the provider.
    Defect,
}

/// A provider could not do what it was asked to. The user reads the message in cardseal's error, so it says what to do
/// next, and contains no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ProviderError {
    kind: ProviderErrorKind,
    message: String,
}

impl ProviderError {
    /// The random generator failed, or gave bytes that cannot be random. A module whose generator is gone with it is
    /// [`lost`](Self::lost).
    pub fn random() -> Self {
        Self::new(ProviderErrorKind::Random, "the random generator failed")
    }

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
