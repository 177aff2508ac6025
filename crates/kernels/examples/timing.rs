//! Does the running time depend on secrets? Welch's t-test on every backend of this CPU, after
//! Reparaz, Balasch and Verbauwhede, "Dude, is my code constant time?" (2017).
//!
//! `cargo run --locked --release -p cardseal-kernels --example timing [samples]`, 1,000,000 by default. Two
//! classes of input are timed in random order; |t| ≥ 4.5 is a leak and fails the run. So does a
//! planted leak that goes unnoticed.

use std::{hint::black_box, process::ExitCode};

use cardseal_kernels::{Backend, Sm4Gcm, aes256_cbc, sha256::Sha256};

const DEFAULT_SAMPLES: usize = 1_000_000;
const LIMIT: f64 = 4.5;
const NONCE: [u8; 12] = [5; 12];

/// Inputs prepared before the clock starts, so that making them does not count.
const BATCH: usize = 500;

#[derive(Clone)]
struct Input {
    key: [u8; 16],
    text: [u8; 96],
    tag: [u8; 16],
}

fn main() -> ExitCode {
    let samples = std::env::args().nth(1).map_or(DEFAULT_SAMPLES, |count| {
        count.parse().expect("the number of samples")
    });
    println!("{samples} samples a test, limit |t| < {LIMIT}");
    let (mut leaks, mut tests, mut largest) = (0, 0, 0.0_f64);

    let t = welch(samples, fixed_or_random, |input| {
        black_box(differing_prefix(&black_box(input).key, &[0xa5; 16]));
    });
    let caught = t.abs() >= LIMIT;
    println!(
        "  planted leak           t = {t:>9.2}  {}",
        if caught { "caught" } else { "MISSED" }
    );
    leaks += u32::from(!caught);

    let mut judge = |backend: &str, what: &str, t: f64| {
        let leak = t.abs() >= LIMIT;
        println!(
            "  {:<12} {what:<9} t = {t:>9.2}  {}",
            backend,
            if leak { "LEAK" } else { "ok" }
        );
        leaks += u32::from(leak);
        tests += 1;
        largest = largest.max(t.abs());
    };
    for backend in Backend::available() {
        // Key schedule, encryption, hash: one key and text against random ones.
        let t = welch(samples, fixed_or_random, |input| {
            let cipher = Sm4Gcm::with_backend(&input.key, backend).expect("available");
            black_box(cipher.seal_in_place(&NONCE, b"", &mut input.text)).expect("short");
        });
        judge(backend.name(), "seal", t);

        // The same beside the hash of one and the same text, long enough for the two to go through one loop.
        let t = welch(samples, fixed_or_random, |input| {
            let cipher = Sm4Gcm::with_backend(&input.key, backend).expect("available");
            let mut blocks = [[0; 16]; 62];
            for (block, text) in blocks
                .iter_mut()
                .zip(input.text.as_chunks().0.iter().cycle())
            {
                *block = *text;
            }
            let (mut sealer, mut hash) = (cipher.sealer(&NONCE, b""), Sha256::new());
            let sealed = sealer.update_hashing(&mut blocks, &mut hash, &[[0x33; 64]; 16]);
            sealed.expect("short");
            black_box((blocks, sealer.finish(&mut []), hash.finish(b"")))
                .1
                .expect("short");
        });
        judge(backend.name(), "beside", t);

        // Tag comparison: the first byte wrong against the last byte wrong.
        let cipher = Sm4Gcm::with_backend(&[9; 16], backend).expect("available");
        let mut text = [0; 96];
        let tag = cipher.seal_in_place(&NONCE, b"", &mut text).expect("short");
        let wrong_byte = |class: Class, _: &mut Random| {
            let mut wrong = tag;
            wrong[if class == Class::Fixed { 0 } else { 15 }] ^= 0x40;
            Input {
                key: [9; 16],
                text,
                tag: wrong,
            }
        };
        let t = welch(samples, wrong_byte, |input| {
            let result = cipher.open_in_place(&NONCE, b"", &mut input.text, &input.tag);
            black_box(result).expect_err("a wrong tag");
        });
        judge(backend.name(), "open", t);
    }
    for backend in aes256_cbc::Backend::available() {
        // Key schedule and encryption, beside the hash of one and the same text: one key and text against random ones.
        let t = welch(samples, fixed_or_random, |input| {
            let mut key = [0; 32];
            key[..16].copy_from_slice(&input.key);
            key[16..].copy_from_slice(&input.tag);
            let mut hash = Sha256::new();
            let encryptor = aes256_cbc::Encryptor::with_backend(&key, &[5; 16], backend);
            encryptor.expect("available").encrypt_and_hash(
                input.text.as_chunks_mut().0,
                &mut hash,
                &[[0x33; 64]; 2],
            );
            black_box((&input.text, hash.finish(b"")));
        });
        judge(backend.name(), "cbc", t);
    }
    println!(
        "REACHED planted leak caught: {caught}; {tests} tests of {samples} samples, largest |t| {largest:.2}"
    );
    for backend in Backend::ALL {
        if !Backend::available().any(|available| available == backend) {
            println!("N/A {backend}: this CPU, or this compiler, lacks its instructions");
        }
    }
    ExitCode::from(u8::from(leaks > 0))
}

