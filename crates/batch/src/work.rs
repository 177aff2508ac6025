//! The source of cards.

use crate::card::Card;
use crate::stop::Stop;

/// The source of a batch's cards: one after the other, never all at once.
pub trait Work: Send {
    /// The next card; `None` at the end, or if the batch stops while waiting.
    fn next(&mut self, stop: &Stop) -> Option<Card>;

    /// A remaining card after the batch has stopped, for the total count; `None` if there is none, or it would have to
    /// be waited for.
    fn rest(&mut self) -> Option<Card> {
        None
    }
}
