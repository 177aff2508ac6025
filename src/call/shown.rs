//! What of a call may be printed: no body, no signature, no answer.

use core::fmt;

use super::{Call, Next, Settled};

impl fmt::Debug for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A signature lets its request be replayed, and a body may say who somebody is.
        match self {
            Self::Send(_) => f.write_str("Send(..)"),
            Self::Fetch { within, .. } => write!(f, "Fetch(within {within:?})"),
            Self::Wait(time) => write!(f, "Wait({time:?})"),
        }
    }
}

impl<T> fmt::Debug for Settled<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done(_) => f.write_str("Done(..)"),
            Self::Retry { after } => write!(f, "Retry(after {after:?})"),
            Self::Fail(error) => f.debug_tuple("Fail").field(error).finish(),
        }
    }
}

impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("action", &self.unsigned.action)
            .field("origins", &self.unsigned.origins)
            .field("body_len", &self.unsigned.body.bytes.len())
            .field("settled", &self.reader.is_none())
            .finish_non_exhaustive()
    }
}
