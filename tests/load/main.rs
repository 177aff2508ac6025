//! Load: what holds for one request holds for as many as a busy service sends. No key and no IV comes twice, every
//! answer is its own request's, memory does not grow, and a generator that fails under load gives errors, not keys.
//!
//! The ordinary run is small. The full one is 10^7 seals and 64,000 requests with pictures of 2 MiB, of which
//! SM4-GCM has an eighth:
//!
//! ```text
//! MALLOC_MMAP_THRESHOLD_=131072 CARDSEAL_LOAD=full cargo test --locked --release --test load -- --nocapture
//! ```
//!
//! The variable makes glibc give back a freed body at once. Otherwise it keeps what is freed for each of its arenas, and
//! that high-water mark rises for as long as 64 threads meet by chance: 12 % in 64,000 requests, in which the program
//! itself holds no more than before.
//!
//! `CARDSEAL_LOAD_SEALS` and `CARDSEAL_LOAD_REQUESTS` name other numbers. Memory is judged where there are 6,400
//! requests or more: fewer say nothing about growth.

#[path = "../common/mod.rs"]
mod common;
mod entropy;
mod fingerprints;
mod latency;
#[cfg(target_os = "linux")]
mod memory;
#[cfg(target_os = "linux")]
mod requests;
mod seals;
#[cfg(target_os = "linux")]
mod service;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many threads a busy service has.
const THREADS: usize = 64;

/// How much to do.
struct Size {
    seals: usize,
    requests: usize,
    /// Bytes of the picture in each request.
    picture: usize,
}

impl Size {
    fn asked_for() -> Self {
        let full = std::env::var("CARDSEAL_LOAD").is_ok_and(|size| size == "full");
        let (seals, requests) = if full {
            (10_000_000, 64_000)
        } else {
            (100_000, 4 * THREADS)
        };
        let requests = number("CARDSEAL_LOAD_REQUESTS").unwrap_or(requests);
        Self {
            seals: number("CARDSEAL_LOAD_SEALS").unwrap_or(seals),
            requests,
            // What a build without optimisation can send in some seconds.
            picture: if requests > 4 * THREADS {
                2 << 20
            } else {
                32 << 10
            },
        }
    }
}

fn number(variable: &str) -> Option<usize> {
    std::env::var(variable).ok()?.parse().ok()
}

/// One load at a time: each uses the whole machine, and what one leaves in memory is not another's growth.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A number as people read it: 64,000.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| std::str::from_utf8(group).unwrap())
        .collect();
    groups.join(",")
}
