//! A batch that ended at any byte of what it writes: every card without a line is called again, none with one, and the calls
//! whose answers were not kept are counted.

mod common;

use std::fs;

use cardseal_batch::{AgeRecipient, Existing, FileResults, Results, Stop};
use common::{Scratch, Service, jobs};

const CARDS: u8 = 3;

/// What one job writes, in its order: pieces of the journal, each line of results behind the note of its end.
struct Log {
    title: Vec<u8>,
    /// A piece, and whether it goes into the results.
    pieces: Vec<(Vec<u8>, Where)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    Journal,
    Results,
}

impl Log {
    fn of(scratch: &Scratch) -> Self {
        let journal = fs::read(scratch.journal()).unwrap();
        let results = fs::read(scratch.results()).unwrap();
        let mut lines = results.split_inclusive(|byte| *byte == b'\n');
        let mut notes = journal.split_inclusive(|byte| *byte == b'\n');
        let title = notes.next().unwrap().to_vec();
        let mut pieces = Vec::new();
        for note in notes {
            pieces.push((note.to_vec(), Where::Journal));
            if [&b"f "[..], b"l ", b"n "]
                .iter()
                .any(|end| note.starts_with(end))
            {
                pieces.push((lines.next().unwrap().to_vec(), Where::Results));
            }
        }
        assert!(lines.next().is_none());
        Self { title, pieces }
    }

    fn len(&self) -> usize {
        self.pieces.iter().map(|(piece, _)| piece.len()).sum()
    }

    /// Leaves the files as they are after so many bytes. How many cards have a line then, and how many calls are open.
    fn leave(&self, scratch: &Scratch, bytes: usize) -> (u64, u64) {
        let (mut journal, mut results) = (self.title.clone(), Vec::new());
        let (mut left, mut lines, mut begun) = (bytes, 0, 0);
        for (piece, place) in &self.pieces {
            let written = &piece[..piece.len().min(left)];
            left -= written.len();
            // A line is whole without its line end, too; a note is not.
            let is_whole = match place {
                Where::Journal => written.len() == piece.len(),
                Where::Results => written.len() + 1 >= piece.len(),
            };
            match place {
                Where::Journal => journal.extend_from_slice(written),
                Where::Results => results.extend_from_slice(written),
            }
            lines += u64::from(is_whole && *place == Where::Results);
            begun += u64::from(is_whole && piece.starts_with(b"b "));
        }
        fs::write(scratch.journal(), journal).unwrap();
        fs::write(scratch.results(), results).unwrap();
        (lines, begun - lines)
    }
}

#[test]
fn after_an_end_at_any_byte_every_card_has_one_line_and_every_lost_answer_is_counted() {
    let scratch = Scratch::with_cards(CARDS);
    scratch.batch_with(&Service::good(), &jobs(1), &Stop::default());
    let log = Log::of(&scratch);
    let mut in_doubt_once = 0;
    for bytes in 0..=log.len() {
        let (lines, open) = log.leave(&scratch, bytes);
        let service = Service::good();
        let ended = scratch.batch_with(&service, &jobs(1), &Stop::default());
        let summary = ended.summary;
        assert_eq!(
            scratch.lines().len(),
            usize::from(CARDS),
            "after {bytes} bytes"
        );
        assert_eq!(
            (summary.skipped, summary.ok, summary.in_doubt),
            (lines, u64::from(CARDS) - lines, open),
            "after {bytes} bytes"
        );
        assert_eq!(service.asked() as u64, summary.ok, "after {bytes} bytes");
        in_doubt_once += open;
    }
    assert!(in_doubt_once > 100, "{in_doubt_once}");
}

#[test]
fn the_same_where_nobody_can_read_the_lines() {
    let scratch = Scratch::with_cards(CARDS);
    let identity = age::x25519::Identity::generate();
    let to = AgeRecipient::parse(&identity.to_public().to_string()).unwrap();
    let open = || FileResults::open(&scratch.results(), Existing::Resume, Some(to.clone()));
    let go_on = |service: &Service| {
        let results = open().unwrap();
        scratch.batch_into(&results, service, &jobs(1), &Stop::default())
    };
    go_on(&Service::good());
    let log = Log::of(&scratch);
    // Every fifth byte, and with it places in every piece.
    for bytes in (0..=log.len()).step_by(5) {
        let (lines, open) = log.leave(&scratch, bytes);
        let service = Service::good();
        let summary = go_on(&service).summary;
        assert_eq!(
            (summary.skipped, summary.in_doubt, service.asked() as u64),
            (lines, open, u64::from(CARDS) - lines),
            "after {bytes} bytes"
        );
    }
}

