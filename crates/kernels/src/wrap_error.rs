//! Why a secret could not be wrapped, for either kind of key.

use core::fmt;

/// Why a secret could not be wrapped. `E` is the caller's own error, from the
/// closure that supplies random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WrapError<E> {
    /// The source of random bytes failed.
    Entropy(E),
    /// The source of random bytes kept giving bytes that cannot be used. With
    /// a working source this does not happen in 2^256 calls.
    EntropyStuck,
    /// SM2 encryption is not defined for an empty message.
    MessageEmpty,
    /// The message is longer than this key can wrap at once.
    MessageTooLong {
        /// The longest message that fits, in bytes.
        limit: usize,
    },
}

impl<E> fmt::Display for WrapError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entropy(_) => f.write_str("the source of random bytes failed"),
            Self::EntropyStuck => f.write_str("the source of random bytes is stuck"),
            Self::MessageEmpty => f.write_str("the message is empty"),
            Self::MessageTooLong { limit } => {
                write!(f, "the message is longer than {limit} bytes")
            }
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for WrapError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Entropy(cause) => Some(cause),
            _ => None,
        }
    }
}
