//! Remedies for a refusal apart from waiting: learning the service's time, or asking for other credentials. Credentials
//! are asked for once per call, and the time is learnt twice at most.

use bytes::Bytes;
use http::Response;

use super::Call;
use crate::clock;
use crate::credential::{Fetch, Provide, Renewal};
use crate::error::Error;

/// Times that one call learns the service's time.
const MOST_CLOCKS: u8 = 2;

impl<T> Call<T> {
    /// Applies the remedy for a refusal: learns the service's time, or drops the credentials.
    pub(super) fn can_be_remedied(&mut self, error: &Error, reply: &Response<Bytes>) -> bool {
        if self.clock_can_be_set(error, reply) {
            return true;
        }
        let attempt = &mut self.attempt;
        if !error.remedy().renews_credentials() || attempt.credentials_were_renewed {
            return false;
        }
        attempt.credentials_were_renewed = attempt
            .credentials
            .as_ref()
            .is_some_and(|used| self.credentials.refused(used) == Renewal::Possible);
        if attempt.credentials_were_renewed {
            attempt.refused = attempt.credentials.take();
        }
        attempt.credentials_were_renewed
    }

    fn clock_can_be_set(&mut self, error: &Error, reply: &Response<Bytes>) -> bool {
        let attempt = &mut self.attempt;
        let Some(asked_at) = attempt.asked_at.filter(|_| error.remedy().sets_clock()) else {
            return false;
        };
        let service = clock::date_of(reply.headers()).or(error.service_time());
        // One reply may have lied: another that names another time is believed, once.
        let is_set = attempt.clock_was_set < MOST_CLOCKS
            && self
                .clock_offset
                .learn(service, attempt.signed_by, asked_at);
        match is_set {
            true => attempt.clock_was_set = attempt.clock_was_set.saturating_add(1),
            // A learnt offset did not help, so it is wrong.
            false if attempt.clock_was_set > 0 => self.clock_offset.forget(attempt.signed_by),
            false => {}
        }
        is_set
    }

    /// The same for a request that fetches the credentials.
    pub(super) fn fetch_can_be_remedied(
        &mut self,
        fetch: &Fetch,
        error: &Error,
        reply: &Response<Bytes>,
    ) -> bool {
        if self.clock_can_be_set(error, reply) {
            return true;
        }
        if !error.remedy().renews_credentials() || self.attempt.base_was_renewed {
            return false;
        }
        self.attempt.base_was_renewed = fetch.renew() == Renewal::Possible;
        self.attempt.fetched.clear();
        self.attempt.base_was_renewed
    }
}
