//! The two clients: thin drivers over [`Call`]. Each sends what the call gives, passes on what came back, and does
//! what the call says, within one deadline. All decisions are the call's.

use core::time::Duration;
use std::time::Instant;

use crate::call::{Call, Settled};
use crate::clock::{Clock, SystemClock};
use crate::cloud::Operation;
use crate::error::Error;
use crate::transport::{TransportFailure, TransportOptions};

/// The async client, on a tokio runtime. Cheap to clone; clones share their connections.
#[cfg(feature = "async")]
#[derive(Clone)]
pub struct Client {
    transport: crate::transport::reqwest::Reqwest,
    deadline: Duration,
}

#[cfg(feature = "async")]
impl Client {
    /// A client with the usual limits.
    ///
    /// # Errors
    /// `Transport` where TLS cannot be set up.
    pub fn new() -> Result<Self, Error> {
        Self::with_options(&TransportOptions::default())
    }

    /// A client with limits of one's own.
    ///
    /// # Errors
    /// `Transport` where TLS cannot be set up, or an extra certificate is none.
    pub fn with_options(options: &TransportOptions) -> Result<Self, Error> {
        Ok(Self {
            transport: crate::transport::reqwest::Reqwest::new(options)?,
            deadline: options.deadline,
        })
    }

    /// Runs a call to its answer. Dropping the future ends it; the session key is wiped with it.
    ///
    /// # Errors
    /// Whatever went wrong; [`Error::kind`] says whose fault it is.
    pub async fn run<O: Operation>(&self, mut call: Call<O>) -> Result<O::Response, Error> {
        let deadline = Deadline::start(self.deadline);
        loop {
            let request = call.next(SystemClock.now())?;
            let outcome = match deadline.left() {
                Some(left) => self.transport.send(request, left).await,
                None => Err(TransportFailure::TimedOut),
            };
            match call.settle(outcome) {
                Settled::Done(answer) => return Ok(answer),
                Settled::Fail(error) => return Err(error),
                Settled::Again { after } => tokio::time::sleep(deadline.wait(after)?).await,
            }
        }
    }
}

/// The blocking client. It may be shared between threads by reference.
#[cfg(feature = "blocking")]
pub struct BlockingClient {
    transport: crate::transport::ureq::Ureq,
    deadline: Duration,
}

#[cfg(feature = "blocking")]
impl BlockingClient {
    /// A client with the usual limits.
    ///
    /// # Errors
    /// `Transport` where TLS cannot be set up.
    pub fn new() -> Result<Self, Error> {
        Self::with_options(&TransportOptions::default())
    }

    /// A client with limits of one's own.
    ///
    /// # Errors
    /// `Transport` where TLS cannot be set up, or an extra certificate is none.
    pub fn with_options(options: &TransportOptions) -> Result<Self, Error> {
        Ok(Self {
            transport: crate::transport::ureq::Ureq::new(options)?,
            deadline: options.deadline,
        })
    }

    /// Runs a call to its answer.
    ///
    /// # Errors
    /// Whatever went wrong; [`Error::kind`] says whose fault it is.
    pub fn run<O: Operation>(&self, mut call: Call<O>) -> Result<O::Response, Error> {
        let deadline = Deadline::start(self.deadline);
        loop {
            let request = call.next(SystemClock.now())?;
            let outcome = match deadline.left() {
                Some(left) => self.transport.send(request, left),
                None => Err(TransportFailure::TimedOut),
            };
            match call.settle(outcome) {
                Settled::Done(answer) => return Ok(answer),
                Settled::Fail(error) => return Err(error),
                Settled::Again { after } => std::thread::sleep(deadline.wait(after)?),
            }
        }
    }
}

/// The end of a call, on the clock that no one sets.
struct Deadline {
    started: Instant,
    allowed: Duration,
}

impl Deadline {
    fn start(allowed: Duration) -> Self {
        Self {
            started: Instant::now(),
            allowed,
        }
    }

    /// The time left; `None` when there is none.
    fn left(&self) -> Option<Duration> {
        self.allowed
            .checked_sub(self.started.elapsed())
            .filter(|left| !left.is_zero())
    }

    /// A delay that ends before the deadline; there is no point in a longer one.
    fn wait(&self, delay: Duration) -> Result<Duration, Error> {
        match self.left() {
            Some(left) if delay < left => Ok(delay),
            _ => Err(TransportFailure::TimedOut.into()),
        }
    }
}
