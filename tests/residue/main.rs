//! What is left of secrets in this process's memory once they are gone: nothing, after an opened answer, an answer that
//! does not open, an opener that was dropped, an answer in clear, and a panic in the caller's code; without the network,
//! and over HTTP with both clients; in memory, and in a core dump.
//!
//! Session keys and ID numbers are made by a child process, so that nothing in this one but the library ever holds
//! them in clear: here they are kept masked, and unmasked byte by byte into the library's own buffers. The scan looks
//! for every window of eight bytes in every writable page, and must find what is planted on the heap and on the stack,
//! or it would count for nothing.
//!
//! `CARDSEAL_CASES` names how many requests each test makes: usually 1,000 without the network, and 200 over HTTP.
#![cfg(target_os = "linux")]

mod clients;
#[path = "../common/mod.rs"]
mod common;
mod dump;
mod making;
mod scanner;
mod service;
mod signing;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cardseal::crypto::{OsRandom, ProviderError, SecureRandom};
use cardseal::tencent::{IdCardRequest, Tencent};
use cardseal::{Credentials, EncryptedReply, Image, IvPolicy, Next, Settled};
use making::{Case, MASK, masked};
use scanner::Scanner;
use tempfile::TempDir;
use zeroize::Zeroizing;

/// Requests between two scans, each with secrets of its own.
const ROUND: usize = 100;

/// Requests without the network, and over HTTP.
const RUNS: usize = 1000;
const RUNS_OVER_HTTP: usize = 200;

#[test]
fn nothing_secret_is_left_in_memory() {
    if let Some(count) = making::asked_for() {
        return making::print(count);
    }
    let _alone = alone();
    the_scanner_sees_heap_and_stack();

    let cases = making::in_a_child(common::cases(RUNS));
    for round in cases.chunks(ROUND) {
        let mut scanner = Scanner::default();
        for (place, case) in round.iter().enumerate() {
            match place / 2 % 5 {
                0 => open(case),
                1 => fail_to_open(case),
                2 => drop(seal(case)),
                3 => read_in_clear(case),
                _ => panic_while_open(case),
            }
            scanner.look_for("a session key", &case.key);
            scanner.look_for("an ID number", &case.id_number);
        }
        signing::by_every_scheme(&round[0]);
        scanner.look_for("a secret key", &round[0].secret);
        for derived in &round[0].derived {
            scanner.look_for("a derived signing key", derived);
        }
        assert_eq!(counted(scanner.scan()), BTreeMap::new());
    }
    println!("REACHED {} runs without the network, 0 hits", cases.len());
}

#[test]
fn nothing_secret_is_left_in_memory_by_either_client() {
    let _alone = alone();
    the_scanner_sees_heap_and_stack();
    let clients = clients::Clients::new();
    let mut scanner = Scanner::default();
    clients.silent_round(&mut scanner);
    assert_eq!(counted(scanner.scan()), BTreeMap::new());

    let runs = common::cases(RUNS_OVER_HTTP);
    for round in (0..runs).step_by(ROUND) {
        let mut scanner = Scanner::default();
        clients.round(ROUND.min(runs - round), &mut scanner);
        assert_eq!(counted(scanner.scan()), BTreeMap::new());
    }
    println!("REACHED {runs} runs over HTTP by the async and the blocking client, 0 hits");
}

#[test]
fn nothing_secret_is_in_a_core_dump() {
    let _alone = alone();
    let clients = clients::Clients::new();
    let mut scanner = Scanner::default();
    clients.round(ROUND, &mut scanner);

    let (heap, kept_heap) = planted();
    let (vec, kept_stack) = planted();
    let mut stack = [0; PLANTED];
    stack.copy_from_slice(&vec);
    drop(Zeroizing::new(vec));
    std::hint::black_box((&heap, &mut stack));
    scanner.look_for("planted on the heap", &kept_heap);
    scanner.look_for("planted on the stack", &kept_stack);

    let folder = TempDir::new().unwrap();
    let file = match dump::of_this_process(&folder) {
        Ok(file) => file,
        Err(reason) => return common::skip("nothing_secret_is_in_a_core_dump", &reason),
    };
    std::hint::black_box((&heap, &mut stack));
    let found = counted(scanner.scan_file(&file));
    let windows = PLANTED - 7;
    for control in ["planted on the heap", "planted on the stack"] {
        let times = found.get(control).copied().unwrap_or_default();
        assert!(times >= windows, "{control} is not found: {found:?}");
    }
    assert_eq!(found.len(), 2, "{found:?}");
    println!(
        "REACHED a core dump of {} MiB after {ROUND} runs over HTTP, 0 hits, both planted values found",
        file.metadata().unwrap().len() >> 20
    );
}

/// Bytes of a planted value.
const PLANTED: usize = 24;

/// A random value, and the same masked.
fn planted() -> (Vec<u8>, Vec<u8>) {
    let mut value = vec![0; PLANTED];
    OsRandom.fill(&mut value).unwrap();
    let kept = masked(&value);
    (value, kept)
}

