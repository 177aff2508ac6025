//! The local record of calls: which cloud and action was called, the outcome, what is billed, and what is left of the
//! packages. It is one SQLite file, which many processes can use at once.
//!
//! ```
//! # fn main() -> Result<(), cardseal_ledger::LedgerError> {
//! # let folder = tempfile::tempdir().unwrap();
//! # let path = folder.path().join("ledger.sqlite");
//! use cardseal_ledger::{By, Ledger, Period};
//!
//! let ledger = Ledger::open(&path)?;
//! let usage = ledger.usage(&Period::ALL, By::Day)?;
//! assert_eq!((usage.calls, usage.billed), (0, 0));
//! # Ok(())
//! # }
//! ```
//!
//! A call is one request that was sent; a retry is another call. The record holds no content: no picture, no card data,
//! no key. Credentials are distinguished by a label made from the public half.
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
mod error;
mod billing;
mod label;
mod record;
mod recorder;
mod place;
mod day;
mod period;
mod schema;
mod ledger;
mod package;
mod reservation;
mod usage;
mod table;
mod spreadsheet;
mod chart;

// The public interface is:
pub use billing::billed;
pub use chart::write_svg;
pub use error::LedgerError;
pub use label::credential_label;
pub use ledger::{Ledger, Reserved};
pub use package::{Package, PackageLeft};
pub use period::{Period, parse_day};
pub use place::default_place;
pub use record::{CallRecord, Outcome};
pub use recorder::Recorder;
pub use spreadsheet::write_xlsx;
pub use table::write_csv;
pub use usage::{By, Group, Latency, Usage};
