//! cardseal seals, signs, sends and opens encrypted ID-card OCR requests.
//!
//! A typed request goes in and a signed HTTP request comes out. The reply goes back in, and only the [`Opener`] that
//! was made with the request can open it.
//!
//! ```no_run
//! use cardseal::tencent::{IdCardRequest, Tencent};
//! use cardseal::{BlockingClient, Credentials, Image, IvPolicy, Recipient};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // The public key as the service hands it out. RSA means AES-256-CBC, SM2 means SM4-GCM.
//! let recipient = Recipient::parse(&std::fs::read("public.b64")?)?;
//! let tencent = Tencent::new(Credentials::new(
//!     std::env::var("TENCENTCLOUD_SECRET_ID")?,
//!     std::env::var("TENCENTCLOUD_SECRET_KEY")?,
//! )?);
//!
//! let card = IdCardRequest::new(Image::from_path("card.jpg".as_ref())?);
//! // Sealed here, under a fresh session key; nothing is sent yet.
//! let call = tencent.recognize_encrypted_id_card(&recipient, &card, IvPolicy::BySuite)?;
//! let answer = BlockingClient::new()?.run(call)?;
//! println!("{}", answer.card.name.expose());
//! # Ok(())
//! # }
//! ```
//!
//! # Contents
//! | To | start at |
//! |---|---|
//! | read an ID card, or call anything else of a cloud | [`tencent`], [`ctyun`], [`huawei`]: an account, its requests and their results |
//! | send a call | [`BlockingClient`] and [`Client`], with [`TransportOptions`], [`Proxy`], [`RateLimits`], [`RetryPolicy`]; by means of your own, [`Call`] and its [`Next`] |
//! | watch a call, or keep account of it | [`Watch`] |
//! | say who signs | [`Credentials`], and [`CredentialsProvider`] for those that change |
//! | seal and open by yourself | [`Recipient`] seals, [`Opener`] opens an [`EncryptedReply`], [`IvPolicy`] says what it takes; [`Opened`] is what was read |
//! | sign by yourself, or see why a signature was refused | [`signing`] |
//! | choose where the ciphers come from, or write a provider | [`crypto`] |
//! | understand what went wrong | [`Error`], [`KeyRejected`] for a public key, [`service_codes`] for the clouds' own codes |
//! | handle what was read off a card | [`Personal`] |
//! | know how it works, and how other code failed | [`manual`] |
//!
//! # What cannot be written down
//! An algorithm that does not go with the key; a session key or IV used for a second request; an answer opened
//! twice, or with another request's key; a key that is printed or cloned.
//!
//! # Features
//! `async` ([`Client`], over hyper) and `blocking` ([`BlockingClient`], over ureq), both on by default. Without
//! them there is no HTTP library: [`Call`] gives requests and takes replies, in the types of the crates `http` 1 and
//! `bytes` 1, which you then depend on.
//!
//! `kernels` (on by default), `rust-crypto` and `pkcs11` bring ciphers: see [`crypto`]. Without them there is no built-in
//! provider, and [`Recipient::parse_with`] is the only way. `conformance` is for tests of a provider, `observability` for
//! spans and counts of calls, `testing` for this library's own tests. `serialize-personal-data` implements serde's
//! `Serialize` for results, opened answers and raw JSON; without it none of them can be serialised. `tls-ring` (on by
//! default) uses rustls' provider `ring`; without it the clients use the provider of the process.
#![forbid(unsafe_code)]
#![warn(missing_debug_implementations)]
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
#![cfg_attr(docsrs, feature(doc_cfg))]

// Bottom up: a module uses only modules that are listed above it. tests/floors.rs checks it.

// The foundation.
mod unprintable;
mod secret_like;
mod error;
mod personal;
mod stack;
mod wiped_text;
mod clock;
mod providers;

// The wire, and the network.
mod wire;
mod endpoint;
#[cfg(any(feature = "async", feature = "blocking"))]
mod rate_limit;
mod transport;

// Who signs, and how.
mod credential;
mod sign;

