//! cardseal for WebAssembly: `Recipient`, `Opener` and `sign`, in browsers and in Node.js.
#![deny(unsafe_code, missing_docs)]

mod thrown;
mod envelope;
mod signing;
