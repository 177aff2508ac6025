//! Results that another batch writes, that another run left, or that are none.

mod common;

use std::fs;

use cardseal_batch::{
    AgeRecipient, BatchError, Existing, FileResults, Id, Inputs, Options, Results as _, Stop, run,
};
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
    let results = FileResults::open(&scratch.results(), Existing::Refuse, to()).unwrap();
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
fn a14_results_that_are_gone_are_not_gone_on_with_and_their_journal_is_never_discarded() {
    let scratch = Scratch::with_cards(2);
    scratch.batch(&Service::good());
    fs::remove_file(scratch.results()).unwrap();
    let journal = fs::read(scratch.journal()).unwrap();
    let refused = open(&scratch, Existing::Resume).err().unwrap();
    assert!(matches!(refused, BatchError::Gone(_)), "{refused:?}");
    assert_eq!(fs::read(scratch.journal()).unwrap(), journal);
    assert!(!scratch.results().exists());
    // Empty results of another form beside it are no better.
    fs::write(scratch.results(), "").unwrap();
    let public = age::x25519::Identity::generate().to_public().to_string();
    let to = AgeRecipient::parse(&public).unwrap();
    let refused = FileResults::open(&scratch.results(), Existing::Resume, Some(to));
    assert!(matches!(refused, Err(BatchError::NotResults { .. })));
    assert_eq!(fs::read(scratch.journal()).unwrap(), journal);
    fs::remove_file(scratch.results()).unwrap();

    // Who begins anew keeps it under another name, each time.
    for number in 1..3 {
        let before = fs::read(scratch.journal()).unwrap();
        let results = open(&scratch, Existing::Refuse).unwrap();
        let aside = scratch.path(&format!("results.journal.{number}"));
        assert_eq!(results.set_aside(), Some(aside.as_path()));
        assert_eq!(fs::read(&aside).unwrap(), before);
        let service = Service::good();
        let ended = scratch.batch_into(&results, &service, &Options::default(), &Stop::default());
        assert_eq!((ended.summary.ok, ended.summary.in_doubt), (2, 0));
        fs::remove_file(scratch.results()).unwrap();
    }
    // A journal in which no call stands says nothing.
    fs::write(scratch.journal(), "cardseal batch journal 1 plain\n").unwrap();
    let results = open(&scratch, Existing::Resume).unwrap();
    assert!(results.is_new() && results.set_aside().is_none());
}

#[test]
fn a14_no_name_can_be_looked_up_in_a_journal() {
    use sha2::{Digest, Sha256};
    let mut journals = Vec::new();
    for _ in 0..2 {
        let scratch = Scratch::with_cards(1);
        fs::write(
            scratch.path("list"),
            r#"{"image":"none.jpg","id":"11010119900307002X"}"#,
        )
        .unwrap();
        let list = format!("@{}", scratch.path("list").display());
        let mut work = Inputs::of(&[list.into()]).unwrap();
        let results = open(&scratch, Existing::Refuse).unwrap();
        let (options, stop) = (Options::default(), Stop::default());
        run(
            &mut work,
            &results,
            &Service::good(),
            None,
            &options,
            &stop,
            &mut |_| {},
        );
        let journal = fs::read_to_string(scratch.journal()).unwrap();
        let hash = Sha256::digest("11010119900307002X");
        let hash: String = hash
            .iter()
            .take(4)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert!(!journal.contains(&hash), "{journal}");
        let line = journal.lines().nth(1).unwrap().to_owned();
        assert!(line.starts_with("n "), "{journal}");
        journals.push(line.split(' ').nth(1).unwrap().to_owned());
        drop(results);
        assert_eq!(open(&scratch, Existing::Resume).unwrap().finished(), 1);
    }
    assert_ne!(journals[0], journals[1], "one salt for all journals");
}

#[test]
fn a14_a_journal_of_before_without_a_salt_is_gone_on_with() {
    let scratch = Scratch::with_cards(1);
    // printf a | sha256sum; and of the line.
    let line = "{\"id\":\"a\",\"outcome\":\"ok\"}\n";
    let id = "ca978112ca1bbdcafac231b39a23dc4d";
    fs::write(scratch.results(), line).unwrap();
    let journal = format!("cardseal batch journal 1 plain\nb {id}\nb {id}\n");
    fs::write(scratch.journal(), &journal).unwrap();
    let results = open(&scratch, Existing::Resume).unwrap();
    assert_eq!((results.finished(), results.in_doubt()), (1, 2));
    assert!(results.has(&Id::of("a")));
    results.begin(&Id::of("a")).unwrap();
    let after = fs::read_to_string(scratch.journal()).unwrap();
    assert_eq!(after, format!("{journal}b {id}\n"));
}

#[test]
fn a14_results_for_some_readers_are_not_gone_on_with_for_others() {
    let scratch = Scratch::with_cards(1);
    let key = || age::x25519::Identity::generate().to_public().to_string();
    let (one, other) = (key(), key());
    let both = scratch.path("both");
    let to = |text: &str| Some(AgeRecipient::parse(text).unwrap());
    fs::write(&both, format!("{one}\n{other}\n")).unwrap();
    let both = both.to_str().unwrap();
    let results = FileResults::open(&scratch.results(), Existing::Refuse, to(both)).unwrap();
    scratch.batch_into(
        &results,
        &Service::good(),
        &Options::default(),
        &Stop::default(),
    );
    drop(results);
    let sealed = fs::read(scratch.results()).unwrap();
    for wrong in [&one, &other, &key()] {
        let refused = FileResults::open(&scratch.results(), Existing::Resume, to(wrong));
        let refused = refused.err().unwrap().to_string();
        assert!(refused.contains("to other recipients"), "{refused}");
        assert_eq!(fs::read(scratch.results()).unwrap(), sealed);
    }
    // The same in another order.
    let again = scratch.path("again");
    fs::write(&again, format!("# both\n{other}\n{one}\n")).unwrap();
    let to = to(again.to_str().unwrap());
    let results = FileResults::open(&scratch.results(), Existing::Resume, to).unwrap();
    assert_eq!(results.finished(), 1);
    assert!(
        !fs::read_to_string(scratch.journal())
            .unwrap()
            .contains("age1")
    );
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
    let refused = FileResults::open(&nowhere, Existing::Refuse, None);
    let refused = refused.err().unwrap();
    assert!(matches!(refused, BatchError::Results { .. }), "{refused:?}");
    let (said, folder) = (refused.to_string(), scratch.path("no/such/folder"));
    let named = format!("there is no folder `{}`", folder.display());
    assert!(said.contains(&named), "{said}");
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
