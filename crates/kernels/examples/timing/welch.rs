//! Welch's t-test on running times, after Reparaz, Balasch and Verbauwhede, "Dude, is my code constant time?" (2017).

/// Beyond this two classes of input take different times.
pub(crate) const LIMIT: f64 = 4.5;

/// Inputs prepared before the clock starts, so that making them does not count.
const BATCH: usize = 500;

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Class {
    Fixed,
    Other,
}

/// Times `run` on both classes and compares the means: the larger |t| of all samples and of those
/// below the 90th percentile, which interruptions do not reach.
pub(crate) fn welch<I>(
    samples: usize,
    mut make: impl FnMut(Class, &mut Random) -> I,
    mut run: impl FnMut(&mut I),
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
        let mut inputs: Vec<I> = classes
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
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        core::array::from_fn(|_| self.word() as u8)
    }
}
