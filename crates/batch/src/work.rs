//! Where cards come from.

use crate::card::Card;
use crate::stop::Stop;

/// Where the cards of a batch come from: one after the other, never all at once.
pub trait Work: Send {
    /// The next card; `None` at the end, and where the batch stops while one is waited for.
    fn next(&mut self, stop: &Stop) -> Option<Card>;

    /// A card that is left when the batch has stopped, for the count of all; `None` where there is none, or it would have
    /// to be waited for.
    fn rest(&mut self) -> Option<Card> {
        None
    }
}
