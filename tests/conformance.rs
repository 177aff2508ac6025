//! Every provider of this build keeps the promises of the joint.

use cardseal::crypto::{conformance, providers};

#[test]
fn every_built_in_provider_conforms() {
    assert!(!providers().is_empty());
    for provider in providers() {
        let report = conformance::check(&provider);
        assert!(report.passed(), "{report}");
        assert!(report.checks > 1000, "{report}");
        assert!(report.not_checked.is_empty(), "{report}");
        println!("REACHED {report}");
    }
}
