//! What a batch writes or reads goes away while it runs: the results, their journal, the folder of the pictures.
#![cfg(unix)]

mod common;

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use cardseal_batch::{End, Ended, Existing, FileResults, Stop};
use common::{Scratch, Service, jobs};
use serde_json::Value;

/// A batch of 20 cards during whose fifth call something happens to its files.
fn spoiled(scratch: &Scratch, spoil: impl Fn() + Send + Sync + 'static) -> (Ended, usize) {
    fs::create_dir(scratch.path("out")).unwrap();
    let spoil = Arc::new(spoil);
    let service = Service::saying(move |call| {
        if call == 5 {
            spoil();
        }
        Ok(())
    });
    let results = FileResults::open(&results(scratch), Existing::Refuse, None).unwrap();
    let ended = scratch.batch_into(&results, &service, &jobs(1), &Stop::default());
    (ended, service.asked())
}

fn results(scratch: &Scratch) -> PathBuf {
    scratch.path("out/r.jsonl")
}

#[test]
fn a14_results_that_go_away_stop_the_batch_and_the_answer_is_handed_out() {
    type Spoil = fn(PathBuf);
    let cases: [(&str, Spoil); 6] = [
        ("moved or deleted", |path| fs::remove_file(path).unwrap()),
        ("moved or deleted", |path| {
            fs::remove_dir_all(path.parent().unwrap()).unwrap()
        }),
        ("moved or deleted", |path| {
            fs::rename(&path, path.with_extension("old")).unwrap()
        }),
        ("changed by another program", |path| {
            fs::write(path, "").unwrap()
        }),
        ("replaced by another file", |path| {
            let copy = path.with_extension("copy");
            fs::copy(&path, &copy).unwrap();
            fs::rename(copy, path).unwrap();
        }),
        ("changed by another program", |path| {
            fs::write(path.with_extension("jsonl.journal"), "").unwrap();
        }),
    ];
    for (words, spoil) in cases {
        let scratch = Scratch::with_cards(20);
        let path = results(&scratch);
        let (ended, asked) = spoiled(&scratch, move || spoil(path.clone()));
        let End::Unwritable(error) = &ended.end else {
            panic!("{words}: {ended:?}")
        };
        let error = error.to_string();
        assert!(
            error.contains(words) && error.contains("r.jsonl"),
            "{error}"
        );
        assert_eq!(
            (asked, ended.summary.ok, ended.summary.in_doubt),
            (5, 4, 1),
            "{words}"
        );
        assert_eq!(ended.unkept.len(), 1, "{words}");
        let line: Value = serde_json::from_slice(&ended.unkept[0]).unwrap();
        assert_eq!(line["result"]["IdNum"], "11010119900307002X");
    }
}

/// A share that is unmounted, a folder that is moved.
#[test]
fn a14_pictures_whose_folder_goes_away_are_called_when_it_is_back() {
    for files in [false, true] {
        let scratch = Scratch::with_cards(40);
        let (from, to) = (scratch.cards(), scratch.path("away"));
        let (away, back) = ((from.clone(), to.clone()), (to, from));
        let service = Service::saying(move |call| {
            if call == 5 {
                match files {
                    false => fs::rename(&away.0, &away.1).unwrap(),
                    // The mount point stays, and is empty.
                    true => {
                        fs::rename(&away.0, &away.1).unwrap();
                        fs::create_dir(&away.0).unwrap();
                    }
                }
            }
            Ok(())
        });
        let ended = scratch.batch_with(&service, &jobs(1), &Stop::default());
        assert!(matches!(ended.end, End::InputGone(_)), "{ended:?}");
        let summary = &ended.summary;
        assert_eq!((summary.ok, summary.cards, summary.failed), (5, 40, 20));
        assert_eq!(ended.unsent.cards(), 20);
        assert!(
            ended.unsent.why.contains("cannot be read"),
            "{:?}",
            ended.unsent
        );
        assert_eq!(scratch.lines().len(), 5, "no card is finished by it");
        let _ = fs::remove_dir(&back.1);
        fs::rename(&back.0, &back.1).unwrap();
        let service = Service::good();
        let summary = scratch
            .batch_with(&service, &jobs(1), &Stop::default())
            .summary;
        assert_eq!((summary.skipped, summary.ok, service.asked()), (5, 35, 35));
    }
}
