//! A gate: so many requests at once, with so many bytes among them. The others wait outside, first come first served, and
//! hold nothing but their connection.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::problem::Problem;

/// Bytes are counted in these, since a semaphore's numbers are small.
const UNIT: usize = 1024;

pub(crate) struct Gate {
    places: Arc<Semaphore>,
    units: Arc<Semaphore>,
    most_units: u32,
    patience: Duration,
}

/// A place inside. It is free again when this goes.
pub(crate) struct Pass {
    _place: OwnedSemaphorePermit,
    _units: OwnedSemaphorePermit,
}

impl Gate {
    pub(crate) fn new(places: usize, bytes: usize, patience: Duration) -> Self {
        let most = u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX);
        let most = most.clamp(1, u32::MAX >> 4);
        Self {
            places: Arc::new(Semaphore::new(places.clamp(1, Semaphore::MAX_PERMITS))),
            units: Arc::new(Semaphore::new(usize::try_from(most).unwrap_or(1))),
            most_units: most,
            patience,
        }
    }

    /// Waits for a place, and for room for `bytes`.
    pub(crate) async fn enter(&self, bytes: usize) -> Result<Pass, Problem> {
        let units = u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX);
        // One that is larger than all there is waits until it is alone.
        let units = units.clamp(1, self.most_units);
        let both = async {
            // In this order everybody waits for the same thing, and nobody inside waits for a place.
            let units = Arc::clone(&self.units).acquire_many_owned(units).await;
            let place = Arc::clone(&self.places).acquire_owned().await;
            Some(Pass {
                _units: units.ok()?,
                _place: place.ok()?,
            })
        };
        match timeout(self.patience, both).await {
            Ok(Some(pass)) => Ok(pass),
            _ => Err(Problem::busy(
                "the sidecar is at its limit of requests; nothing was done; send the request again",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn places_and_bytes_are_bounded_and_come_back() {
        let gate = Gate::new(2, 8 * UNIT, Duration::from_millis(5));
        let large = gate.enter(7 * UNIT).await.unwrap_or_else(|_| panic!());
        assert!(gate.enter(2 * UNIT).await.is_err(), "no room");
        let small = gate.enter(0).await.unwrap_or_else(|_| panic!());
        drop(large);
        let other = gate.enter(2 * UNIT).await.unwrap_or_else(|_| panic!());
        assert!(gate.enter(0).await.is_err(), "no place");
        drop((small, other));
        assert!(gate.enter(usize::MAX).await.is_ok(), "alone");
    }
}
