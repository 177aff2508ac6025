//! Makes a picture one that an OCR service takes: upright, without metadata, in sRGB, no larger than it may be.
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
//! Reads JPEG, PNG, BMP, WebP, TIFF and the first frame of a GIF; writes JPEG, PNG or BMP. A picture that needs nothing
//! keeps its bytes. One that only carries metadata loses that and keeps its pixels bit for bit. The rest is decoded,
//! turned, converted, shrunk and encoded again. A picture that is cut or damaged is an error and never half a picture.
//!
//! Nothing is written to disk, and nothing is fetched: the crate sees bytes and gives bytes.
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
mod jpeg;
mod container;
mod upright;
mod fit;
mod prepare;

// The public interface is:
pub use cardseal_sniff::{Kind, sniff};
pub use error::PrepareError;
pub use limits::Limits;
pub use prepare::{check_size, prepare};
pub use report::{Input, Output, Prepared, Report};
