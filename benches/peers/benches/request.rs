//! A whole request, from plaintext to the body that is sent with its hash: both suites, by size of the plaintext.
//!
//! `cargo bench --manifest-path benches/peers/Cargo.toml --bench request`, on one core (`taskset -c 1`). Each figure
//! is the median of 31 samples of at least 20 ms.

use std::hint::black_box;
use std::time::{Duration, Instant};

use cardseal::{EncryptedReply, IvPolicy, Recipient};

const SAMPLES: usize = 31;
const SAMPLE: Duration = Duration::from_millis(20);

fn main() {
    let rsa = include_bytes!("../../../vectors/keys/tencent-demo-rsa.b64");
    let sm2 = include_bytes!("../../../vectors/keys/tencent-demo-sm2.b64");
    for key in [&rsa[..], &sm2[..]] {
        let recipient = Recipient::parse(key).expect("a published key");
        println!("{} with {}", recipient.algorithm(), recipient.key_name());
        for len in [156, 64 << 10, 2 << 20, 7 << 20] {
            let plaintext = object(len);
            let seal = median(|| {
                black_box(recipient.seal(black_box(&plaintext)).expect("sealed"));
            });
            let open = median_of(
                || {
                    let (sealed, opener) = recipient.seal(&plaintext).expect("sealed");
                    (
                        EncryptedReply::parse(sealed.as_json()).expect("JSON"),
                        opener,
                    )
                },
                |(reply, opener)| {
                    black_box(opener.open(&reply, IvPolicy::Same).expect("opened"));
                },
            );
            println!(
                "  {len:>8} bytes   seal {:>10.2} us   open {:>10.2} us",
                micros(seal),
                micros(open)
            );
        }
    }
}

/// A JSON object of exactly this many bytes.
fn object(len: usize) -> Vec<u8> {
    format!("{{\"a\":\"{}\"}}", "x".repeat(len - 8)).into_bytes()
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// The time of one call.
fn median(mut call: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..SAMPLES)
        .map(|_| {
            let (started, mut calls) = (Instant::now(), 0);
            while started.elapsed() < SAMPLE {
                call();
                calls += 1;
            }
            started.elapsed() / calls
        })
        .collect();
    times.sort();
    times[SAMPLES / 2]
}

/// The time of one call, what it takes made before the clock starts.
fn median_of<T>(mut make: impl FnMut() -> T, mut call: impl FnMut(T)) -> Duration {
    let mut times: Vec<Duration> = (0..SAMPLES)
        .map(|_| {
            let made = make();
            let started = Instant::now();
            call(made);
            started.elapsed()
        })
        .collect();
    times.sort();
    times[SAMPLES / 2]
}
