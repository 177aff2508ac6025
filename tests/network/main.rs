//! How the two drivers get to a service, one and the same way: what they connect to and for how long, through which proxy,
//! whom they trust, what they keep open. Every test runs with both.

mod authority;
#[path = "../common/mod.rs"]
mod common;
mod defaults;
mod drivers;
mod encoded;
mod names;
mod own_headers;
mod proxy;
mod server;
mod time;
mod trust;
