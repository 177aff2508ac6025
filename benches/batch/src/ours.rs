//! This project's clients: the batch as the command line runs it, and the bare calls that it is made of.

use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Mutex;

use cardseal::tencent::{IdCardRequest, Tencent};
use cardseal::{
    BlockingClient, Credentials, Endpoint, Image, IvPolicy, Recipient, TransportOptions,
};
use cardseal_batch::{
    Books, End, Existing, FileResults, Inputs, Options, Stop, TencentCards, patient, run,
};
use cardseal_ledger::Ledger;
use rustix::time::{ClockId, clock_gettime};

use crate::pictures::CARDS;
use crate::service::{SECRET_ID, SECRET_KEY};

pub const JOBS: usize = 8;

/// The whole batch: files read, every call noted before it is made, results on the disk, the ledger, the progress told.
pub fn batch(key: &Path, url: &str, folder: &Path) {
    let scratch = tempfile::tempdir().expect("a folder for results");
    let started = processor_time();
    let (client, account, recipient) = account(key, url);
    let cards = TencentCards::new(
        client,
        account.retry(patient(Default::default())),
        recipient,
    );
    let mut work = Inputs::of(&[folder.to_owned()]).expect("the pictures");
    let results = FileResults::open(&scratch.path().join("results"), Existing::Refuse, None);
    let results = results.expect("results");
    let ledger = Ledger::open(&scratch.path().join("ledger")).expect("a ledger");
    let mut books = Books::of(ledger).expect("books");
    let options = Options {
        jobs: NonZeroUsize::new(JOBS).expect("some jobs"),
        max_rps: None,
        ..Options::default()
    };
    let stop = Stop::default();
    let mut shown = 0;
    let ended = run(
        &mut work,
        &results,
        &cards,
        Some(&mut books),
        &options,
        &stop,
        &mut |summary| shown = summary.ok,
    );
    drop((results, books));
    let seconds = processor_time() - started;
    assert!(
        matches!(ended.end, End::Done) && ended.unrecorded.is_none(),
        "{ended:?}"
    );
    assert_eq!(
        (ended.summary.ok, shown),
        (CARDS as u64, CARDS as u64),
        "{ended:?}"
    );
    let lines = fs::read_to_string(scratch.path().join("results")).expect("the results");
    assert_eq!(lines.lines().count(), CARDS);
    tell(seconds);
}

/// Sealing, HTTP and opening by themselves: the pictures are in memory already, and nothing is kept of the answers.
pub fn bare(key: &Path, url: &str, folder: &Path) {
    let files = fs::read_dir(folder).expect("the pictures");
    let pictures = files.map(|file| fs::read(file.expect("a picture").path()).expect("a picture"));
    let pictures: Vec<Vec<u8>> = pictures.collect();
    assert_eq!(pictures.len(), CARDS);
    let pictures = Mutex::new(pictures.into_iter());
    let started = processor_time();
    let (client, account, recipient) = account(key, url);
    std::thread::scope(|scope| {
        for _ in 0..JOBS {
            scope.spawn(|| {
                loop {
                    let next = pictures.lock().expect("no panic").next();
                    let Some(picture) = next else { break };
                    let card = IdCardRequest::new(Image::from_bytes(picture).expect("a picture"));
                    let call = account
                        .recognize_encrypted_id_card(&recipient, &card, IvPolicy::default())
                        .expect("a sealed request");
                    let answer = client.run(call).expect("an answer");
                    assert!(!answer.card.id_num.expose().is_empty());
                }
            });
        }
    });
    tell(processor_time() - started);
}

fn account(key: &Path, url: &str) -> (BlockingClient, Tencent, Recipient) {
    let mut options = TransportOptions::default();
    options.idle_connections = JOBS;
    let client = BlockingClient::with_options(&options).expect("a client");
    let credentials = Credentials::new(SECRET_ID, SECRET_KEY).expect("credentials");
    let endpoint = Endpoint::custom(url).expect("loopback");
    let recipient = Recipient::parse(&fs::read(key).expect("the key")).expect("a sound key");
    (
        client,
        Tencent::new(credentials).endpoint(endpoint),
        recipient,
    )
}

fn tell(seconds: f64) {
    println!(
        "{}",
        serde_json::json!({"cards": CARDS, "seconds": seconds})
    );
}

/// Of this process and all of its threads, in the kernel too.
fn processor_time() -> f64 {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    now.tv_sec as f64 + now.tv_nsec as f64 / 1e9
}
