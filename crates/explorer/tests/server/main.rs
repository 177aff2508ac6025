//! The explorer over HTTP, as its page asks it and as an attacker would.

mod client;
mod guard;
mod hidden;
mod limits;
mod patience;
mod pictures;
mod service;
mod stages;
mod tampering;
