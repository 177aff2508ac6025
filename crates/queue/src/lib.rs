//! The batch on many machines: cards wait in a work queue of NATS JetStream, workers call the service once for each, and
//! the results come back as lines. Everything that rests on the server is sealed with age; it learns counts and sizes.
//!
//! [`submit`] puts cards in; [`Worker`] is the source of cards and the store of results that the engine of
//! `cardseal-batch` works with; [`collect`] writes the results; [`status`] counts.
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects
    )
)]

// Bottom up: a module uses only modules listed above it.
mod error;
mod names;
mod identity;
mod reach;
mod server;
mod parcel;
mod layout;
mod objects;
mod job;
mod submit;
mod turns;
mod ask;
mod outcome;
mod desk;
mod fetch;
mod puller;
mod worker;
mod status;
mod file;
mod result_line;
mod collect;

// The public interface is:
pub use collect::{Collecting, collect};
pub use error::QueueError;
pub use identity::Identity;
pub use job::{Job, Keys};
pub use names::JobName;
pub use reach::{Login, Reach};
pub use server::Server;
pub use status::{Status, status};
pub use submit::{Submitted, submit};
pub use turns::SharedTurns;
pub use worker::Worker;
