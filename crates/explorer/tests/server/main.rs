//! The explorer over HTTP, as its page asks it and as an attacker would.

mod client;
mod guard;
mod limits;
mod stages;
mod tampering;
