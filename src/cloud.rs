//! The clouds, one folder each, with the same file names in every one: `id_card`, `endpoint`, `error_codes`,
//! `sign_…`. A new cloud is one folder and one line here.

pub mod ctyun;
pub mod huawei;
pub(crate) mod image;
pub(crate) mod origin;
pub mod tencent;

use bytes::Bytes;
use http::Response;

use crate::error::Error;

/// One action of one cloud: what goes in, what comes out, and what must be remembered in between.
pub trait Operation {
    /// The action's name as the cloud spells it.
    const ACTION: &'static str;

    /// The typed answer.
    type Response;

    /// What reading the answer takes: for a sealed request, its `Opener`.
    type Pending;

    /// Reads an answer. Called once at most for each `Pending`, and only with a reply that is not to be retried.
    ///
    /// # Errors
    /// Whatever the reply says, or is wrong with it.
    fn read(pending: Self::Pending, reply: &Response<Bytes>) -> Result<Self::Response, Error>;

    /// The service's no, where the reply is one; `None` for an answer, or a reply of no known shape.
    fn refusal(reply: &Response<Bytes>) -> Option<Error>;
}
