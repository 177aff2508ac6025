//! The faults that show in an answer of this cloud beside those on the wire: refusals, since nothing is encrypted.

use super::errors::{self, ServiceError};
use crate::Fault;

/// The refusals that a fault makes of a good request; throttling is part of the quota.
pub(super) fn refusal(fault: Option<Fault>) -> Option<ServiceError> {
    match fault? {
        Fault::InternalError => Some(errors::internal()),
        Fault::Expired => Some(errors::signature_failure("eop-date is too old")),
        _ => None,
    }
}
