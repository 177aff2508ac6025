//! Every provider of this build keeps the promises of the joint, and so does the example's; one that breaks a promise is
//! found out.

#[allow(dead_code, reason = "its `main` prints what is asserted here")]
#[path = "../examples/own_provider.rs"]
mod own_provider;
#[path = "conformance/defects.rs"]
mod defects;

use cardseal::crypto::{Provider, conformance, providers};

use defects::{Defect, with_defect};

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

#[test]
fn the_provider_of_the_example_conforms() {
    let report = conformance::check(&own_provider::provider());
    assert!(report.passed(), "{report}");
    assert!(report.checks > 500, "{report}");
    // It has one of the two suites.
    assert_eq!(report.not_checked.len(), 1, "{report}");
}

#[test]
fn a_provider_without_a_suite_fails() {
    let sound = &providers()[0];
    let none = Provider::new("none", "1", [], sound.random().clone());
    assert!(!conformance::check(&none).passed());
}

/// Each of these is a mistake that a provider can make while its round trips work.
#[test]
fn every_planted_defect_is_found() {
    let sound = &providers()[0];
    for (defect, found) in Defect::ALL {
        let report = conformance::check(&with_defect(sound, defect));
        let said = report.failed.iter().any(|what| what.contains(found));
        assert!(said, "{defect:?}: no {found:?} in {report}");
    }
    let report = conformance::check(&with_defect(sound, Defect::None));
    assert!(report.passed(), "{report}");
}
