//! Writes the minimal access policy (Tencent Cloud CAM) that lets an account call given OCR actions. Checks an existing
//! policy: what it grants beyond them, what it lacks, and where its text is wrong.
//!
//! ```
//! use cardseal_policy::{ActionName, Policy, check};
//!
//! let wanted = [ActionName::parse("RecognizeEncryptedIDCardOCR")?];
//! let policy = Policy::least(&wanted, &[]);
//! let verdict = check(policy.to_string().as_bytes(), Some(&wanted));
//! assert!(verdict.is_sound());
//! # Ok::<(), cardseal_policy::NotAName>(())
//! ```
//!
//! Source: the service's guide to access management of OCR (`OCR_V3_Authorization`), and CAM's policy syntax.
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

// The parts of a policy.
mod name;
mod wildcard;
mod resource;

// Writing one.
mod least;
mod preset;

// Reading one: its text as JSON, even if broken; its statements; what they grant.
mod text;
mod document;
mod check;

// The public interface is:
pub use check::{Verdict, check};
pub use least::{Policy, Statement};
pub use name::{ActionName, NotAName, SubAccount};
pub use preset::{Preset, Scope, presets};
