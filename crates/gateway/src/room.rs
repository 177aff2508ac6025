//! Room for the bodies of all requests together, so that many large ones at once cost no more than some.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Room is counted in pieces of so many bytes: a semaphore counts no further than some hundred million.
const PIECE: usize = 1024;

/// So many bytes, shared out.
pub(crate) struct Room {
    free: Arc<Semaphore>,
    pieces: u32,
}

impl Room {
    pub(crate) fn of(bytes: usize) -> Self {
        let pieces = u32::try_from(bytes / PIECE).unwrap_or(u32::MAX / 8).max(1);
        Room {
            free: Arc::new(Semaphore::new(pieces as usize)),
            pieces,
        }
    }

    /// Waits until there is room for so many bytes, in the order of asking. All of it at once: whoever held a part and
    /// waited for the rest could wait for ever.
    pub(crate) async fn take(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        let pieces = u32::try_from(bytes.div_ceil(PIECE)).unwrap_or(u32::MAX);
        let free = Arc::clone(&self.free);
        free.acquire_many_owned(pieces.min(self.pieces)).await.ok()
    }
}
