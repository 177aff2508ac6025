//! What is measured of cardseal alone: its backends, how cost grows, and where its allocations come from.

use std::fmt::Write;
use std::hint::black_box;

use cardseal_kernels::Backend;
use sha2::{Digest, Sha256};

use crate::contender::{Contender, InProcess, timed};
use crate::fixture::Fixture;
use crate::measure::{Effort, median};
use crate::report::{digits, whole};
use crate::work::{Suite, Work};
use crate::{KIB, MIB, heap, ours, rust_crypto};

/// SM4-GCM of 64 KiB under a new key, on every backend, beside RustCrypto's.
pub fn backends(fixture: &Fixture, effort: Effort) -> Result<String, String> {
    let mut contenders = vec![InProcess::new("RustCrypto", rust_crypto::careful::prepare)];
    contenders.extend(Backend::available().map(|backend| {
        InProcess::new(backend.name(), move |job| {
            ours::sm4_gcm_seal(job, Some(backend))
        })
    }));
    let [short, long] = [156, 64 * KIB].map(|bytes| {
        let times = times(fixture, effort, &mut contenders, Work::Sm4GcmSeal, bytes);
        times.map(|times| (bytes, times))
    });
    let ((_, short), (bytes, long)) = (short?, long?);
    let mut text = "| backend | 156 B | 64 KiB | × RustCrypto |\n|---|--:|--:|--:|\n".to_owned();
    for ((contender, short), ns) in contenders.iter().zip(short).zip(&long) {
        let _ = writeln!(
            text,
            "| {} | {} ns | {} MB/s | {} |",
            contender.name(),
            whole(short),
            whole(bytes as f64 / ns * 1e3),
            digits(long[0] / ns)
        );
    }
    Ok(text)
}

/// Nanoseconds a byte, by size; last, what the hash of a body alone takes, which no request can do without.
pub fn by_size(fixture: &Fixture, effort: Effort) -> Result<String, String> {
    let works = [
        Work::Sm4GcmSeal,
        Work::AesCbcEncrypt,
        Work::Request(Suite::Sm),
        Work::Request(Suite::Intl),
        Work::Reply(Suite::Sm),
        Work::Reply(Suite::Intl),
    ];
    let mut text = "| bytes |".to_owned();
    for work in works {
        let _ = write!(text, " {} |", work.title());
    }
    let _ = writeln!(
        text,
        " SHA-256 of its base64 |\n|--:|{}",
        "--:|".repeat(works.len() + 1)
    );
    let mut ours = [InProcess::new("cardseal", ours::prepare)];
    for kib in [1, 4, 16, 64, 256, 1024, 4096, 7 * 1024, 8 * 1024] {
        let bytes = kib * KIB;
        let _ = write!(text, "| {} |", whole(bytes as f64));
        for work in works {
            let too_large = matches!(work, Work::Request(_) | Work::Reply(_)) && bytes > 7 * MIB;
            let cell = if too_large {
                "–".into()
            } else {
                digits(times(fixture, effort, &mut ours, work, bytes)?[0] / bytes as f64)
            };
            let _ = write!(text, " {cell} |");
        }
        let hashing = hash_time(effort, bytes.div_ceil(3) * 4) / bytes as f64;
        let _ = writeln!(text, " {} |", digits(hashing));
    }
    Ok(text)
}

/// SHA-256 of so many bytes, in nanoseconds.
fn hash_time(effort: Effort, bytes: usize) -> f64 {
    let body = vec![b'A'; bytes];
    let mut samples: Vec<f64> = (0..effort.samples)
        .map(|_| {
            let times = u32::try_from(effort.sample.as_nanos() / bytes as u128)
                .unwrap_or(1)
                .max(1);
            let hashed = timed(times, || {
                black_box(Sha256::digest(black_box(&body)));
            });
            hashed.time.as_secs_f64() * 1e9 / f64::from(times)
        })
        .collect();
    median(&mut samples).expect("a sample")
}

/// The median of each contender.
fn times(
    fixture: &Fixture,
    effort: Effort,
    contenders: &mut [InProcess],
    work: Work,
    bytes: usize,
) -> Result<Vec<f64>, String> {
    let job = fixture.job(work, bytes);
    for contender in contenders.iter_mut() {
        let output = contender.ready(&job)?;
        fixture.judge(&job, &output)?;
    }
    let mut samples = vec![Vec::new(); contenders.len()];
    for _ in 0..effort.samples {
        for (contender, samples) in contenders.iter_mut().zip(&mut samples) {
            samples.push(contender.sample(effort.sample)?);
        }
    }
    Ok(samples.iter_mut().filter_map(|s| median(s)).collect())
}

/// Prints where each allocation of a request and of a reply comes from.
pub fn allocations(fixture: &Fixture) -> Result<(), String> {
    let bytes = 64 * KIB;
    let works =
        Suite::ALL.map(|suite| [Work::Request(suite), Work::Image(suite), Work::Reply(suite)]);
    for work in works.into_iter().flatten() {
        let (_, mut run) = ours::prepare(&fixture.job(work, bytes))?;
        run(1);
        let heap = run(1).heap;
        println!(
            "{}, {bytes} bytes: {} allocations, at most {} bytes held",
            work.title(),
            heap.allocations,
            heap.peak
        );
        let traced = heap::trace(|| {
            run(1);
        });
        let mut places: Vec<(String, usize, usize)> = Vec::new();
        for (bytes, calls) in traced {
            let calls = callers(&calls);
            match places.iter_mut().find(|(known, ..)| *known == calls) {
                Some((_, times, sum)) => (*times, *sum) = (*times + 1, *sum + bytes),
                None => places.push((calls, 1, bytes)),
            }
        }
        for (calls, times, bytes) in places {
            println!("  {times:>3} times, {bytes:>7} bytes: {calls}");
        }
    }
    Ok(())
}

/// The innermost calls that are cardseal's own, innermost first.
fn callers(backtrace: &str) -> String {
    let own: Vec<&str> = backtrace
        .lines()
        .filter_map(|line| line.trim().split_once(": ").map(|(_, name)| name))
        .filter(|name| name.contains("cardseal") && !name.contains("cardseal_peers"))
        .take(3)
        .collect();
    own.join(" < ")
}
