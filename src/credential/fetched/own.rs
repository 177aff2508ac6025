//! Credentials from the caller's function: a vault, a secrets manager, an agent on this host.
//!
//! The function runs in parallel to the calls, one run at a time, and calls wait for it as for another call's fetch.
//! Thus a hanging function cannot delay a call beyond its deadline, and dropping a call does not end the run.

use core::time::Duration;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::SystemTime;

use super::state::{State, lock};
use super::{LOOK_AGAIN, ended_before_use, ended_on_arrival};
use crate::clock;
use crate::credential::{Credentials, Provide, Provided, Renewal};
use crate::error::Error;

/// How long a run may take before calls report that it hangs.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long before their end credentials are refreshed, where they live ten times as long or longer.
const AHEAD: Duration = Duration::from_secs(5 * 60);

/// How long a permanent error counts for every call.
const PAUSE: Duration = Duration::from_secs(5);

/// A run has no time limit of its own.
const FOR_EVER: Duration = Duration::from_secs(365 * 24 * 60 * 60);

type Start = dyn Fn(Run) -> Result<(), Error> + Send + Sync;

/// The function and its last result.
pub(crate) struct OwnSource {
    start: Box<Start>,
    state: Arc<Mutex<State>>,
}

impl OwnSource {
    /// Runs the function on a thread.
    pub(crate) fn blocking(
        function: impl Fn() -> Result<Credentials, Error> + Send + Sync + 'static,
    ) -> Self {
        let function = Arc::new(function);
        Self::of(move |run| {
            let function = Arc::clone(&function);
            let thread = thread::Builder::new().name("credentials".to_owned());
            let started = thread.spawn(move || run.end(function()));
            started.map(drop).map_err(|error| {
                Error::credential("no thread can be started to fetch credentials on")
                    .caused_by(error)
            })
        })
    }

    /// Runs the function as a task of the runtime.
    #[cfg(feature = "async")]
    pub(crate) fn asynchronous<F>(function: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Credentials, Error>> + Send + 'static,
    {
        let function = Arc::new(function);
        Self::of(move |run| {
            let runtime = tokio::runtime::Handle::try_current().map_err(|error| {
                Error::credential(
                    "an async function provides the credentials, but there is no tokio runtime to run it; use the \
                     async client, or give a blocking function",
                )
                .caused_by(error)
            })?;
            let function = Arc::clone(&function);
            runtime.spawn(async move {
                // Called inside the task, because the part before its first `await` may panic or take long.
                let outcome = tokio::time::timeout(PATIENCE, async { function().await }).await;
                run.end(outcome.unwrap_or_else(|_| Err(hangs(PATIENCE))));
            });
            Ok(())
        })
    }

    fn of(start: impl Fn(Run) -> Result<(), Error> + Send + Sync + 'static) -> Self {
        Self {
            start: Box::new(start),
            state: Arc::default(),
        }
    }

    /// Takes the lease before it unlocks the state, so that only one of the waiting calls runs the function.
    fn run(&self, mut state: MutexGuard<'_, State>, now: SystemTime) -> Result<(), Error> {
        let lease = state.lease(now, FOR_EVER);
        drop(state);
        (self.start)(Run {
            lease,
            state: Arc::clone(&self.state),
            has_ended: false,
        })
        .inspect_err(|error| lock(&self.state).fail(error, PAUSE, now))
    }
}

impl Provide for OwnSource {
    fn provide(&self, now: SystemTime) -> Result<Provided, Error> {
        let mut state = lock(&self.state);
        state.forget_refused(now);
        if let Some(good) = state.good(now) {
            if state.may_refresh(now) && self.run(state, now).is_err() {
                lock(&self.state).refresh_later(now, None);
            }
            return Ok(Provided::Ready(good));
        }
        if let Some(time) = state.leased_for(now) {
            return match time < PATIENCE {
                true => Ok(Provided::Wait(LOOK_AGAIN)),
                false => Err(hangs(time)),
            };
        }
        if let Some(failure) = state.failure(now) {
            return Err(failure);
        }
        if state.was_just_kept(now) {
            return Err(ended_before_use());
        }
        self.run(state, now)?;
        Ok(Provided::Wait(LOOK_AGAIN))
    }

    fn refused(&self, used: &Arc<Credentials>) -> Renewal {
        lock(&self.state).refused(used);
        Renewal::Possible
    }

    fn expires_at(&self) -> Option<SystemTime> {
        lock(&self.state).expires_at()
    }
}

/// One run of the function. If it is dropped without an outcome, the function has panicked or its runtime has ended.
struct Run {
    lease: u64,
    state: Arc<Mutex<State>>,
    has_ended: bool,
}

impl Run {
    fn end(mut self, outcome: Result<Credentials, Error>) {
        self.keep(outcome);
    }

    fn keep(&mut self, outcome: Result<Credentials, Error>) {
        let now = clock::now();
        let mut state = lock(&self.state);
        let outcome = outcome.and_then(|credentials| match credentials.expires_at() {
            Some(end) if end <= now => Err(ended_on_arrival(end, now)),
            _ => Ok(credentials),
        });
        match outcome {
            Ok(credentials) => state.keep(credentials, AHEAD, now),
            Err(error) if state.good(now).is_some() => {
                state.refresh_later(now, error.retry_after());
            }
            Err(error) => state.fail(&error, PAUSE, now),
        }
        state.give_back(self.lease);
        self.has_ended = true;
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if !self.has_ended {
            self.keep(Err(Error::credential(
                "the credentials function ended without a result; it may have panicked",
            )));
        }
    }
}

fn hangs(time: Duration) -> Error {
    Error::transport(format!(
        "the credentials function has not returned for {} s; check the service that it asks",
        time.as_secs()
    ))
    .with_nothing_sent()
}
