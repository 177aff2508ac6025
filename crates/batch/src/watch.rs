//! The watch on one card's call: it waits for its turn, takes from the packages, and notes in the journal before anything
//! is sent.

use std::time::Duration;

use cardseal::{Attempt, Error, Watch};
use cardseal_ledger::CallRecord;

use crate::allowance::Allowance;
use crate::card::Id;
use crate::desk::Desk;
use crate::pace::Pace;
use crate::results::Results;
use crate::stop::{End, Stop};

/// What all cards of a batch share.
pub(crate) struct Shared<'a> {
    pub(crate) results: &'a dyn Results,
    pub(crate) stop: &'a Stop,
    pub(crate) pace: Pace,
    pub(crate) allowance: Option<&'a Allowance>,
    pub(crate) cloud: &'static str,
}

/// The watch on one card's call.
pub(crate) struct OneCall<'a> {
    shared: &'a Shared<'a>,
    desk: &'a Desk,
    id: Id,
    /// A request was noted, and what came of it is not.
    is_open: bool,
    /// What was taken from the packages for the request under way.
    has_taken: bool,
    /// The batch stops, and this call with it.
    pub(crate) halted: bool,
    /// Requests that were sent.
    pub(crate) attempts: u32,
    pub(crate) calls: Vec<CallRecord>,
}

impl<'a> OneCall<'a> {
    pub(crate) fn new(shared: &'a Shared<'a>, desk: &'a Desk, id: Id) -> Self {
        Self {
            shared,
            desk,
            id,
            is_open: false,
            has_taken: false,
            halted: false,
            attempts: 0,
            calls: Vec::new(),
        }
    }

    /// Whether the card's line ends a call.
    pub(crate) fn is_open(&self) -> bool {
        self.is_open
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
        if !shared.pace.turn(shared.stop) {
            return Err(self.halt());
        }
        if self.is_open {
            // Asked again: the credentials had to be fetched first.
            return Ok(());
        }
        if let Some(allowance) = shared.allowance
            && !self.has_taken
        {
            if !allowance.take() {
                shared.stop.stop(End::PackageEmpty);
                return Err(self.halt());
            }
            self.has_taken = true;
        }
        if let Err(error) = self.desk.begin(self.id) {
            shared.stop.stop(End::Unwritable(error));
            return Err(self.halt());
        }
        self.is_open = true;
        Ok(())
    }

    fn after(&mut self, attempt: &Attempt<'_>) {
        let record = CallRecord::of(self.shared.cloud, self.attempts.saturating_add(1), attempt);
        let is_free = record
            .as_ref()
            .is_none_or(|call| call.billed == Some(false));
        if let Some(record) = record {
            self.attempts = self.attempts.saturating_add(1);
            self.calls.push(record);
        }
        if std::mem::take(&mut self.has_taken)
            && is_free
            && let Some(allowance) = self.shared.allowance
        {
            allowance.give_back();
        }
    }

    fn pause(&mut self, time: Duration) -> Result<(), Error> {
        self.settle();
        match self.shared.stop.sleep(time) {
            true => Ok(()),
            false => Err(self.halt()),
        }
    }
}
