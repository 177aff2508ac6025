//! cardseal for Node.js: what index.js stands on. An error's text is JSON here, which index.js makes an exception of.
#![deny(missing_docs)]

mod fault;
mod envelope;
mod calls;
mod client;