/// The planted leak: a comparison that stops at the first difference.
#[inline(never)]
fn differing_prefix(a: &[u8; 16], b: &[u8; 16]) -> usize {
    a.iter()
        .zip(b)
        .take_while(|(a, b)| black_box(**a) == **b)
        .count()
}

#[derive(Clone, Copy, PartialEq)]
enum Class {
    Fixed,
    Other,
}

fn fixed_or_random(class: Class, random: &mut Random) -> Input {
    // Both classes draw the same amount, so that both leave the same traces.
    let drawn = Input {
        key: random.bytes(),
        text: random.bytes(),
        tag: random.bytes(),
    };
    match class {
        Class::Fixed => Input {
            key: [0xa5; 16],
            text: [0x3c; 96],
            tag: [0; 16],
        },
        Class::Other => drawn,
    }
}

/// Times `run` on both classes and compares the means: the larger |t| of all samples and of those
/// below the 90th percentile, which interruptions do not reach.
fn welch(
    samples: usize,
    mut make: impl FnMut(Class, &mut Random) -> Input,
    mut run: impl FnMut(&mut Input),
) -> f64 {
    let mut random = Random(0x5eed);
    let mut times: Vec<(Class, f64)> = Vec::with_capacity(samples);
    let mut warm = false;
    while times.len() < samples {
        let classes: Vec<Class> = (0..BATCH)
            .map(|_| {
                if random.word() & 1 == 0 {
                    Class::Fixed
                } else {
                    Class::Other
                }
            })
            .collect();
        let mut inputs: Vec<Input> = classes
            .iter()
            .map(|class| make(*class, &mut random))
            .collect();
        for (class, input) in classes.iter().zip(&mut inputs) {
            let started = clock();
            run(input);
            let ended = clock();
            if warm {
                times.push((*class, ended.wrapping_sub(started) as f64));
            }
        }
        warm = true;
    }
    let mut sorted: Vec<f64> = times.iter().map(|(_, time)| *time).collect();
    sorted.sort_by(f64::total_cmp);
    let crop = sorted[sorted.len() * 9 / 10];
    let all = t_of(times.iter().copied());
    let undisturbed = t_of(times.iter().copied().filter(|(_, time)| *time < crop));
    if all.abs() > undisturbed.abs() {
        all
    } else {
        undisturbed
    }
}

/// Welch's t of the two classes.
fn t_of(times: impl Iterator<Item = (Class, f64)>) -> f64 {
    let (mut fixed, mut other) = (Moments::default(), Moments::default());
    for (class, time) in times {
        match class {
            Class::Fixed => fixed.add(time),
            Class::Other => other.add(time),
        }
    }
    let spread = fixed.variance() / fixed.count + other.variance() / other.count;
    if spread == 0.0 {
        0.0
    } else {
        (fixed.mean - other.mean) / spread.sqrt()
    }
}

/// Running mean and variance (Welford).
#[derive(Default)]
struct Moments {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Moments {
    fn add(&mut self, value: f64) {
        self.count += 1.0;
        let from_old = value - self.mean;
        self.mean += from_old / self.count;
        self.squares += from_old * (value - self.mean);
    }

    fn variance(&self) -> f64 {
        self.squares / (self.count - 1.0)
    }
}

/// A clock as fine as the CPU has, in units of its own.
fn clock() -> u64 {
    #[cfg(target_arch = "x86_64")]
    {
        // SAFETY: both instructions exist on every x86-64 CPU.
        unsafe {
            core::arch::x86_64::_mm_lfence();
            let now = core::arch::x86_64::_rdtsc();
            core::arch::x86_64::_mm_lfence();
            now
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        use std::{sync::LazyLock, time::Instant};
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        START.elapsed().as_nanos() as u64
    }
}

/// SplitMix64: inputs, not secrets.
struct Random(u64);

impl Random {
    fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        core::array::from_fn(|_| self.word() as u8)
    }
}
