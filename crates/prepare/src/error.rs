//! Why a picture cannot be prepared: what is wrong, and what to do.

use thiserror::Error;

use cardseal_sniff::Kind;

/// Why a picture cannot be prepared. The text is one line, says what to do, and holds nothing of the picture.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PrepareError {
    /// It is no picture of a kind that is read.
    #[error("this is no picture that can be prepared but {}; {}", .0.name(), .0.advice())]
    NotReadable(Kind),

    /// It is cut short, or its bytes are not what its format says.
    #[error("the {} picture is cut or damaged: {}; take or export it again", .kind.name(), .what)]
    Damaged {
        /// The format.
        kind: Kind,
        /// What was found, and where.
        what: String,
    },

    /// It is sound as far as can be told and written in a way that is not read.
    #[error("the {} picture is written in a way that is not read: {}; save it as an ordinary JPEG or PNG", .kind.name(), .what)]
    Unsupported {
        /// The format.
        kind: Kind,
        /// The way.
        what: String,
    },

    /// Its header states more pixels than are read.
    #[error(
        "the picture states {width}×{height} pixels, more than the {most} that are read; make it smaller first"
    )]
    TooManyPixels {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
        /// How many are read.
        most: u64,
    },

    /// The limits cannot be met without going below 500×800 pixels, where text can no longer be read.
    #[error(
        "the {width}×{height} picture cannot be brought to {limit} without going below {floor_width}×{floor_height} \
         pixels, where a card can no longer be read; allow more, or cut the picture to the card"
    )]
    CannotFit {
        /// Pixels across, upright.
        width: u32,
        /// Pixels down, upright.
        height: u32,
        /// The least pixels across.
        floor_width: u32,
        /// The least pixels down.
        floor_height: u32,
        /// The limit that is too tight, in words.
        limit: String,
    },

    /// A limit that means nothing.
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