// Sealing: ciphers, recipient and envelope.
mod recipient;
mod envelope;
mod picture_text;
pub mod crypto;

// A call, from the request to its result.
mod retry;
mod unsigned;
mod call;
mod account;

// The clouds and their actions.
mod cloud;
pub mod signing;

#[cfg(any(feature = "async", feature = "blocking"))]
mod client;

// Nothing but text.
pub mod manual;

// The public interface is:
pub use call::{Call, Next, Settled};
#[cfg(feature = "blocking")]
pub use client::BlockingClient;
#[cfg(feature = "async")]
pub use client::Client;
#[cfg(any(feature = "async", feature = "blocking"))]
pub use client::{Attempt, Watch};
pub use cloud::image::Image;
pub use cloud::raw::{RawAnswer, RawJson, Seal};
pub use credential::{Credentials, CredentialsProvider, VariableNames};
pub use endpoint::Endpoint;
pub use envelope::{
    Expected, IvPolicy, Opened, Opener, Sealed, SealedFields, SharedNonce, check_plaintext,
};
pub use error::{Error, ErrorKind, KeyFormat, KeyRejected};
pub use personal::Personal;
pub use picture_text::PictureFault;
#[cfg(any(feature = "async", feature = "blocking"))]
pub use rate_limit::RateLimits;
pub use recipient::Recipient;
pub use retry::{LostAnswer, RetryPolicy};
pub use secret_like::{looks_secret, not_shown};
pub use transport::{Proxy, TransportFailure, TransportOptions};
pub use unprintable::is_unprintable;
pub use wire::{EncryptedReply, Encryption, MAX_BODY, Refusal, WholeBody};

/// The error codes of every cloud, as a list.
pub mod service_codes {
    pub use crate::cloud::service_codes::{ServiceCode, table};
}

/// Tencent Cloud.
pub mod tencent {
    pub use crate::cloud::tencent::credential::{
        CvmRole, FUNCTION_VARIABLES, Role, VARIABLES, credentials_from, default_credentials,
        profile_credentials, profile_from, profile_if_there, profile_in,
    };
    pub use crate::cloud::tencent::endpoint;
    pub use crate::cloud::tencent::ocr::{Area, Point, TextLine, Word, WordPlace};
    pub use crate::cloud::tencent::sign_v1::V1;
    pub use crate::cloud::tencent::{
        AdvancedInfo, CardSide, Config, FaceidAction, FaceidRequest, HeaderSet, IdCard,
        IdCardRequest, Language, Parameters, RawCall, Recognized, RecognizedInClear,
        RecognizedText, ReflectDetail, SealedAnswer, Switch, Tencent, TextRequest, Warning,
        WarningLevel, refusal, refusal_within,
    };
}

/// Ctyun.
pub mod ctyun {
    pub use crate::cloud::ctyun::endpoint;
    pub use crate::cloud::ctyun::{
        Alphabet, BusinessLicense, Capability, Ctyun, DriverLicense, EncryptedBody, IdCard,
        InterfaceEncryption, OpenAnswer, Recognized, TextLine, VARIABLES, VehicleLicense,
    };
    pub use crate::cloud::raw::RawCall;
}

/// Huawei Cloud and G42.
pub mod huawei {
    pub use crate::cloud::huawei::endpoint;
    pub use crate::cloud::huawei::{
        Detections, EcsAgency, Huawei, IamLogin, IdCard, IdCardRequest, Recognized, Side,
        Signature, Switch, VARIABLES, Verification, credentials_from, default_credentials,
        profile_credentials, profile_if_there, profile_in,
    };
    pub use crate::cloud::raw::RawCall;
}

/// Internals for tests and fuzzers, with the feature `testing`. Do not use them in production: they may change at any
/// time.
#[cfg(feature = "testing")]
pub mod testing {
    pub use crate::cloud::tencent::credential::profile::Profile;
    pub use crate::credential::profile::Profile as ProfileText;
    pub use crate::envelope::unpadded_len;
}
