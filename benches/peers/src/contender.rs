//! Who takes part, and how a sample of one is taken.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use crate::heap;
use crate::work::Job;

/// A contender gets a job ready, shows what it makes of it, and is then timed.
pub trait Contender {
    /// The heading of its column.
    fn name(&self) -> String;

    /// Gets a job ready and does it once; what came out, or why it cannot.
    fn ready(&mut self, job: &Job) -> Result<Vec<u8>, String>;

    /// Nanoseconds of processor time for one repetition of the job that is ready, over about `time`.
    fn sample(&mut self, time: Duration) -> Result<f64, String>;

    /// What one repetition asks of the heap, where that can be counted.
    fn heap(&mut self) -> Option<heap::Use> {
        None
    }
}

/// Does something a number of times and measures that, without what it takes to prepare it.
pub type Run = Box<dyn FnMut(u32) -> Measured>;

/// What repetitions took.
#[derive(Default)]
pub struct Measured {
    pub time: Duration,
    /// Of a single repetition; of several, nothing.
    pub heap: heap::Use,
}

/// Times repetitions of what is prepared already.
pub fn timed(times: u32, mut step: impl FnMut()) -> Measured {
    let counting = (times == 1).then(heap::Count::start);
    let started = processor_time();
    for _ in 0..times {
        step();
    }
    let time = processor_time() - started;
    let heap = counting.map(heap::Count::stop).unwrap_or_default();
    Measured { time, heap }
}

/// What this process has had of the processor: what others on the same core take does not count.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.cast_unsigned(), time.tv_nsec as u32)
}

/// A job that this process does: what came out of it the first time, and how to repeat it.
pub type Ready = Result<(Vec<u8>, Run), String>;

/// A contender in this process.
pub struct InProcess {
    name: String,
    prepare: Box<dyn Fn(&Job) -> Ready>,
    run: Option<(Run, u32)>,
}

impl InProcess {
    pub fn new(name: impl Into<String>, prepare: impl Fn(&Job) -> Ready + 'static) -> Self {
        Self {
            name: name.into(),
            prepare: Box::new(prepare),
            run: None,
        }
    }
}

impl Contender for InProcess {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn ready(&mut self, job: &Job) -> Result<Vec<u8>, String> {
        self.run = None;
        let (output, run) = (self.prepare)(job)?;
        self.run = Some((run, 0));
        Ok(output)
    }

    fn sample(&mut self, time: Duration) -> Result<f64, String> {
        let (run, times) = self.run.as_mut().expect("a job is ready");
        if *times == 0 {
            *times = enough(run, time);
        }
        Ok(run(*times).time.as_secs_f64() * 1e9 / f64::from(*times))
    }

    fn heap(&mut self) -> Option<heap::Use> {
        let (run, _) = self.run.as_mut().expect("a job is ready");
        Some(run(1).heap)
    }
}

/// How many repetitions take about `time`, found once everything is warm.
fn enough(run: &mut Run, time: Duration) -> u32 {
    let mut times = 1;
    loop {
        let taken = run(times).time;
        if taken >= time / 4 || times >= 1 << 20 {
            let more = time.as_secs_f64() / taken.as_secs_f64().max(1e-9);
            return ((f64::from(times) * more) as u32).max(1);
        }
        times *= 2;
    }
}
