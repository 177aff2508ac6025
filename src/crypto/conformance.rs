//! Tests, with one call, whether a provider keeps the promises of the `crypto` interface. It works for your own
//! provider as for the built-in ones.
//!
//! ```
//! # use cardseal::crypto::Provider;
//! fn conforms(my_provider: &Provider) {
//!     let report = cardseal::crypto::conformance::check(my_provider);
//!     assert!(report.passed(), "{report}");
//! }
//! ```

mod report;

mod unwrap;
mod wrap_forms;

mod failures;
mod interleaved;
mod key_randomness;
mod keys;
mod large;

mod generator;
mod requests;
mod scenarios;
mod sessions;

use cardseal_crypto::Provider;

pub use report::{Finding, NEVER_CHECKED, Report};

/// Checks a provider. It takes some seconds in a debug build, longer with a hardware module.
///
/// What it asks: the scenarios of vectors/scenarios that concern the provider's suites (its public keys, replies and
/// stored openers); round trips at every length, up to a body of 10 MiB; what it wrapped, unwrapped by independent code;
/// tags, IVs and ciphertexts changed bit by bit; keys that are stored; its generator, and whether session keys depend
/// on it; generators that fail and get stuck; what is left where sealing or opening fails; that no two sessions are
/// alike; and that sessions used by turns and from two threads each keep their own key.
///
/// A panic of the provider is caught and is a finding, unless the program is built with `panic = "abort"`. Outside this
/// function cardseal catches no panic of a provider.
pub fn check(provider: &Provider) -> Report {
    let mut report = Report::of(provider);
    let name = provider.name();
    report.run(name, "the generator", |report| {
        generator::check(provider, report);
        Ok(())
    });
    sessions::check(provider, &mut report);
    requests::check(provider, &mut report);
    scenarios::check(provider, &mut report);
    report
}
