//! Every provider of this build keeps the promises of the joint, and so does the example's; one that breaks a promise is
//! found out.

mod common;
#[allow(dead_code, reason = "its `main` prints what is asserted here")]
#[path = "../examples/own_provider.rs"]
mod own_provider;
#[path = "conformance/bodies.rs"]
mod bodies;
#[path = "conformance/defects.rs"]
mod defects;
#[path = "conformance/hidden_state.rs"]
mod hidden_state;
#[path = "conformance/mistakes.rs"]
mod mistakes;

use cardseal::crypto::{Provider, conformance, providers};

use defects::{Defect, with_defect};
use hidden_state::{Current, with_hidden_state};
use mistakes::{Mistake, with_mistake};

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
    // Each takes a second or two.
    let few = if common::whole() { 1 } else { 6 };
    let tried = Defect::ALL.into_iter().step_by(few);
    let count = tried.len();
    for (defect, found) in tried {
        let report = conformance::check(&with_defect(sound, defect));
        let said = report
            .failed
            .iter()
            .any(|what| what.to_string().contains(found));
        assert!(said, "{defect:?}: no {found:?} in {report}");
    }
    let report = conformance::check(&with_defect(sound, Defect::None));
    assert!(report.passed(), "{report}");
    println!(
        "REACHED {} planted defects of a provider, each found",
        count + Current::ALL.len()
    );
}

/// Sessions that share a key that stands beside them: each works alone, and not by turns or on another thread.
#[test]
fn sessions_that_share_a_current_key_are_found() {
    let sound = &providers()[0];
    for (current, found) in Current::ALL {
        // Two threads meet by chance: on a machine that holds one of them up they need another time.
        let mut reports = Vec::new();
        let is_found = std::iter::repeat_with(|| {
            let report = conformance::check(&with_hidden_state(sound, current));
            let is_found = sound.suites().iter().all(|suite| {
                let algorithm = suite.facts().algorithm;
                let mut said = report.failed.iter().map(|finding| &finding.what);
                said.any(|what| what.starts_with(algorithm) && what.contains(found))
            });
            reports.push(report.to_string());
            is_found
        })
        .take(3)
        .any(|is_found| is_found);
        assert!(is_found, "{current:?}: no {found:?} in {reports:?}");
    }
}

/// What the report says of a mistake, for a suite: its findings as they are printed, one after the other.
fn said_of(mistake: Mistake, algorithm: &str) -> (conformance::Report, String) {
    let report = conformance::check(&with_mistake(&providers()[0], mistake));
    let of_it = report.failed.iter().map(ToString::to_string);
    let of_it: Vec<String> = of_it.filter(|what| what.starts_with(algorithm)).collect();
    (report, of_it.join("\n"))
}

/// As over a module with a limit that somebody forgot: round trips work, and the rest of a picture leaves in clear.
#[test]
fn a_body_that_is_encrypted_in_part_is_found_at_any_size() {
    for most in [1 << 16, 1 << 20, 1 << 22, 10 << 20] {
        for algorithm in ["AES-256-CBC", "SM4-GCM"] {
            let (report, said) = said_of(Mistake::OnlyTheFirst(most), algorithm);
            assert!(said.contains("left in clear"), "{most}: {report}");
            let other = said.contains("otherwise than by another provider");
            assert!(other, "{most}: {report}");
        }
    }
}

#[test]
fn keys_that_do_not_hang_on_the_generator_are_told() {
    for algorithm in ["AES-256-CBC", "SM4-GCM"] {
        let (report, said) = said_of(Mistake::KeyOfFourBytes, algorithm);
        let found = said.contains("fewer random bytes than it has") && said.contains("4 bytes of");
        assert!(found, "{report}");
        let (report, said) = said_of(Mistake::KeyOfACounter, algorithm);
        let known = report
            .not_checked
            .iter()
            .any(|what| what.starts_with(algorithm) && what.contains("do not come from the gen"));
        // A module may draw its keys itself, so this is no failure.
        assert!(known && said.is_empty(), "{report}");
    }
}

/// Wrapped keys in another form than the service's, each with what to change.
#[test]
fn the_form_of_a_wrapped_key_is_named() {
    for (mistake, algorithm, found) in [
        (Mistake::OldOrder, "SM4-GCM", "it is C1‖C2‖C3: put C3"),
        (Mistake::NoPrefix, "SM4-GCM", "it lacks the byte 04"),
        (Mistake::Der, "SM4-GCM", "it is ASN.1 DER"),
        (Mistake::Oaep, "AES-256-CBC", "RSAES-OAEP with SHA-256"),
    ] {
        let (report, said) = said_of(mistake, algorithm);
        assert!(said.contains(found), "{mistake:?}: {report}");
        // That, and nothing which only follows from it.
        assert_eq!(said.lines().count(), 1, "{mistake:?}: {report}");
    }
}

#[test]
fn a_panic_is_a_finding_and_the_rest_is_checked() {
    for algorithm in ["AES-256-CBC", "SM4-GCM"] {
        let (report, said) = said_of(Mistake::PanicsInASession, algorithm);
        let found = "panicked at \"lengths and stored keys\"";
        assert!(
            said.contains(found) && said.contains("an IV of another length"),
            "{report}"
        );
        assert!(report.checks > 1000, "{report}");
        let (report, said) = said_of(Mistake::PanicsAtTheStart, algorithm);
        assert!(said.contains("the module is not open"), "{report}");
    }
}

/// The provider's own error is shown with what it was asked, and the parts after it are checked.
#[test]
fn a_part_that_stops_is_named() {
    let (report, said) = said_of(Mistake::SealsOnce, "SM4-GCM");
    let line = said
        .lines()
        .find(|line| line.contains("stopped at \"round trips\""));
    let line = line.unwrap_or_else(|| panic!("{report}"));
    let told = line.contains("a session seals once") && line.contains("was not checked");
    assert!(
        told && line.contains("sealing a body of 0 bytes"),
        "{report}"
    );
    assert!(report.checks > 500, "{report}");
}

/// One line for each kind of mistake, with a count; nothing that contradicts it, and no internal type.
#[test]
fn a_report_has_one_line_a_kind() {
    let sound = &providers()[0];
    let report = conformance::check(&with_defect(sound, Defect::TagUnread));
    let taken = |what: &str| what.contains("a changed tag is taken");
    let lines: Vec<_> = report
        .failed
        .iter()
        .filter(|found| taken(&found.what))
        .collect();
    assert_eq!(lines.len(), 1, "{report}");
    assert_eq!(lines[0].times, 128, "{report}");
    assert!(
        lines[0].to_string().contains("128 times, first: bit 0"),
        "{report}"
    );
    assert!(!report.to_string().contains("all the same"), "{report}");

    let report = conformance::check(&with_defect(sound, Defect::HidesFailures)).to_string();
    assert!(report.contains("the generator fails after"), "{report}");
    assert!(
        !report.contains("Fails(") && !report.contains("Repeats("),
        "{report}"
    );
    assert!(
        report.contains("never checked: whether running time"),
        "{report}"
    );

    let (report, said) = said_of(Mistake::OwnErrorForATag, "SM4-GCM");
    let found = said.contains("another error than `OpenFailed::Refused`");
    assert!(found && said.contains("module error 42"), "{report}");
}