/// One test at a time: what one reads of memory holds what another has in use.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How often each was found.
fn counted(found: Vec<String>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for place in found {
        *counts.entry(place).or_default() += 1;
    }
    counts
}

/// Gives a random IV, then the session key, unmasked straight into the buffer, then random bytes.
struct KeySecond {
    calls: AtomicUsize,
    masked: Vec<u8>,
}

impl SecureRandom for KeySecond {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), ProviderError> {
        if self.calls.fetch_add(1, Ordering::Relaxed) != 1 {
            return OsRandom.fill(buffer);
        }
        for (byte, masked) in buffer.iter_mut().zip(&self.masked) {
            *byte = masked ^ MASK;
        }
        Ok(())
    }
}

#[inline(never)]
fn seal(case: &Case) -> cardseal::Opener {
    let random = Arc::new(KeySecond {
        calls: AtomicUsize::new(0),
        masked: case.key.clone(),
    });
    let key = [common::RSA_KEY, common::SM2_KEY][case.suite];
    let recipient = common::recipient_over(key, random);
    let request = br#"{"ImageUrl":"https://example.com/card.jpg","CardSide":"FRONT"}"#;
    recipient.seal(request).unwrap().1
}

#[inline(never)]
fn open(case: &Case) {
    let reply = EncryptedReply::parse(case.reply.as_bytes()).unwrap();
    let opened = seal(case)
        .open(&reply, IvPolicy::AcceptForgeableFirstBlock)
        .unwrap();
    let plaintext = opened.expose_plaintext();
    let number = plaintext.windows(18).any(|window| {
        window
            .iter()
            .zip(&case.id_number)
            .all(|(byte, masked)| byte ^ MASK == *masked)
    });
    assert!(number, "the answer holds the number");
}

#[inline(never)]
fn fail_to_open(case: &Case) {
    // The tag or the padding is wrong, and everything else is right.
    let damaged = case.damaged_reply();
    let reply = EncryptedReply::parse(damaged.as_bytes()).unwrap();
    assert!(
        seal(case)
            .open(&reply, IvPolicy::AcceptForgeableFirstBlock)
            .is_err()
    );
}

#[inline(never)]
fn panic_while_open(case: &Case) {
    let reply = EncryptedReply::parse(case.reply.as_bytes()).unwrap();
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let opened = seal(case)
            .open(&reply, IvPolicy::AcceptForgeableFirstBlock)
            .unwrap();
        std::panic::resume_unwind(Box::new(opened.iv_reused()));
    }));
    assert!(outcome.is_err());
}

/// An answer that is not sealed. Its bytes are the network's, which here wipes them.
#[inline(never)]
fn read_in_clear(case: &Case) {
    let tencent = Tencent::new(Credentials::new(making::ID, "secret").unwrap());
    let image = Image::from_url("https://example.com/card.jpg").unwrap();
    let mut call = tencent
        .recognize_id_card(&IdCardRequest::new(image))
        .unwrap();
    assert!(matches!(call.next(making::time()), Ok(Next::Send(_))));

    // As large as with a picture: what small memory held is soon written over, and would not be found.
    static PICTURE: [u8; 40_000] = [b'A'; 40_000];
    let mut body = Zeroizing::new(Vec::with_capacity(100_000));
    body.extend_from_slice(br#"{"Response":{"RequestId":"r","Picture":""#);
    body.extend_from_slice(&PICTURE);
    body.extend_from_slice(br#"","IdNum":""#);
    body.extend(case.id_number.iter().map(|byte| byte ^ MASK));
    body.extend_from_slice(br#"","Other":""#);
    body.extend_from_slice(&PICTURE);
    body.extend_from_slice(br#""}}"#);
    let reply = http::Response::new(bytes::Bytes::from_owner(body));
    let Settled::Done(answer) = call.settle(Ok(reply)) else {
        panic!("no answer");
    };
    assert_eq!(answer.card.id_num.expose().len(), case.id_number.len());
}

/// Without this a scan that finds nothing says nothing.
fn the_scanner_sees_heap_and_stack() {
    let planted = b"planted-for-the-scanner!";
    let mut scanner = Scanner::default();
    scanner.look_for("heap", &masked(planted));
    assert_eq!(
        scanner.scan().len(),
        0,
        "only the binary's constants hold it"
    );

    let heap: Vec<u8> = planted
        .iter()
        .map(|byte| std::hint::black_box(*byte))
        .collect();
    std::hint::black_box(&heap);
    assert!(!scanner.scan().is_empty(), "a planted heap copy is found");
    std::hint::black_box(&heap);
    drop(heap);

    let mut stack = [0_u8; 24];
    for (place, byte) in stack.iter_mut().zip(masked(planted)) {
        *place = std::hint::black_box(byte ^ MASK);
    }
    std::hint::black_box(&mut stack);
    let mut scanner = Scanner::default();
    scanner.look_for("stack", &masked(planted));
    let found = scanner.scan();
    assert!(
        found.iter().any(|place| place.contains("stack copy")),
        "a planted stack copy is found: {found:?}"
    );
    std::hint::black_box(&mut stack);
    stack.fill(0);
    std::hint::black_box(&mut stack);
}
