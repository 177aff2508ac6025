//! Where results go.

pub(crate) mod seal;
pub(crate) mod journal;
pub(crate) mod earlier;
pub(crate) mod files;

use crate::card::Id;
use crate::error::ResultsError;
use crate::line::Finished;

/// Where the results of a batch go, and what is known of those from before.
///
/// A call is noted before it is made, so that one whose answer was never kept is known for what it is: in doubt.
pub trait Results: Sync {
    /// Whether a card is finished from before, ok or failed.
    fn has(&self, id: &Id) -> bool;

    /// Notes that a call is about to be made. It has to last when this returns, also if the power goes.
    ///
    /// # Errors
    /// [`ResultsError`], and then the call is not made.
    fn begin(&self, id: &Id) -> Result<(), ResultsError>;

    /// Notes that the call begun last has no result that could be lost: it never left, or was refused for now.
    ///
    /// # Errors
    /// [`ResultsError`].
    fn settle(&self, id: &Id) -> Result<(), ResultsError>;

    /// Keeps finished cards, each whole or not at all, so that they last when this returns.
    ///
    /// # Errors
    /// [`ResultsError`] where one of them could not be kept.
    fn keep(&self, cards: &[Finished]) -> Result<(), ResultsError>;

    /// Calls that were begun and whose answers were not kept, from before and by now.
    fn in_doubt(&self) -> u64;
}
