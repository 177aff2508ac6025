//! How much, how long and how many: what the page and its server keep to.

use std::time::Duration;

/// The most bytes of a body: a picture of 24 MiB in base64, or a sealed request inside JSON.
pub(crate) const LARGEST_BODY: usize = 32 << 20;

/// A body beyond it is read to here and thrown away, so that its sender gets to read why.
pub(crate) const DRAIN: usize = 64 << 20;

/// How long a sender may take for the head of a request.
pub(crate) const HEAD_TIME: Duration = Duration::from_secs(10);

/// How long a sender may take for the body.
pub(crate) const BODY_TIME: Duration = Duration::from_secs(60);

/// How long a reader may leave an answer untouched.
pub(crate) const WRITE_TIME: Duration = Duration::from_secs(20);

/// Connections at a time. A browser has six; beyond these the oldest leaves that has not brought the token.
pub(crate) const CONNECTIONS: usize = 128;

/// Bodies that are read at a time. Others wait.
pub(crate) const READING: usize = 16;

/// Requests with a body that are worked on at a time. Others wait.
pub(crate) const AT_WORK: usize = 4;

/// Requests that wait for a service at a time, beside those that are worked on.
pub(crate) const SENDING: usize = 16;
