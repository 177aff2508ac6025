//! Detects a file's type by its first bytes, and checks that a JPEG, PNG or BMP is complete. Nothing is decoded.
//!
//! ```
//! use cardseal_sniff::{Kind, NotTaken, check, sniff};
//!
//! assert_eq!(sniff(b"%PDF-1.7"), Kind::Pdf);
//! assert_eq!(check(b"%PDF-1.7"), Err(NotTaken::Other(Kind::Pdf)));
//! ```
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

pub mod bytes;
mod kind;
mod whole;
mod check;

// The public interface is:
pub use check::{NotTaken, check};
pub use kind::{Kind, sniff};
