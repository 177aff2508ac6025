#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "c"), forbid(unsafe_code))]
#![deny(unsafe_code)]
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

// Each module uses only modules listed above it.
mod fault;
mod table;
pub mod face;
#[cfg(feature = "c")]
#[allow(unsafe_code, reason = "pointers cross here, and nowhere else")]
pub mod c;

// The public interface is:
pub use fault::Fault;
pub use table::Table;
