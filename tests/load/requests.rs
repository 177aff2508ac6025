//! Whole requests with pictures, over HTTP on loopback: sealed, signed, sent, answered, opened.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use cardseal::crypto::{OsRandom, SecureRandom};
use cardseal::tencent::{CardSide, IdCardRequest, Recognized};
use cardseal::{BlockingClient, Call, Client, Image, IvPolicy, TransportOptions};
use serde::Deserialize;

use super::common::driving::sends;
use super::common::unb64;
use super::fingerprints::Drawn;
use super::latency::Latencies;
use super::memory::{mebibytes, middle, resident};
use super::service::Service;
use super::{Size, THREADS, alone, grouped};

/// Memory is read between rounds, when nothing is under way.
const ROUNDS: usize = 40;
/// It differs from round to round, so the middle of some rounds is compared: of the ten after the first ten, which
/// warm up, and of the last ten.
const JUDGED: usize = 10;
/// Tasks of the async client.
const TASKS: usize = 16;
/// One request of so many is for SM4-GCM, which the gateway opens slowly.
const SM4_SHARE: usize = 8;

#[test]
fn every_answer_is_its_own_requests() {
    let _alone = alone();
    let size = Size::asked_for();
    let load = Load::new(&size);
    let client = BlockingClient::with_options(&patient()).unwrap();
    let share = size.requests.div_ceil(THREADS);

    let mut done: Vec<Done> = (0..THREADS).map(|_| Done::with_room(share)).collect();
    let mut memory = Vec::new();
    let started = Instant::now();
    for round in 0..ROUNDS {
        thread::scope(|scope| {
            for (thread, mine) in done.iter_mut().enumerate() {
                let (load, client) = (&load, &client);
                scope.spawn(move || {
                    for number in share * round / ROUNDS..share * (round + 1) / ROUNDS {
                        let asked = load.ask(thread * share + number, mine);
                        let answer = client.run(asked.call).unwrap();
                        mine.check(asked.case, &answer, asked.started.elapsed());
                    }
                });
            }
        });
        memory.push(resident(None));
    }
    let took = started.elapsed();
    let gateway = resident(Some(load.service.process_id()));
    let done = done.into_iter().fold(Done::default(), Done::and);
    done.report("blocking", THREADS, share * THREADS, &size, took);

    let warm = middle(&memory[JUDGED..2 * JUDGED]);
    let end = middle(&memory[ROUNDS - JUDGED..]);
    let growth = (end as f64 / warm as f64 - 1.0) * 100.0;
    let all: Vec<String> = memory.iter().map(|bytes| mebibytes(*bytes)).collect();
    println!(
        "memory after each round: {}; the gateway's at the end: {}",
        all.join(", "),
        mebibytes(gateway)
    );
    if size.requests >= 6_400 {
        println!(
            "REACHED resident memory {} after warm-up, {} at the end: {growth:+.1} % (medians of {JUDGED} rounds)",
            mebibytes(warm),
            mebibytes(end)
        );
        assert!(growth < 5.0, "memory grew by {growth:.1} %");
    }
}

#[test]
fn every_answer_is_its_own_requests_asked_for_asynchronously() {
    let _alone = alone();
    let mut size = Size::asked_for();
    size.requests /= 64;
    let load = Arc::new(Load::new(&size));
    let client = Client::with_options(&patient()).unwrap();
    let share = size.requests.div_ceil(TASKS);

    let runtime = tokio::runtime::Runtime::new().unwrap();
    let started = Instant::now();
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let (load, client) = (Arc::clone(&load), client.clone());
            runtime.spawn(async move {
                let mut mine = Done::with_room(share);
                for number in 0..share {
                    let asked = load.ask(task * share + number, &mut mine);
                    let answer = client.run(asked.call).await.unwrap();
                    mine.check(asked.case, &answer, asked.started.elapsed());
                }
                mine
            })
        })
        .collect();
    let done = tasks
        .into_iter()
        .map(|task| runtime.block_on(task).unwrap())
        .fold(Done::default(), Done::and);
    done.report("async", TASKS, share * TASKS, &size, started.elapsed());
}

/// A queue of 64 at a gateway of one thread is long.
fn patient() -> TransportOptions {
    TransportOptions::default().deadline(Duration::from_secs(300))
}

