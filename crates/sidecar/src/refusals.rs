//! The errors that the description of the interface promises, by status.

use utoipa::IntoResponses;

use crate::problem::ErrorReply;

/// What every path may answer.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "it describes, and is never made")]
pub(crate) enum AtTheDoor {
    /// The request comes from a page of a browser
    #[response(status = 403)]
    Forbidden(ErrorReply),
    /// The Host header names another place
    #[response(status = 421)]
    Misdirected(ErrorReply),
}

/// What every path below /v1 may answer beside it.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "it describes, and is never made")]
pub(crate) enum AtWork {
    /// The body is not JSON, or not as described
    #[response(status = 400)]
    Malformed(ErrorReply),
    /// The token is missing or wrong
    #[response(status = 401)]
    Unauthorized(ErrorReply),
    /// The request comes from a page of a browser
    #[response(status = 403)]
    Forbidden(ErrorReply),
    /// The body did not arrive in time
    #[response(status = 408)]
    TooSlow(ErrorReply),
    /// The body is too large
    #[response(status = 413)]
    TooLarge(ErrorReply),
    /// The body is not sent as JSON
    #[response(status = 415)]
    MediaType(ErrorReply),
    /// The Host header names another place
    #[response(status = 421)]
    Misdirected(ErrorReply),
    /// The body is as described, and what it holds cannot be used, or the service refused it
    #[response(status = 422)]
    Unusable(ErrorReply),
    /// A defect in the sidecar
    #[response(status = 500)]
    Bug(ErrorReply),
    /// Too much is going on, or credentials are missing
    #[response(status = 503)]
    Busy(ErrorReply),
    /// It took longer than is allowed
    #[response(status = 504)]
    TimedOut(ErrorReply),
}
