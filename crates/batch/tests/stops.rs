//! A batch that ends before its work does: where going on is senseless, where it is told to, where the disk is full. What was
//! called is kept, and it can be gone on with.

mod common;

use std::collections::HashSet;
use std::fs;
use std::process::Command;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use cardseal::Error;
use cardseal_batch::{Allowance, End, Finished, Id, Results, ResultsError, Stop};
use common::{Scratch, Service, jobs, refusal};

#[test]
fn credentials_that_are_refused_stop_it_and_the_card_is_called_when_it_goes_on() {
    for error in [
        || Error::credential("wrong"),
        || refusal("AuthFailure.SecretIdNotFound"),
        || refusal("AuthFailure.SignatureFailure"),
        || refusal("ResourceUnavailable.InArrears"),
        || refusal("ResourceUnavailable.ResourcePackageRunOut"),
        || refusal("FailedOperation.UnOpenError"),
    ] {
        let scratch = Scratch::with_cards(20);
        let service = Service::saying(move |call| match call {
            ..=5 => Ok(()),
            _ => Err(error()),
        });
        let ended = scratch.batch_with(&service, &jobs(1), &Stop::default());
        assert!(matches!(ended.end, End::Refused(_)), "{ended:?}");
        let summary = ended.summary;
        assert_eq!((summary.cards, summary.ok, summary.failed), (20, 5, 0));
        assert_eq!((summary.in_doubt, service.asked()), (0, 6));
        assert_eq!(scratch.lines().len(), 5);

        let good = Service::good();
        let summary = scratch.batch(&good).summary;
        assert_eq!((summary.ok, summary.skipped, good.asked()), (15, 5, 15));
    }
}

#[test]
fn a_card_that_is_refused_for_itself_stops_nothing() {
    let scratch = Scratch::with_cards(4);
    let service = Service::saying(|call| match call {
        2 => Err(refusal("FailedOperation.ImageBlur")),
        _ => Ok(()),
    });
    let ended = scratch.batch_with(&service, &jobs(1), &Stop::default());
    assert!(matches!(ended.end, End::Done), "{ended:?}");
    assert_eq!((ended.summary.ok, ended.summary.failed), (3, 1));
    assert_eq!(ended.summary.by_code["FailedOperation.ImageBlur"], 1);
    assert_eq!(
        scratch.lines()["b"]["error"]["code"],
        "FailedOperation.ImageBlur"
    );
    // It is finished all the same.
    let good = Service::good();
    assert_eq!(scratch.batch(&good).summary.skipped, 4);
}

#[test]
fn a_key_with_which_the_service_never_opened_anything_stops_it() {
    let unopened = || Err(refusal("FailedOperation.UnKnowError"));
    let scratch = Scratch::with_cards(25);
    let service = Service::saying(move |_| unopened());
    let ended = scratch.batch_with(&service, &jobs(1), &Stop::default());
    assert!(matches!(ended.end, End::Refused(_)), "{ended:?}");
    assert_eq!((ended.summary.failed, service.asked()), (20, 21));
    assert_eq!(ended.summary.in_doubt, 0);
    let good = Service::good();
    assert_eq!(scratch.batch(&good).summary.ok, 5);

    // It opened one: the key is right, and the others fail for themselves.
    let scratch = Scratch::with_cards(25);
    let service = Service::saying(move |call| match call {
        1 => Ok(()),
        _ => unopened(),
    });
    let ended = scratch.batch_with(&service, &jobs(1), &Stop::default());
    assert!(matches!(ended.end, End::Done), "{ended:?}");
    assert_eq!((ended.summary.ok, ended.summary.failed), (1, 24));
}

#[test]
fn not_one_call_is_begun_beyond_the_packages() {
    let scratch = Scratch::with_cards(20);
    let mut options = jobs(8);
    options.allowance = Some(Allowance::of(7));
    let service = Service::good();
    let ended = scratch.batch_with(&service, &options, &Stop::default());
    assert!(matches!(ended.end, End::PackageEmpty), "{ended:?}");
    assert_eq!((ended.summary.ok, ended.summary.cards), (7, 20));
    assert_eq!((service.asked(), scratch.lines().len()), (7, 7));
    assert_eq!(ended.summary.in_doubt, 0);

    options.allowance = Some(Allowance::of(100));
    let ended = scratch.batch_with(&service, &options, &Stop::default());
    assert!(matches!(ended.end, End::Done), "{ended:?}");
    assert_eq!((ended.summary.ok, ended.summary.skipped), (13, 7));
}

