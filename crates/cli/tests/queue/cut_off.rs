//! Workers that are alive and whom the server does not hear: what they call counts, and nothing of it twice.

use std::time::Instant;

use super::faults::check;
use super::valve::Valve;
use super::*;

/// The other worker has a card by then: the server waits six seconds, and then the others are asked.
const TAKEN_OVER: Duration = Duration::from_millis(9500);

struct CutOff {
    queue: Queue,
    valve: Valve,
    worker: Running,
    other: Running,
}

/// A worker calls for two cards and is cut off, and another has taken them and calls as well.
fn cut_off() -> Option<CutOff> {
    let queue = Queue::new(Some(Duration::from_secs(10)))?;
    let valve = Valve::before(queue.nats.port);
    pictures(&queue.scratch, "cards", 2);
    queue.submit("job", &["cards"]).expect_code(0);
    let mut worker = queue.worker(&valve.url(), "job", &["--jobs", "2"]);
    let worker = Running::start(&mut worker);
    until("it calls", || queue.nats.open_calls("job") == 2);
    // It has been told that they are noted, so its requests come.
    until("its requests come", || queue.service.came().len() == 2);
    valve.shut();
    let other = queue.work("job", &["--jobs", "2"]);
    until("the other calls", || queue.nats.open_calls("job") == 4);
    Some(CutOff {
        queue,
        valve,
        worker,
        other,
    })
}

impl CutOff {
    fn end(self) {
        let status = self.queue.until_done("job");
        assert_eq!((&status["ok"], &status["failed"]), (&json!(2), &json!(0)));
        self.valve.open();
        // Both answers of each card have come, and one has been stored.
        until("all have answered", || self.queue.service.came().len() == 4);
        std::thread::sleep(Duration::from_secs(2));
        drain(self.worker, Signal::TERM);
        drain(self.other, Signal::TERM);
        assert_eq!(check(&self.queue, "job", 2), 2);
    }
}

#[test]
fn a_worker_that_is_cut_off_until_another_has_answered_is_in_doubt() {
    if let Some(cut_off) = cut_off() {
        cut_off.end();
    }
}

#[test]
fn a_worker_that_is_heard_again_may_still_be_the_first() {
    if let Some(cut_off) = cut_off() {
        cut_off.valve.open();
        cut_off.end();
    }
}

#[test]
fn a_worker_that_lost_a_card_before_its_call_does_not_call_for_it() {
    let Some(queue) = Queue::new(None) else {
        return;
    };
    let valve = Valve::before(queue.nats.port);
    pictures(&queue.scratch, "cards", 2);
    queue.submit("job", &["cards"]).expect_code(0);
    // The second card waits for its turn for ten seconds.
    let slow = ["--jobs", "2", "--max-rps", "0.1"];
    let worker = Running::start(&mut queue.worker(&valve.url(), "job", &slow));
    until("it has called for one", || queue.status("job")["done"] == 1);
    let began = Instant::now();
    valve.shut();
    let other = queue.work("job", &slow);
    std::thread::sleep(TAKEN_OVER.saturating_sub(began.elapsed()));
    valve.open();
    let status = queue.until_done("job");
    assert_eq!((&status["ok"], &status["in_doubt"]), (&json!(2), &json!(0)));
    drain(worker, Signal::TERM);
    drain(other, Signal::TERM);
    assert_eq!(check(&queue, "job", 2), 0);
    assert_eq!(queue.service.came().len(), 2);
}

#[test]
fn a_card_whose_call_takes_long_stays_with_its_worker() {
    let Some(queue) = Queue::new(Some(Duration::from_secs(16))) else {
        return;
    };
    pictures(&queue.scratch, "cards", 1);
    queue.submit("job", &["cards"]).expect_code(0);
    let workers = [(); 2].map(|()| queue.work("job", &["--jobs", "2"]));
    let status = queue.until_done("job");
    assert_eq!((&status["ok"], &status["in_doubt"]), (&json!(1), &json!(0)));
    for worker in workers {
        drain(worker, Signal::TERM);
    }
    assert_eq!(queue.service.came().len(), 1);
}

#[test]
fn sigterm_during_a_call_stores_its_answer_and_gives_the_rest_back() {
    // Long enough for the signal to come while it calls.
    let Some(queue) = Queue::new(Some(Duration::from_secs(5))) else {
        return;
    };
    pictures(&queue.scratch, "cards", 5);
    queue.submit("job", &["cards"]).expect_code(0);
    let worker = queue.work("job", &["--jobs", "2"]);
    until("it calls", || queue.nats.open_calls("job") == 2);
    drain(worker, Signal::TERM);
    let status = queue.status("job");
    assert_eq!(
        (&status["ok"], &status["waiting"], &status["in_doubt"]),
        (&json!(2), &json!(3), &json!(0))
    );
    let other = queue.work("job", &["--jobs", "3"]);
    queue.until_done("job");
    drain(other, Signal::TERM);
    assert_eq!(check(&queue, "job", 5), 0);
    assert_eq!(queue.service.came().len(), 5);
}
