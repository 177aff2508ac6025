//! The watch on one card's call: it waits for its turn, takes from the packages, and notes in the journal before anything
//! is sent.

use std::time::Duration;

use cardseal::{Attempt, Error, ErrorKind, Watch};
use cardseal_ledger::{CallRecord, Reserved};

use crate::allowance::{Allowance, Taken};
use crate::card::Id;
use crate::pace::Turns;
use crate::results::Results;
use crate::stop::{End, Stop};

/// What all cards of a batch share.
pub(crate) struct Shared<'a> {
    pub(crate) results: &'a dyn Results,
    pub(crate) stop: &'a Stop,
    pub(crate) turns: &'a dyn Turns,
    pub(crate) allowance: Option<&'a Allowance>,
    pub(crate) cloud: &'static str,
}

/// The watch on one card's call.
pub(crate) struct OneCall<'a> {
    shared: &'a Shared<'a>,
    id: Id,
    /// A request was noted, and what came of it is not.
    is_open: bool,
    /// It was sent, and its answer did not come or cannot be read.
    is_lost: bool,
    /// What was taken from the packages for the request under way.
    taken: Option<Taken>,
    /// What was taken for requests that were sent.
    spent: Vec<Reserved>,
    /// The call is not made: the batch stops, or the card is another's.
    pub(crate) halted: bool,
    /// Requests that were sent.
    pub(crate) attempts: u32,
    calls: Vec<CallRecord>,
}

impl<'a> OneCall<'a> {
    pub(crate) fn new(shared: &'a Shared<'a>, id: Id) -> Self {
        Self {
            shared,
            id,
            is_open: false,
            is_lost: false,
            taken: None,
            spent: Vec::new(),
            halted: false,
            attempts: 0,
            calls: Vec::new(),
        }
    }

    /// Whether the card's line ends a call.
    pub(crate) fn is_open(&self) -> bool {
        self.is_open
    }

    /// Whether the last request was sent and nobody knows what the service made of it.
    pub(crate) fn lacks_its_answer(&self) -> bool {
        self.is_lost
    }

    /// The calls that were made, and what was reserved for them.
    pub(crate) fn end(mut self) -> (Vec<CallRecord>, Vec<Reserved>) {
        match self.is_open {
            true => self.spend(),
            // It ended before it was sent.
            false => self.give_back(),
        }
        (self.calls, self.spent)
    }

    fn spend(&mut self) {
        if let Some(Taken::Reserved(reserved)) = self.taken.take() {
            self.spent.push(reserved);
        }
    }

    fn give_back(&mut self) {
        if let Some(taken) = self.taken.take()
            && let Some(allowance) = self.shared.allowance
            && let Err(why) = allowance.give_back(taken)
        {
            self.shared.stop.stop(End::Unrecorded(why));
        }
    }

    /// Notes that no result is to be expected of what was sent last.
    pub(crate) fn settle(&mut self) {
        if self.is_open {
            self.is_open = false;
            if let Err(error) = self.shared.results.settle(&self.id) {
                self.shared.stop.stop(End::Unwritable(error));
            }
        }
    }

    /// Notes the service's id of the request that was answered.
    pub(crate) fn answered(&mut self, request_id: &str) {
        if let Some(last) = self.calls.last_mut() {
            last.request_id = request_id.to_owned();
        }
    }

    fn halt(&mut self) -> Error {
        self.halted = true;
        Error::transport("the batch stops")
    }
}

impl Watch for OneCall<'_> {
    fn before(&mut self) -> Result<(), Error> {
        let shared = self.shared;
        if !shared.turns.turn(shared.stop) {
            return Err(self.halt());
        }
        if self.is_open {
            // Asked again: the credentials had to be fetched first.
            return Ok(());
        }
        if let Some(allowance) = shared.allowance
            && self.taken.is_none()
        {
            match allowance.take() {
                Ok(Some(taken)) => self.taken = Some(taken),
                Ok(None) => {
                    shared.stop.stop(End::PackageEmpty);
                    return Err(self.halt());
                }
                Err(why) => {
                    shared.stop.stop(End::Unrecorded(why));
                    return Err(self.halt());
                }
            }
        }
        match shared.results.begin(&self.id) {
            Ok(true) => {}
            Ok(false) => return Err(self.halt()),
            Err(error) => {
                shared.stop.stop(End::Unwritable(error));
                return Err(self.halt());
            }
        }
        self.is_open = true;
        Ok(())
    }

    fn after(&mut self, attempt: &Attempt<'_>) {
        let record = CallRecord::of(self.shared.cloud, self.attempts.saturating_add(1), attempt);
        let is_free = record
            .as_ref()
            .is_none_or(|call| call.billed == Some(false));
        self.is_lost = record.is_some() && attempt.error.is_some_and(says_nothing);
        if let Some(record) = record {
            self.attempts = self.attempts.saturating_add(1);
            self.calls.push(record);
        }
        match is_free {
            true => self.give_back(),
            false => self.spend(),
        }
    }

    fn pause(&mut self, time: Duration) -> Result<(), Error> {
        if self.is_lost {
            // It is asked again, and what came of the request before stays in doubt.
            self.is_open = false;
        }
        self.settle();
        match self.shared.stop.sleep(time) {
            true => Ok(()),
            false => Err(self.halt()),
        }
    }
}

/// Whether an error leaves open what the service made of the request: it says no code of its own.
fn says_nothing(error: &Error) -> bool {
    error.service_code().is_none() && error.kind() != ErrorKind::Throttled
}
