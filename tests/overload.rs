//! Ten times as many calls as the rate allows. A program of its own, because nothing else may be busy beside it.
//!
//! A few seconds in an ordinary run; half a minute with `CARDSEAL_LOAD=full`.

mod common;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cardseal::tencent::Tencent;
use cardseal::{Client, Credentials, Endpoint, RateLimits, RetryPolicy, TransportOptions};
use cardseal_gateway::{GatewayConfig, Running};
use common::driving::call;

const RATE: f64 = 20.0;

/// Calls in a second, ten times the rate.
const CALLS: u32 = 200;

/// A second in which this program waited longer for a processor, or woke later, proves nothing of the limiter.
const LATE: Duration = Duration::from_millis(100);
const WAITED: Duration = Duration::from_millis(400);

/// What stops between two looks is not seen, so a count that is off is no proof unless it is off again.
const TRIES: usize = 3;

/// Half of the calls have a deadline, the other half are dropped while they wait.
#[tokio::test(flavor = "multi_thread")]
async fn b2_under_overload_a_limited_client_sends_its_whole_rate_in_every_second() {
    let full = std::env::var("CARDSEAL_LOAD").is_ok_and(|size| size == "full");
    let wanted = if full { 30 } else { 4 };
    let sent = Arc::new(Mutex::new(Vec::new()));
    let mut config = GatewayConfig::new(Vec::new(), "AKIDtest", "secret");
    let seen = Arc::clone(&sent);
    config.on_request = Some(Arc::new(move |_| seen.lock().unwrap().push(Instant::now())));
    let gateway = Running::start(config, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
    let tencent = Tencent::new(Credentials::new("AKIDtest", "secret").unwrap())
        .endpoint(Endpoint::custom(&gateway.url()).unwrap())
        .retry(RetryPolicy::never());
    let limits = Arc::new(RateLimits::none().limit("RecognizeEncryptedIDCardOCR", RATE));
    let options = TransportOptions::default().deadline(Duration::from_secs(2));
    let client = Client::with_options(&options).unwrap().rate_limits(limits);

    let mut calls = Vec::new();
    let mut counted = Vec::new();
    let mut before_was_calm = false;
    let mut tries = 1;
    for _ in 0..2 * wanted + 60 {
        let (start, waited) = (Instant::now(), waited_for_a_processor());
        let mut latest = Duration::ZERO;
        for turn in 0..CALLS {
            calls.push(tokio::spawn(one(client.clone(), call(&tencent), turn)));
            let next = start + Duration::from_secs(1) / CALLS * (turn + 1);
            tokio::time::sleep(next.saturating_duration_since(Instant::now())).await;
            latest = latest.max(next.elapsed());
        }
        let is_calm = latest < LATE && waited_for_a_processor().saturating_sub(waited) < WAITED;
        // A second after a late one sends what was late; the first begins with what may be sent at once.
        if is_calm && before_was_calm {
            let within = start..start + Duration::from_secs(1);
            let sent = sent.lock().unwrap();
            counted.push(sent.iter().filter(|at| within.contains(*at)).count());
        }
        before_was_calm = is_calm;
        if counted.len() == wanted {
            if tries == TRIES || counted.iter().all(is_whole) {
                break;
            }
            tries += 1;
            counted.clear();
        }
    }
    for call in calls {
        call.await.unwrap();
    }
    if counted.len() < wanted {
        common::skip("overload", "this machine was late in nearly every second");
    }
    assert!(counted.iter().all(is_whole), "{counted:?}");
    println!(
        "REACHED {} seconds of overload, each with the whole rate",
        counted.len()
    );
}

/// Those who are dropped while they wait took half of the turns with them where each waited for its own.
fn is_whole(count: &usize) -> bool {
    (16..=24).contains(count)
}

async fn one<T>(client: Client, call: cardseal::Call<T>, turn: u32) {
    if turn.is_multiple_of(2) {
        return drop(client.run(call).await);
    }
    let patience = Duration::from_millis(10 + u64::from(turn) * 37 % 1500);
    drop(tokio::time::timeout(patience, client.run(call)).await);
}

/// How long the threads of this program were ready to run and waited for a processor, as Linux tells it; elsewhere zero.
fn waited_for_a_processor() -> Duration {
    let Ok(threads) = std::fs::read_dir("/proc/self/task") else {
        return Duration::ZERO;
    };
    let of = |thread: std::fs::DirEntry| {
        let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split(' ').nth(1)?.parse::<u64>().ok()
    };
    let nanos: u64 = threads.filter_map(|thread| of(thread.ok()?)).sum();
    Duration::from_nanos(nanos)
}
