//! Checks the provider's generator alone: it fills the whole buffer, with different bytes each time.

use cardseal_crypto::Provider;

use super::Report;
use super::keys::has_a_constant_byte;

/// How often each length is drawn.
const DRAWS: usize = 32;

pub(super) fn check(provider: &Provider, report: &mut Report) {
    for len in [1, 12, 16, 32, 501, 4096] {
        // Bytes that are not written keep their old value.
        let mut drawn = Vec::new();
        for _ in 0..DRAWS {
            let mut bytes = vec![0xa5; len];
            let outcome = provider.random().fill(&mut bytes);
            report.expect(outcome.is_ok(), || {
                format!("the generator fails to give {len} bytes")
            });
            drawn.push(bytes);
        }
        report.expect(!has_a_constant_byte(&drawn), || {
            format!("of {len} bytes the generator gives some that never change")
        });
    }
}