#[test]
fn who_interrupts_it_waits_for_what_is_under_way_and_nothing_more() {
    let scratch = Scratch::with_cards(20);
    let told = Arc::new(AtomicBool::new(false));
    let service = {
        let told = Arc::clone(&told);
        Service::saying(move |call| {
            told.fetch_or(call == 4, Ordering::SeqCst);
            Ok(())
        })
    };
    let ended = scratch.batch_with(&service, &jobs(1), &Stop::when(told));
    assert!(matches!(ended.end, End::Interrupted), "{ended:?}");
    assert_eq!((ended.summary.ok, ended.summary.cards), (4, 20));
    assert_eq!((scratch.lines().len(), ended.summary.in_doubt), (4, 0));
}

/// Results that can be kept so often, and notes that can be written so often.
struct Filling {
    kept: Mutex<HashSet<String>>,
    lines: usize,
    notes: Mutex<usize>,
}

impl Results for Filling {
    fn has(&self, id: &Id) -> bool {
        self.kept.lock().unwrap().contains(&id.to_string())
    }

    fn begin(&self, _: &Id) -> Result<bool, ResultsError> {
        let mut notes = self.notes.lock().unwrap();
        match notes.checked_sub(1) {
            Some(left) => {
                *notes = left;
                Ok(true)
            }
            None => Err(full()),
        }
    }

    fn settle(&self, _: &Id) -> Result<(), ResultsError> {
        Ok(())
    }

    fn keep(&self, cards: &[Finished]) -> Result<(), ResultsError> {
        let mut kept = self.kept.lock().unwrap();
        for card in cards {
            if kept.len() == self.lines {
                return Err(full());
            }
            kept.insert(card.id.to_string());
        }
        Ok(())
    }

    fn in_doubt(&self) -> u64 {
        0
    }
}

fn full() -> ResultsError {
    std::io::Error::from(std::io::ErrorKind::StorageFull).into()
}

#[test]
fn where_a_call_cannot_be_noted_it_is_not_made() {
    let scratch = Scratch::with_cards(20);
    let (kept, lines) = (Mutex::default(), 20);
    let results = Filling {
        kept,
        lines,
        notes: Mutex::new(6),
    };
    let service = Service::good();
    let ended = scratch.batch_into(&results, &service, &jobs(4), &Stop::default());
    assert!(matches!(ended.end, End::Unwritable(_)), "{ended:?}");
    assert_eq!((service.asked(), ended.summary.ok), (6, 6));
}

#[test]
fn where_a_line_cannot_be_kept_no_card_counts_and_none_is_begun() {
    let scratch = Scratch::with_cards(20);
    let (kept, notes) = (Mutex::default(), Mutex::new(20));
    let results = Filling {
        kept,
        lines: 3,
        notes,
    };
    let service = Service::good();
    let ended = scratch.batch_into(&results, &service, &jobs(1), &Stop::default());
    assert!(matches!(ended.end, End::Unwritable(_)), "{ended:?}");
    assert_eq!((ended.summary.ok, service.asked()), (3, 4));
}

/// This test in a process of its own whose files may have 4 KiB.
#[cfg(unix)]
#[test]
fn a_disk_that_fills_ends_it_with_whole_lines_and_the_lost_answer_in_doubt() {
    const INSIDE: &str = "CARDSEAL_TEST_FULL_DISK";
    let name = "a_disk_that_fills_ends_it_with_whole_lines_and_the_lost_answer_in_doubt";
    let scratch = Scratch::with_cards(26);
    if std::env::var_os(INSIDE).is_some() {
        let service = Service::good();
        let ended = scratch.batch_with(&service, &jobs(1), &Stop::default());
        assert!(matches!(ended.end, End::Unwritable(_)), "{ended:?}");
        let (kept, asked) = (scratch.lines().len(), service.asked());
        assert!(kept > 2 && kept < 26, "{kept}");
        assert_eq!(ended.summary.ok, kept as u64);
        assert_eq!(ended.summary.in_doubt, (asked - kept) as u64);
        let journal = fs::read(scratch.journal()).unwrap();
        assert!(journal.ends_with(b"\n"), "half a note is left");
        // Going on needs room, and begins nothing without.
        let again = Service::good();
        let ended = scratch.batch_with(&again, &jobs(1), &Stop::default());
        assert!(matches!(ended.end, End::Unwritable(_)), "{ended:?}");
        assert!(again.asked() <= 1, "{}", again.asked());
        return;
    }
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args([name, "--exact", "--nocapture"])
        .env(INSIDE, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("1 passed"), "{output:?}");
}
