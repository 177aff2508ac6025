//! Running one call: everything that both clients do, except sleeping and sending.

use core::time::Duration;
use std::time::Instant;

use bytes::Bytes;
use http::Request;

use crate::call::{Call, Next};
use crate::clock;
use crate::error::Error;
use crate::rate_limit::{RateLimits, Turn};

/// A quarter of a deadline, and never more than this, is left for the answer.
const FOR_AN_ANSWER: Duration = Duration::from_secs(1);

/// The call's deadline, and its turns under a rate limit.
pub(super) struct Run<'a> {
    started: Instant,
    allowed: Duration,
    attempt: Option<Duration>,
    limits: Option<&'a RateLimits>,
    turn: Option<Turn<'a>>,
}

/// What a client does next.
pub(super) enum Step {
    Sleep(Duration),
    /// Send the call's request, within this time.
    Send(Request<Bytes>, Duration),
    /// Send a request for its credentials, within this time.
    Fetch(Request<Bytes>, Duration),
}

impl<'a> Run<'a> {
    pub(super) fn start(
        allowed: Duration,
        attempt: Option<Duration>,
        limits: Option<&'a RateLimits>,
    ) -> Self {
        Self {
            // A monotonic clock.
            started: Instant::now(),
            allowed,
            attempt,
            limits,
            turn: None,
        }
    }

    /// `before` is called before the call's own request is signed.
    pub(super) fn step<T>(
        &mut self,
        call: &mut Call<T>,
        before: impl FnOnce() -> Result<(), Error>,
    ) -> Result<Step, Error> {
        // Fetch credentials first, so that no turn is held meanwhile.
        let first = match &self.turn {
            Some(_) => None,
            None => call.first(clock::now())?,
        };
        if first.is_none()
            && let Some(limits) = self.limits
        {
            let (now, left) = (Instant::now(), self.left().unwrap_or_default());
            let patience = left.saturating_sub(self.for_an_answer());
            if self.turn.is_none() {
                self.turn = limits.turn(call.action(), now, patience);
            }
            let turn = self.turn.as_mut().ok_or_else(|| call.out_of_time())?;
            if let Some(time) = turn.wait(now) {
                // A turn that came late enough to wait once more may come too late.
                return match time < patience {
                    true => Ok(Step::Sleep(time)),
                    false => Err(call.out_of_time()),
                };
            }
            // Used up, also where the credentials have ended meanwhile. Kept, it would be long past when they are there,
            // and so would be the turns of all calls that wait for them: all would be sent at once.
            self.turn = None;
        }
        let next = match first {
            Some(next) => next,
            None => {
                before()?;
                call.next(clock::now())?
            }
        };
        let left = self.left().ok_or_else(|| call.out_of_time())?;
        match next {
            Next::Wait(time) => {
                let time = self.wait(time).ok_or_else(|| call.out_of_time())?;
                Ok(Step::Sleep(time))
            }
            Next::Fetch { request, within } => Ok(Step::Fetch(request, within.min(left))),
            Next::Send(request) => {
                let left = self.attempt.map_or(left, |most| most.min(left));
                Ok(Step::Send(request, left))
            }
        }
    }

    /// The time left; `None` when there is none.
    fn left(&self) -> Option<Duration> {
        self.allowed
            .checked_sub(self.started.elapsed())
            .filter(|left| !left.is_zero())
    }

    /// What the wait for a turn leaves of the deadline. A request that is sent in its last moment is counted by the
    /// service, and nobody is there any more for its answer.
    fn for_an_answer(&self) -> Duration {
        FOR_AN_ANSWER.min(self.allowed.checked_div(4).unwrap_or_default())
    }

    /// The delay, if it ends before the deadline.
    pub(super) fn wait(&self, delay: Duration) -> Option<Duration> {
        self.left()?.checked_sub(delay).map(|_| delay)
    }
}

#[cfg(test)]
mod tests;
