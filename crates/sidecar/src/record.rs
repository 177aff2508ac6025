//! The record of calls. Who keeps it is the caller's to say.

use std::sync::Arc;

use cardseal::Watch;

use crate::cloud::Cloud;

/// The record of one call: it watches the call's requests, and ends when it is dropped. Whoever asked may leave before the
/// answer comes, and the sidecar may end: a request that was on its way then has [`Watch::sends`] and no
/// [`Watch::after`].
pub trait Record: Watch + Send {
    /// The service's id of the request that was answered.
    fn answered(&mut self, request_id: &str);
}

/// Begins the record of a call of this cloud. It is asked on the threads that serve, and so it must not block.
pub type Records = Arc<dyn Fn(Cloud) -> Box<dyn Record> + Send + Sync>;

/// No record.
pub(crate) struct Unrecorded;

impl Watch for Unrecorded {}

impl Record for Unrecorded {
    fn answered(&mut self, _: &str) {}
}
