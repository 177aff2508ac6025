//! Every provider of this build keeps the promises of the joint, and so does the example's; one that breaks a promise is
//! found out.

#[allow(dead_code, reason = "its `main` prints what is asserted here")]
#[path = "../examples/own_provider.rs"]
mod own_provider;
#[path = "conformance/bodies.rs"]
mod bodies;
#[path = "conformance/defects.rs"]
mod defects;
#[path = "conformance/hidden_state.rs"]
mod hidden_state;

use cardseal::crypto::{Provider, conformance, providers};

use defects::{Defect, with_defect};
use hidden_state::{Current, with_hidden_state};

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
    println!("REACHED {report}");
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
    println!(
        "REACHED {} planted defects of a provider, each found",
        Defect::ALL.len() + Current::ALL.len()
    );
}

/// Sessions that share a key that stands beside them: each works alone, and not by turns or on another thread.
#[test]
fn sessions_that_share_a_current_key_are_found() {
    let sound = &providers()[0];
    for (current, found) in Current::ALL {
        let report = conformance::check(&with_hidden_state(sound, current));
        for suite in sound.suites() {
            let algorithm = suite.facts().algorithm;
            let said = |what: &String| what.starts_with(algorithm) && what.contains(found);
            let said = report.failed.iter().any(said);
            assert!(said, "{algorithm}, {current:?}: no {found:?} in {report}");
        }
    }
}
