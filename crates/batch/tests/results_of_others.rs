//! Results that another batch writes, that another run left, or that are none.

mod common;

use std::fs;

use cardseal_batch::{AgeRecipient, BatchError, Existing, FileResults, Inputs, Options, Stop, run};
use common::{PICTURE, Scratch, Service};

fn open(scratch: &Scratch, existing: Existing) -> Result<FileResults, BatchError> {
    FileResults::open(&scratch.results(), existing, None)
}

#[test]
fn of_two_batches_on_one_file_the_second_is_refused_and_the_first_goes_on() {
    let scratch = Scratch::with_cards(2);
    let first = open(&scratch, Existing::Refuse).unwrap();
    for existing in [Existing::Resume, Existing::Refuse] {
        let second = open(&scratch, existing).err().unwrap();
        assert!(
            matches!(&second, BatchError::Locked(_) | BatchError::Exists(_)),
            "{second:?}"
        );
    }
    let second = open(&scratch, Existing::Resume).err().unwrap();
    assert!(matches!(second, BatchError::Locked(_)), "{second:?}");
    let service = Service::good();
    let ended = scratch.batch_into(&first, &service, &Options::default(), &Stop::default());
    assert_eq!(ended.summary.ok, 2);
    drop(first);
    assert_eq!(open(&scratch, Existing::Resume).unwrap().finished(), 2);
}

#[test]
fn the_results_of_a_run_over_other_cards_are_kept_and_added_to() {
    let scratch = Scratch::with_cards(2);
    scratch.batch(&Service::good());
    let before = fs::read_to_string(scratch.results()).unwrap();
    let other = scratch.path("other.jpg");
    fs::write(&other, PICTURE).unwrap();
    let service = Service::good();
    let results = open(&scratch, Existing::Resume).unwrap();
    let mut work = Inputs::of(&[other]).unwrap();
    let (options, stop) = (Options::default(), Stop::default());
    let ended = run(
        &mut work,
        &results,
        &service,
        None,
        &options,
        &stop,
        &mut |_| {},
    );
    let summary = ended.summary;
    assert_eq!((summary.cards, summary.skipped, summary.ok), (1, 0, 1));
    let after = fs::read_to_string(scratch.results()).unwrap();
    assert!(after.starts_with(&before), "{after}");
    assert_eq!(scratch.lines().len(), 3);
}

#[test]
fn what_is_no_results_is_refused_and_keeps_every_byte() {
    let scratch = Scratch::with_cards(1);
    for content in [
        "a text of somebody's\n",
        "a text without an end",
        "{\"id\":\"x\"}\n",
        "{\"id\":\"x\",\"outcome\":\"perhaps\"}\n",
        "{\"id\":\"x\",\"outcome\":\"ok\"}\n[]\n",
        "\u{feff}{\"id\":\"x\",\"outcome\":\"ok\"}\n",
        "YWdlLWVuY3J5cHRpb24ub3JnL3Yxabc\n",
    ] {
        fs::write(scratch.results(), content).unwrap();
        let refused = open(&scratch, Existing::Resume).err().unwrap();
        assert!(
            matches!(refused, BatchError::NotResults { .. }),
            "{content:?}: {refused:?}"
        );
        assert_eq!(fs::read_to_string(scratch.results()).unwrap(), content);
        assert!(!scratch.journal().exists(), "{content:?}");
    }
}

#[test]
fn results_in_clear_are_not_gone_on_with_encrypted_nor_the_other_way_round() {
    let scratch = Scratch::with_cards(1);
    let public = age::x25519::Identity::generate().to_public().to_string();
    let to = || Some(AgeRecipient::parse(&public).unwrap());
    scratch.batch(&Service::good());
    let clear = fs::read(scratch.results()).unwrap();
    let refused = FileResults::open(&scratch.results(), Existing::Resume, to());
    assert!(matches!(refused, Err(BatchError::NotResults { .. })));
    assert_eq!(fs::read(scratch.results()).unwrap(), clear);

    fs::remove_file(scratch.results()).unwrap();
    let results = FileResults::open(&scratch.results(), Existing::Resume, to()).unwrap();
    let service = Service::good();
    scratch.batch_into(&results, &service, &Options::default(), &Stop::default());
    drop(results);
    let sealed = fs::read(scratch.results()).unwrap();
    assert!(matches!(
        open(&scratch, Existing::Resume),
        Err(BatchError::NotResults { .. })
    ));
    // Without its journal nobody can tell whose the lines are.
    let journal = fs::read(scratch.journal()).unwrap();
    fs::remove_file(scratch.journal()).unwrap();
    let refused = FileResults::open(&scratch.results(), Existing::Resume, to());
    assert!(matches!(refused, Err(BatchError::NotResults { .. })));
    assert!(!scratch.journal().exists());
    assert_eq!(fs::read(scratch.results()).unwrap(), sealed);
    fs::write(scratch.journal(), journal).unwrap();
    let results = FileResults::open(&scratch.results(), Existing::Resume, to()).unwrap();
    assert_eq!(results.finished(), 1);
}

#[test]
fn a_journal_of_results_that_are_gone_says_nothing_of_new_ones() {
    let scratch = Scratch::with_cards(2);
    scratch.batch(&Service::good());
    fs::remove_file(scratch.results()).unwrap();
    let service = Service::good();
    let summary = scratch.batch(&service).summary;
    assert_eq!((summary.ok, summary.skipped, summary.in_doubt), (2, 0, 0));
    assert_eq!(service.asked(), 2);
}

#[test]
fn a_journal_that_is_lost_is_told_and_nothing_is_called_twice() {
    let scratch = Scratch::with_cards(2);
    scratch.batch(&Service::good());
    assert!(!open(&scratch, Existing::Resume).unwrap().journal_was_lost());
    fs::remove_file(scratch.journal()).unwrap();
    let results = open(&scratch, Existing::Resume).unwrap();
    assert!(results.journal_was_lost());
    let service = Service::good();
    scratch.batch_into(&results, &service, &Options::default(), &Stop::default());
    assert_eq!(service.asked(), 0);
}

#[test]
fn what_exists_is_refused_without_being_told_to_go_on() {
    let scratch = Scratch::with_cards(1);
    scratch.batch(&Service::good());
    let before = fs::read(scratch.results()).unwrap();
    assert!(matches!(
        open(&scratch, Existing::Refuse),
        Err(BatchError::Exists(_))
    ));
    assert_eq!(fs::read(scratch.results()).unwrap(), before);
    let nowhere = scratch.path("no/such/folder/results");
    assert!(matches!(
        FileResults::open(&nowhere, Existing::Refuse, None),
        Err(BatchError::Results { .. })
    ));
    assert!(matches!(
        FileResults::open(&scratch.cards(), Existing::Resume, None),
        Err(BatchError::NotResults { .. })
    ));
}

#[test]
fn results_that_can_have_no_journal_are_not_left_behind() {
    let scratch = Scratch::with_cards(1);
    fs::create_dir(scratch.journal()).unwrap();
    for existing in [Existing::Refuse, Existing::Resume] {
        let refused = open(&scratch, existing).err().unwrap();
        assert!(
            matches!(&refused, BatchError::NotResults { what, .. } if what.contains("journal")),
            "{refused:?}"
        );
        assert!(!scratch.results().exists());
    }
    fs::remove_dir(scratch.journal()).unwrap();
    assert_eq!(open(&scratch, Existing::Refuse).unwrap().finished(), 0);
}
