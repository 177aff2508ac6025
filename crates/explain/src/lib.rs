#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs, rustdoc::broken_intra_doc_links)]
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
mod visible;

mod request_text;

mod stage;
mod stage_file;

mod cause;
mod difference;
mod table;

mod service;
mod warning;

pub use cause::Cause;
pub use difference::{Difference, first_difference};
pub use request_text::{RequestText, RequestTextError};
pub use service::service_of;
pub use stage::Stage;
pub use stage_file::{StageFile, StageFileError};
pub use table::stages_as_text;
pub use warning::{Warning, warnings};
