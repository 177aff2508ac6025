//! Why a picture cannot be prepared: what is wrong, and what to do.

use thiserror::Error;

use cardseal_sniff::Kind;

/// Why a picture cannot be prepared. The text is one line that says what to do; it contains nothing of the picture.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PrepareError {
    /// It is not a picture of a readable kind.
    #[error("this is no picture that can be prepared but {}; {}", .0.name(), .0.advice())]
    NotReadable(Kind),

    /// It is truncated, or its bytes do not follow its format.
    #[error("the {} picture is cut or damaged: {}; take or export it again", .kind.name(), .what)]
    Damaged {
        /// The format.
        kind: Kind,
        /// What was found, and where.
        what: String,
    },

    /// It seems valid, but uses a feature that is not supported.
    #[error("the {} picture is written in a way that is not read: {}; save it as an ordinary JPEG or PNG", .kind.name(), .what)]
    Unsupported {
        /// The format.
        kind: Kind,
        /// The feature.
        what: String,
    },

    /// Its header states more pixels than are accepted.
    #[error(
        "the picture states {width}×{height} pixels, more than the {most} that are read; make it smaller first"
    )]
    TooManyPixels {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
        /// The maximum.
        most: u64,
    },

    /// Its pixels are few enough, but decoding them takes too much memory.
    #[error(
        "the {} picture of {width}×{height} pixels takes {needed} MiB to decode, more than the {most} MiB that are given \
         to it; make it smaller, or save it as an ordinary JPEG", .kind.name()
    )]
    TooMuchMemory {
        /// The format.
        kind: Kind,
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
        /// What it takes, in MiB.
        needed: u64,
        /// The maximum, in MiB.
        most: u64,
    },

    /// The limits would need fewer than 500×800 pixels, at which text is no longer readable.
    #[error(
        "the {width}×{height} picture cannot be brought to {limit} without going below {floor_width}×{floor_height} \
         pixels, where a card can no longer be read; allow more, or cut the picture to the card"
    )]
    CannotFit {
        /// Pixels across, upright.
        width: u32,
        /// Pixels down, upright.
        height: u32,
        /// Minimum width in pixels.
        floor_width: u32,
        /// Minimum height in pixels.
        floor_height: u32,
        /// The limit that is too strict, as text.
        limit: String,
    },

    /// It does not fit in the format that was asked for, at the size that it has.
    #[error(
        "the picture has {bytes} bytes as {}, more than the {most} that are allowed; write it as a JPEG, or allow more",
        .format.name()
    )]
    TooLongAs {
        /// The format.
        format: Kind,
        /// What it comes to in that format.
        bytes: usize,
        /// The maximum.
        most: usize,
    },

    /// An invalid limit.
    #[error("{0}")]
    BadLimit(&'static str),
}

impl PrepareError {
    pub(crate) fn damaged(kind: Kind, what: impl Into<String>) -> Self {
        Self::Damaged {
            kind,
            what: what.into(),
        }
    }

    pub(crate) fn unsupported(kind: Kind, what: impl Into<String>) -> Self {
        Self::Unsupported {
            kind,
            what: what.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_that_is_not_read_says_what_to_do() {
        for kind in [
            Kind::Heic,
            Kind::Pdf,
            Kind::Avif,
            Kind::Html,
            Kind::Key,
            Kind::Empty,
        ] {
            assert!(!kind.is_readable());
            let said = PrepareError::NotReadable(kind).to_string();
            assert!(
                said.contains(kind.name()) && said.contains(kind.advice()),
                "{said}"
            );
        }
    }
}
