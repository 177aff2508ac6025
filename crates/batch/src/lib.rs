//! Recognises many cards and calls the service once for each. After any interruption, a resumed batch calls it for
//! every card without a result and for no other.
//!
//! ```no_run
//! # fn calls() -> Box<dyn cardseal_batch::Recognize> { unimplemented!() }
//! # fn main() -> Result<(), cardseal_batch::BatchError> {
//! use cardseal_batch::{Existing, FileResults, Inputs, Options, Stop, run};
//!
//! let mut work = Inputs::of(&["cards".into()])?;
//! let results = FileResults::open("results.jsonl".as_ref(), Existing::Refuse, None)?;
//! let stop = Stop::default();
//! let ended = run(&mut work, &results, &*calls(), None, &Options::default(), &stop, &mut |_| {});
//! println!("{} recognised, {} failed", ended.summary.ok, ended.summary.failed);
//! # Ok(())
//! # }
//! ```
//!
//! A [`Work`] provides the cards, a [`Results`] stores the results, and a [`Recognize`] calls the service. The
//! implementations here read files and lists, write lines of JSON beside a journal, and call a cloud.
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
mod card;
mod wiped_json;
mod line;
mod stop;
mod pace;
mod allowance;
mod work;
mod input;
mod results;
mod picture;
mod recognize;
mod books;
mod watch;
mod summary;
mod keeping;
mod engine;

// The public interface is:
pub use allowance::Allowance;
pub use books::Books;
pub use card::{Card, Held, Id, Picture, Side};
pub use engine::{Options, patient, run};
pub use error::{BatchError, ResultsError};
pub use input::{Inputs, PassedOver};
pub use line::Finished;
pub use pace::{Turns, distance};
pub use picture::{Unloaded, read_picture};
pub use recognize::{Answer, CtyunCards, HuaweiCards, Recognize, TencentCards};
pub use results::Results;
pub use results::files::FileResults;
pub use results::opening::Existing;
pub use results::seal::AgeRecipient;
pub use stop::{End, Stop};
pub use summary::{Ended, Summary, Unsent};
pub use work::Work;
