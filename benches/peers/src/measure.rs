//! Taking turns: every contender gets a job ready, is judged, and only then timed.

use std::time::Duration;

use crate::contender::{Contender, timed};
use crate::fixture::Fixture;
use crate::heap;
use crate::report::{Row, Skipped};
use crate::work::{Job, Work};

/// How long is measured.
#[derive(Clone, Copy)]
pub struct Effort {
    pub samples: usize,
    pub sample: Duration,
}

impl Effort {
    pub const FULL: Effort = Effort {
        samples: 15,
        sample: Duration::from_millis(15),
    };
    pub const QUICK: Effort = Effort {
        samples: 3,
        sample: Duration::from_millis(5),
    };
}

/// The contenders, and who did not take part so far.
pub struct Field {
    pub contenders: Vec<Box<dyn Contender>>,
    pub skipped: Vec<Skipped>,
    pub fixture: Fixture,
    pub effort: Effort,
}

impl Field {
    /// Times one work at one size.
    ///
    /// # Errors
    /// Where a contender's result is wrong: nothing is then worth comparing.
    pub fn row(&mut self, work: Work, bytes: usize) -> Result<Row, String> {
        let job = self.fixture.job(work, bytes);
        let present: Vec<bool> = (0..self.contenders.len())
            .map(|place| self.ready(place, &job))
            .collect::<Result<_, _>>()?;
        let counted = matches!(work, Work::Request(_) | Work::Image(_) | Work::Reply(_));
        let heap = counted.then(|| self.heap()).flatten();
        let mut samples = vec![Vec::new(); self.contenders.len()];
        for _ in 0..self.effort.samples {
            for (place, contender) in self.contenders.iter_mut().enumerate() {
                if present[place] {
                    samples[place].push(contender.sample(self.effort.sample)?);
                }
            }
        }
        let times = samples.iter_mut().map(|samples| median(samples)).collect();
        Ok(Row {
            work,
            bytes,
            times,
            heap,
        })
    }

    /// Whether this contender takes part in the job. What it makes of it must be right.
    fn ready(&mut self, place: usize, job: &Job) -> Result<bool, String> {
        let contender = &mut self.contenders[place];
        let name = contender.name();
        match contender.ready(job) {
            Ok(output) => {
                let title = job.work.title();
                self.fixture
                    .judge(job, &output)
                    .map_err(|why| format!("{name}, {title}, {} bytes: {why}", job.bytes))?;
                Ok(true)
            }
            Err(why) => {
                self.skip(name, why, job.work.title());
                Ok(false)
            }
        }
    }

    fn skip(&mut self, name: String, why: String, title: String) {
        let known = self
            .skipped
            .iter_mut()
            .find(|skipped| skipped.name == name && skipped.why == why);
        match known {
            Some(skipped) if skipped.works.contains(&title) => {}
            Some(skipped) => skipped.works.push(title),
            None => self.skipped.push(Skipped {
                name,
                why,
                works: vec![title],
            }),
        }
    }

    /// Of the first two contenders, both in this process. The second repetition counts, once buffers are there.
    fn heap(&mut self) -> Option<[heap::Use; 2]> {
        let mut used = self.contenders.iter_mut().take(2).map(|contender| {
            contender.heap()?;
            contender.heap()
        });
        Some([used.next()??, used.next()??])
    }
}

/// The middle one; `None` of none.
pub fn median(samples: &mut [f64]) -> Option<f64> {
    samples.sort_by(f64::total_cmp);
    samples.get(samples.len() / 2).copied()
}

/// Nanoseconds of processor time that a step takes by itself: the median of its samples, one step each.
pub fn median_of(effort: Effort, mut step: impl FnMut()) -> f64 {
    let mut samples: Vec<f64> = (0..effort.samples)
        .map(|_| timed(1, &mut step).time.as_secs_f64() * 1e9)
        .collect();
    median(&mut samples).expect("a sample")
}
