//! Storage of results.

pub(crate) mod seal;
pub(crate) mod journal;
pub(crate) mod title;
pub(crate) mod earlier;
pub(crate) mod opening;
pub(crate) mod place;
pub(crate) mod files;

use crate::card::Id;
use crate::error::ResultsError;
use crate::line::Finished;

/// Stores the results of a batch, and knows those of earlier runs.
///
/// A call is noted before it is made. If its result is never stored, the call is in doubt.
pub trait Results: Sync {
    /// Whether a card was finished in an earlier run, successful or failed.
    fn has(&self, id: &Id) -> bool;

    /// Notes that a call is about to be made. When this returns, the note must survive a power cut. `false` if the card
    /// has become another's meanwhile: then nothing is noted, and the call is not made.
    ///
    /// # Errors
    /// [`ResultsError`]; then the call is not made, and the batch stops.
    fn begin(&self, id: &Id) -> Result<bool, ResultsError>;

    /// Notes that the last call has no result that could be lost: it was never sent, or was refused temporarily.
    ///
    /// # Errors
    /// [`ResultsError`].
    fn settle(&self, id: &Id) -> Result<(), ResultsError>;

    /// Stores finished cards, all of them or none. When this returns, they must survive a power cut.
    ///
    /// # Errors
    /// [`ResultsError`] if they could not be stored; then each of them is tried by itself.
    fn keep(&self, cards: &[Finished]) -> Result<(), ResultsError>;

    /// Notes that a card was taken and is not finished by this run: it stopped, or nothing could be sent.
    fn leave(&self, id: &Id) {
        let _ = id;
    }

    /// The number of calls that were made but whose results were not stored, in all runs.
    fn in_doubt(&self) -> u64;
}
