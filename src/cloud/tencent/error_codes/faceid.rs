//! The codes of faceid (2018-03-01) that are about the envelope.
//!
//! Source: the error codes of the product in its official SDKs.

use crate::cloud::error_table::{Row, row};
use crate::error::ErrorKind::Service;

#[rustfmt::skip]
pub(super) const TABLE: &[Row] = &[
    row("FailedOperation.DecryptSystemError", Service, "the service could not open the envelope; check that the public key is its current one and of the algorithm sent"),
    row("FailedOperation.EncryptSystemError", Service, "the service could not seal the answer; check that the public key is its current one, then ask again"),
    row("InternalError.EncryptSystemError", Service, "the service's encryption failed inside; seal a new request"),
    row("InvalidParameter.UnsupportEncryptField", Service, "one of the sealed members may not be sealed in this action; send it in clear or leave it out"),
];
