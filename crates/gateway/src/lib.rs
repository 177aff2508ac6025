//! The embedded service side of cardseal: an HTTP server that behaves like three clouds' card OCR.
//!
//! It verifies the request's signature, or a token that it issued. It unwraps the session key of an encrypted request
//! with its private key, opens the body, checks the inner request, "recognises" a card from a [`Fixture`] and answers
//! in the cloud's own format, encrypted if the request was. The signature or the path of a request determines its
//! cloud. Tests, the `demo` command and the `gateway` command use it.
//!
//! It holds private keys, so it is never a dependency of the library. It shares no code with the library, so that an
//! error on one side cannot hide the same error on the other.
//!
//! It is only for tests: it stores nothing, reads no image and fetches no URL.
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

// Bottom up: a module uses only modules listed above it.
mod entropy;
mod keys;
#[cfg(feature = "server")]
mod fault;
#[cfg(feature = "server")]
mod fixture;
#[cfg(feature = "server")]
mod picture;
#[cfg(feature = "server")]
mod quota;
#[cfg(feature = "server")]
mod request_id;
#[cfg(feature = "server")]
mod room;
#[cfg(feature = "server")]
mod signing;
#[cfg(feature = "server")]
mod strict_json;
#[cfg(feature = "server")]
mod tls;
#[cfg(feature = "server")]
mod handout;
#[cfg(feature = "server")]
mod iam_tokens;
#[cfg(feature = "server")]
mod config;
#[cfg(feature = "server")]
mod gateway;
#[cfg(feature = "server")]
mod cloud;
#[cfg(feature = "server")]
mod echo;
#[cfg(feature = "server")]
mod metadata;
#[cfg(feature = "server")]
pub mod ctyun;
#[cfg(feature = "server")]
pub mod huawei;
#[cfg(feature = "server")]
pub mod tencent;
#[cfg(feature = "server")]
mod registry;
#[cfg(feature = "server")]
mod wire;
#[cfg(feature = "server")]
mod server;
#[cfg(feature = "server")]
mod running;

// The public interface is:
pub use keys::{KeyError, KeyPair, Suite, UnknownSuite};

#[cfg(feature = "server")]
pub use {
    config::{Clock, GatewayConfig, IamAccount, IvMode, OnRequest, RequestLog, UnknownIvMode},
    fault::{Fault, UnknownFault},
    fixture::{Fixture, FixtureError},
    handout::{HandOut, HandOutFault},
    keys::UnwrapError,
    running::Running,
    server::serve,
    signing::SignedRequest,
    tls::{Tls, TlsError},
};
