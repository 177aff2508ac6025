#![doc = include_str!("../README.md")]
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

// Bottom up: a module uses only what is listed above it.
mod problem;
mod json;
mod text;
mod token;
mod cloud;
mod record;
mod listen;
#[cfg(unix)]
mod socket_file;
mod config;
mod openers;
mod metrics;
mod gate;
mod body;
mod stream;
mod connections;
mod visitor;
mod shared;
mod admission;
mod seal;
mod open;
mod sign;
mod recognize;
mod refusals;
mod status;
mod routes;
mod document;
mod router;
mod server;
mod running;

// The public interface is:
pub use cloud::{Accounts, Cloud, Served};
pub use config::{Config, Limits};
pub use document::openapi;
pub use listen::{Listen, NotListenable};
pub use record::{Record, Records};
pub use running::{Running, Sidecar};
pub use token::{TokenError, Tokens};
