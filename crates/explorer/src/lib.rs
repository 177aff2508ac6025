//! The actions of three clouds' card OCR as data, and what can be made of them: complete programs in nine languages,
//! and a Postman collection; and what the clouds' error codes mean. With the feature `server`, a page on this machine that
//! shows a call stage by stage. Nothing else here sends anything.
//!
//! ```
//! use cardseal_explorer::{Comments, Language, ProgramRequest, program};
//!
//! let request = ProgramRequest {
//!     action: "GeneralBasicOCR",
//!     version: "2018-11-19",
//!     service: None,
//!     body: br#"{"ImageUrl":"https://example.com/text.jpg"}"#,
//!     endpoint: None,
//!     comments: Comments::English,
//! };
//! let python = program(Language::Python, &request)?;
//! assert!(python.contains("TC3-HMAC-SHA256"));
//! # Ok::<(), cardseal_explorer::ProgramError>(())
//! ```
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

// Left to right, each uses only what stands above it.
mod catalogue;

mod errors;

mod code;

mod postman;

#[cfg(feature = "server")]
mod server;

// The public interface is:
pub use catalogue::check::check;
pub use catalogue::finding::{Finding, Problem};
pub use catalogue::parameter::{Form, Need, Parameter, Words};
pub use catalogue::pictures::PICTURES;
pub use catalogue::{Action, CATALOGUE, Cloud, Envelope, actions, find};
pub use code::comments::Comments;
pub use code::language::Language;
pub use code::{ProgramError, ProgramRequest, program};
pub use errors::{ErrorCode, error_codes, find_error_codes, nearest_error_code};
pub use postman::{collection, requests};
#[cfg(feature = "server")]
pub use server::{
    CallMade, Chinese, CredentialsOf, Explorer, ExplorerConfig, ExplorerError, Usage, UsagePackage,
    UsageRow, UsageSource, Variables,
};
