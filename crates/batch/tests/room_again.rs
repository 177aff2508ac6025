//! A disk that is full in the middle of a note and has room again: what is written then is read by the run that goes on.
#![cfg(unix)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cardseal_batch::{AgeRecipient, Existing, FileResults, Finished, Id, Results};
use common::Scratch;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use zeroize::Zeroizing;

/// The process that is killed: where it writes, and for whom.
const FOLDER: &str = "CARDSEAL_TEST_ROOM_AGAIN";
const READER: &str = "CARDSEAL_TEST_READER";

fn card(number: u64) -> Id {
    Id::of(&format!("card {number}"))
}

fn open(results: &Path, reader: Option<&str>) -> FileResults {
    let to = reader.map(|key| AgeRecipient::parse(key).unwrap());
    FileResults::open(results, Existing::Resume, to).unwrap()
}

/// Fills the journal, has room again, ends one call, begins another and is killed.
fn fill_and_die(results: &Path, reader: Option<&str>) {
    let journal = PathBuf::from(format!("{}.journal", results.display()));
    let results = open(results, reader);
    let refused = (0..1000).find(|number| results.begin(&card(*number)).is_err());
    let refused = refused.unwrap();
    assert!(refused > 100, "notes of 35 bytes stand in 4 KiB: {refused}");
    let before = fs::metadata(&journal).unwrap().len();
    assert!(before < 4096, "the last note fits: {before}");
    let limit = getrlimit(Resource::Fsize);
    let room = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    setrlimit(Resource::Fsize, room).unwrap();
    let line = br#"{"id":"card 0","outcome":"ok","result":{}}"#;
    let ended = Finished {
        id: card(0),
        line: Zeroizing::new([line, &b"\n"[..]].concat()),
        ends_a_call: true,
        code: None,
        is_in_doubt: false,
        holds_an_answer: true,
    };
    results.keep(&[ended]).unwrap();
    results.begin(&card(refused)).unwrap();
    std::process::abort();
}

#[test]
fn what_is_noted_when_there_is_room_again_is_read_after_a_kill() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        let reader = std::env::var(READER).ok();
        fill_and_die(&PathBuf::from(folder).join("results"), reader.as_deref());
    }
    let identity = age::x25519::Identity::generate().to_public().to_string();
    for reader in [None, Some(identity.as_str())] {
        let scratch = Scratch::with_cards(0);
        let mut command = Command::new("sh");
        command
            .args(["-c", "trap '' XFSZ; ulimit -S -f 8; exec \"$0\" \"$@\""])
            .arg(std::env::current_exe().unwrap())
            .args([
                "what_is_noted_when_there_is_room_again_is_read_after_a_kill",
                "--exact",
                "--nocapture",
            ])
            .env(FOLDER, scratch.path("."));
        if let Some(reader) = reader {
            command.env(READER, reader);
        }
        let output = command.output().unwrap();
        let signal = std::os::unix::process::ExitStatusExt::signal(&output.status);
        assert!(signal.is_some(), "it was not killed: {output:?}");
        let journal = fs::read(scratch.journal()).unwrap();
        assert!(!journal.contains(&0), "a gap is left in the journal");
        let notes = journal.split(|byte| *byte == b'\n');
        let begun = notes.filter(|note| note.starts_with(b"b ")).count();
        let doubt = u64::try_from(begun).unwrap() - 1;
        let results = open(&scratch.results(), reader);
        assert!(doubt > 100);
        assert_eq!((results.finished(), results.in_doubt()), (1, doubt));
        assert!(results.has(&card(0)) && !results.has(&card(1)));
    }
}
