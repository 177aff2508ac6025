//! Workers that are killed, a server that is killed and started again: every card has exactly one result, and what was
//! called twice is counted.

use std::collections::BTreeSet;
use std::time::Instant;

use super::*;

/// Every result answers a call that came, each call answers one card at most, and no more was called than the cards and
/// the calls in doubt.
#[track_caller]
pub(crate) fn check(queue: &Queue, job: &str, cards: usize) -> u64 {
    let status = queue.status(job);
    let (lines, summary) = queue.collect(job, 0);
    assert_eq!(lines.len(), cards);
    assert_eq!(summary["in_doubt"], status["in_doubt"]);
    let in_doubt = summary["in_doubt"].as_u64().unwrap();
    let came = queue.service.came();
    let came: BTreeSet<&str> = came.iter().map(|came| came.id.as_str()).collect();
    let kept: BTreeSet<&str> = lines
        .values()
        .map(|line| line["request_id"].as_str().unwrap())
        .collect();
    assert_eq!(kept.len(), cards, "an answer stands for two cards");
    assert!(kept.is_subset(&came), "an answer that nobody gave");
    let twice = came.len() - cards;
    assert!(
        twice as u64 <= in_doubt,
        "{twice} calls more than cards, {in_doubt} in doubt"
    );
    in_doubt
}

#[test]
fn a_worker_that_is_killed_while_it_calls_leaves_its_card_to_another() {
    let Some(queue) = Queue::new(Some(Duration::from_secs(4))) else {
        return;
    };
    pictures(&queue.scratch, "cards", 3);
    queue.submit("job", &["cards"]).expect_code(0);
    let mut first = queue.work("job", &["--jobs", "1"]);
    until("it has a card", || {
        let text = finish(
            queue.scratch.command(&[
                "queue",
                "status",
                "--nats",
                &queue.nats.url(),
                "--job",
                "job",
            ]),
            b"",
        );
        text.stdout.contains("in flight  1")
    });
    until("it calls", || queue.service.came().len() == 1);
    first.kill().unwrap();
    first.wait().unwrap();
    let died = Instant::now();
    let second = queue.work("job", &["--jobs", "2"]);
    let status = queue.until_done("job");
    // Six seconds until it is missed, and four for a call; JetStream's own patience would be half a minute.
    assert!(
        died.elapsed() < Duration::from_secs(30),
        "{:?}",
        died.elapsed()
    );
    drain(second, Signal::TERM);
    assert_eq!(status["in_doubt"], 1);
    assert_eq!(check(&queue, "job", 3), 1);
}

#[test]
fn a_server_that_is_killed_is_waited_for_and_nothing_is_called_twice() {
    let Some(mut queue) = Queue::new(Some(Duration::from_millis(400))) else {
        return;
    };
    pictures(&queue.scratch, "cards", 16);
    queue.submit("job", &["cards"]).expect_code(0);
    let workers = [(); 2].map(|()| queue.work("job", &["--jobs", "2"]));
    for pause in [0, 8] {
        let before = queue.service.came().len();
        until("it goes on", || queue.service.came().len() > before + 1);
        queue.nats.kill();
        // Longer than a card is left to a worker that says nothing.
        std::thread::sleep(Duration::from_secs(pause));
        queue.nats.again();
    }
    queue.until_done("job");
    for worker in workers {
        drain(worker, Signal::TERM);
    }
    let answered = queue.service.answered();
    assert_eq!((check(&queue, "job", 16), answered), (0, 16));
}

#[test]
fn two_workers_together_keep_to_the_rate() {
    let mut all = Vec::new();
    // That they wait no longer than they must is looked at three times: a machine may stand still for seconds.
    while all.len() < 3 {
        let Some(queue) = Queue::submitted(None, 40) else {
            return;
        };
        match time_of_two_workers(&queue) {
            took if took < Duration::from_secs(8) => return,
            took => all.push(took),
        }
    }
    panic!("they wait too long: {all:?}");
}

/// From the first call to the last, of 40 at ten a second.
fn time_of_two_workers(queue: &Queue) -> Duration {
    let began = Instant::now();
    let workers = [(); 2].map(|()| queue.work("job", &["--jobs", "8", "--max-rps", "10"]));
    queue.until_done("job");
    for worker in workers {
        drain(worker, Signal::TERM);
    }
    let came: Vec<Instant> = queue.service.came().iter().map(|came| came.at).collect();
    assert_eq!(came.len(), 40);
    // From a time before them all: one that is held up on its way comes nearer to the next, and none comes early.
    for (before, at) in (0..).zip(&came) {
        let passed = at.duration_since(began);
        assert!(
            passed >= Duration::from_millis(100) * before,
            "{before} calls before {passed:?}"
        );
    }
    came[39].duration_since(came[0])
}

#[test]
fn a_card_whose_workers_die_is_given_up_and_told() {
    let Some(queue) = Queue::new(Some(Duration::from_secs(20))) else {
        return;
    };
    pictures(&queue.scratch, "cards", 1);
    queue.submit("job", &["cards"]).expect_code(0);
    for deaths in 1..=5 {
        let mut worker = queue.work("job", &["--jobs", "1"]);
        // Every delivery but the first comes when the server has missed a worker.
        until("it is called for", || {
            std::thread::sleep(Duration::from_millis(100));
            queue.nats.open_calls("job") == deaths
        });
        worker.kill().unwrap();
        worker.wait().unwrap();
    }
    let worker = queue.work("job", &["--jobs", "1"]);
    let status = queue.until_done("job");
    drain(worker, Signal::TERM);
    assert_eq!(
        (&status["failed"], &status["in_doubt"]),
        (&json!(1), &json!(5))
    );
    let (lines, _) = queue.collect("job", 9);
    let message = lines["cards/0000.jpg"]["error"]["message"]
        .as_str()
        .unwrap();
    assert!(message.starts_with("5 workers died"), "{message}");
}
