//! cardseal for Java: the native methods of `io.github.cardseal.Native`. Bytes go both ways; recipients and openers are
//! numbers, so that one which was closed or used is refused.
#![deny(missing_docs)]

mod thrown;
mod methods;
mod clients;
