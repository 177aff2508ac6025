//! Remedies for a refusal apart from waiting: learning the service's time, or asking for other credentials. Each is
//! tried once per call.

use bytes::Bytes;
use http::Response;

use super::Call;
use crate::clock;
use crate::credential::{Fetch, Provide, Renewal};
use crate::error::Error;

impl<T> Call<T> {
    /// Applies the remedy for a refusal: learns the service's time, or drops the credentials. Each is tried once per
    /// call.
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
        if attempt.clock_was_set {
            // The learnt offset did not help, so it is wrong.
            self.clock_offset.forget(attempt.signed_by);
            return false;
        }
        let service = clock::date_of(reply.headers()).or(error.service_time());
        attempt.clock_was_set = self
            .clock_offset
            .learn(service, attempt.signed_by, asked_at);
        attempt.clock_was_set
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