#[test]
fn what_a_power_cut_left_as_zeros_is_cut_off() {
    let scratch = Scratch::with_cards(CARDS);
    scratch.batch(&Service::good());
    let mut results = fs::read(scratch.results()).unwrap();
    let mut journal = fs::read(scratch.journal()).unwrap();
    results.extend([0; 300]);
    journal.extend([0; 40]);
    fs::write(scratch.results(), results).unwrap();
    fs::write(scratch.journal(), journal).unwrap();
    let service = Service::good();
    let summary = scratch.batch(&service).summary;
    assert_eq!(
        (summary.skipped, summary.in_doubt, service.asked()),
        (3, 0, 0)
    );
    assert_eq!(scratch.lines().len(), 3);
}

#[test]
fn a_note_that_is_no_text_costs_no_other_note() {
    let scratch = Scratch::with_cards(CARDS);
    scratch.batch(&Service::good());
    let mut journal = fs::read(scratch.journal()).unwrap();
    let title = journal.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    journal.splice(title..title, *b"\xff\xfe of nobody\n");
    fs::write(scratch.journal(), &journal).unwrap();
    for run in 0..2 {
        let summary = scratch.batch(&Service::good()).summary;
        assert_eq!((summary.skipped, summary.in_doubt), (3, 0), "run {run}");
        assert_eq!(fs::read(scratch.journal()).unwrap(), journal, "run {run}");
    }
}

/// What an editor leaves: the last line without its end, or a blank line behind it.
#[test]
fn a14_what_an_editor_did_to_the_line_ends_costs_no_call() {
    let identity = age::x25519::Identity::generate();
    for to in [None, Some(identity.to_public().to_string())] {
        let scratch = Scratch::with_cards(CARDS);
        let to = to.map(|key| AgeRecipient::parse(&key).unwrap());
        let go_on = |service: &Service| {
            let results = FileResults::open(&scratch.results(), Existing::Resume, to.clone());
            scratch.batch_into(&results.unwrap(), service, &jobs(1), &Stop::default())
        };
        go_on(&Service::good());
        let whole = fs::read(scratch.results()).unwrap();
        let without_end = &whole[..whole.len() - 1];
        let second = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        let blank_between = [&whole[..second], b" \n", &whole[second..]].concat();
        let blank_behind = [&whole[..], b"\n"].concat();
        for (changed, left) in [
            (without_end, &whole[..]),
            (&blank_behind, &blank_behind),
            (&blank_between, &blank_between),
        ] {
            fs::write(scratch.results(), changed).unwrap();
            let service = Service::good();
            let summary = go_on(&service).summary;
            assert_eq!((service.asked(), summary.in_doubt), (0, 0));
            assert_eq!(summary.skipped, u64::from(CARDS));
            assert_eq!(fs::read(scratch.results()).unwrap(), left);
        }
    }
}

#[test]
fn a_call_in_doubt_stays_so_for_the_life_of_its_results() {
    let scratch = Scratch::with_cards(CARDS);
    let log = {
        scratch.batch_with(&Service::good(), &jobs(1), &Stop::default());
        Log::of(&scratch)
    };
    // The first call was begun, and its answer is nowhere.
    let begun = log.pieces[0].0.len();
    assert_eq!(log.leave(&scratch, begun), (0, 1));
    for run in 0..3 {
        let service = Service::good();
        let summary = scratch.batch(&service).summary;
        assert_eq!(summary.in_doubt, 1, "run {run}");
        assert_eq!(service.asked(), if run == 0 { 3 } else { 0 }, "run {run}");
    }
    let results = FileResults::open(&scratch.results(), Existing::Resume, None).unwrap();
    assert_eq!((results.finished(), results.in_doubt()), (3, 1));
}

#[test]
fn a_line_that_was_noted_twice_ends_one_call() {
    let scratch = Scratch::with_cards(CARDS);
    scratch.batch_with(&Service::good(), &jobs(1), &Stop::default());
    let journal = fs::read_to_string(scratch.journal()).unwrap();
    let begun = journal.lines().find(|note| note.starts_with("b ")).unwrap();
    let id = begun.strip_prefix("b ").unwrap();
    let ends = format!("f {id} ");
    let ended = journal
        .lines()
        .find(|note| note.starts_with(&ends))
        .unwrap();
    // Its card was called before in vain, and its line was tried again when there was room.
    fs::write(scratch.journal(), format!("{journal}{begun}\n{ended}\n")).unwrap();
    assert_eq!(scratch.batch(&Service::good()).summary.in_doubt, 1);
}