struct Load {
    service: Service,
    /// The front and the back of a card.
    cards: [IdCardRequest; 2],
}

/// Which request it is, so that the right answer is known.
#[derive(Clone, Copy)]
struct Case {
    suite: usize,
    gateway: usize,
    front: bool,
}

struct Asked {
    case: Case,
    call: Call<Recognized>,
    started: Instant,
}

impl Load {
    fn new(size: &Size) -> Self {
        let mut picture = vec![0; size.picture];
        OsRandom.fill(&mut picture).unwrap();
        // How a JPEG begins; the gateway looks no further.
        picture[..4].copy_from_slice(&[0xff, 0xd8, 0xff, 0xe0]);
        let cards = [CardSide::Front, CardSide::Back].map(|side| {
            IdCardRequest::new(Image::from_bytes_unchecked(picture.clone()).unwrap()).side(side)
        });
        Self {
            service: Service::start(),
            cards,
        }
    }

    /// Seals one request, and notes the key and IV that it is sent under.
    fn ask(&self, number: usize, done: &mut Done) -> Asked {
        let case = Case {
            suite: usize::from(number.is_multiple_of(SM4_SHARE)),
            gateway: number / SM4_SHARE % self.service.accounts.len(),
            front: (number / SM4_SHARE / 2).is_multiple_of(2),
        };
        let card = &self.cards[usize::from(!case.front)];
        let recipient = &self.service.recipients[case.suite];
        let account = &self.service.accounts[case.gateway];
        let started = Instant::now();
        let mut call = account
            .recognize_encrypted_id_card(recipient, card, IvPolicy::Same)
            .unwrap();
        let sealing = started.elapsed();
        done.sealing[case.suite].note(sealing);

        // The very bytes that are sent: a call that is asked again gives the same body.
        let request = sends(&mut call, SystemTime::now());
        let sent: Sent = serde_json::from_slice(request.body()).unwrap();
        let blob = unb64(sent.encryption.ciphertext_blob);
        let key = self.service.keys[case.suite].unwrap_key(&blob).unwrap();
        done.drawn.note(&key, &unb64(sent.encryption.iv));
        Asked {
            case,
            call,
            // What the test itself did in between does not count.
            started: Instant::now() - sealing,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Sent<'a> {
    #[serde(borrow)]
    encryption: SentEncryption<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SentEncryption<'a> {
    ciphertext_blob: &'a str,
    iv: &'a str,
}

/// What some requests came to.
#[derive(Default)]
struct Done {
    drawn: Drawn,
    /// For each suite, until there is a call to send.
    sealing: [Latencies; 2],
    /// For each suite, until there is an answer.
    whole: [Latencies; 2],
}

impl Done {
    fn with_room(requests: usize) -> Self {
        let latencies = || std::array::from_fn(|_| Latencies::with_room(requests));
        Self {
            drawn: Drawn::with_room(requests),
            sealing: latencies(),
            whole: latencies(),
        }
    }

    fn check(&mut self, case: Case, answer: &Recognized, took: Duration) {
        self.whole[case.suite].note(took);
        assert!(
            Service::is_right(case.gateway, case.front, &answer.card),
            "another card's answer"
        );
    }

    fn and(mut self, other: Self) -> Self {
        self.drawn.take(other.drawn);
        for (mine, theirs) in self.sealing.iter_mut().zip(other.sealing) {
            mine.take(theirs);
        }
        for (mine, theirs) in self.whole.iter_mut().zip(other.whole) {
            mine.take(theirs);
        }
        self
    }

    fn report(self, client: &str, at_once: usize, requests: usize, size: &Size, took: Duration) {
        assert_eq!(self.drawn.len(), requests);
        for (suite, name) in ["AES-256-CBC", "SM4-GCM"].into_iter().enumerate() {
            println!(
                "REACHED {client}, {name}: sealing {}; until the answer {}",
                self.sealing[suite], self.whole[suite]
            );
        }
        let (keys, ivs) = self.drawn.repeated();
        println!(
            "REACHED {} requests of the {client} client, {at_once} at once, pictures of {} KiB, each answer the right \
             one, {keys} repeated keys, {ivs} repeated IVs, {:.0} a second",
            grouped(requests),
            size.picture >> 10,
            requests as f64 / took.as_secs_f64()
        );
        assert_eq!((keys, ivs), (0, 0), "repeated keys and IVs");
    }
}
