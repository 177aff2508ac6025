//! Prepares a picture for an OCR service: upright, without metadata, in sRGB, within the size limits.
//!
//! ```
//! # fn main() -> Result<(), cardseal_prepare::PrepareError> {
//! # let photo = include_bytes!("../tests/images/progressive.jpg");
//! use cardseal_prepare::{Limits, prepare};
//!
//! let prepared = prepare(photo, &Limits::default())?;
//! assert!(prepared.image.len() <= Limits::MAX_BYTES);
//! # Ok(())
//! # }
//! ```
//!
//! Reads JPEG, PNG, BMP, WebP, TIFF and the first frame of a GIF; writes JPEG, PNG or BMP. If nothing has to change,
//! the bytes stay the same. If only metadata has to go, the pixels stay bit for bit the same. All other pictures are
//! decoded, rotated, converted, shrunk and encoded again. A truncated or damaged picture is an error.
//!
//! The crate takes bytes and returns bytes: it writes nothing to disk and fetches nothing.
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod error;
mod limits;
mod report;
mod pixels;
mod colour;
mod decode;
mod encode;
mod search;
mod upright;
mod jpeg;
mod container;
mod fit;
mod prepare;

// The public interface is:
pub use cardseal_sniff::{Kind, sniff};
pub use error::PrepareError;
pub use limits::Limits;
pub use prepare::{check_size, prepare};
pub use report::{Input, Output, Prepared, Report};
