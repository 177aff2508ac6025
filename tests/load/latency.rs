//! How long things took.

use std::fmt;
use std::time::Duration;

use super::fingerprints::room;

/// Nanoseconds.
#[derive(Default)]
pub(crate) struct Latencies(Vec<u64>);

impl Latencies {
    /// With room for so many, so that noting them is no growth.
    pub(crate) fn with_room(requests: usize) -> Self {
        Self(room(requests))
    }

    pub(crate) fn note(&mut self, time: Duration) {
        self.0.push(u64::try_from(time.as_nanos()).unwrap());
    }

    pub(crate) fn take(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// The time within which so many of a hundred were done.
    fn percentile(&self, percent: usize) -> Duration {
        let mut times = self.0.clone();
        times.sort_unstable();
        let rank = (times.len() * percent).div_ceil(100);
        rank.checked_sub(1)
            .map_or(Duration::ZERO, |place| Duration::from_nanos(times[place]))
    }
}

impl fmt::Display for Latencies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
        write!(
            f,
            "p50 {:.1} ms, p99 {:.1} ms",
            milliseconds(self.percentile(50)),
            milliseconds(self.percentile(99))
        )
    }
}

#[test]
fn the_middle_and_the_end() {
    let mut times = Latencies::default();
    for time in (1..=200).rev() {
        times.note(Duration::from_millis(time));
    }
    assert_eq!(times.to_string(), "p50 100.0 ms, p99 198.0 ms");
}
