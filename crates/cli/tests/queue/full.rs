//! A server without room: it is said, nothing is lost, and it goes on when there is room.

use std::io::{BufRead, BufReader};

use super::faults::check;
use super::*;

const LITTLE: &str = "150KB";
const MUCH: &str = "1GB";

/// A queue whose server may store so much.
fn queue_of(store: &str, latency: Option<Duration>) -> Option<Queue> {
    let mut queue = Queue::new(latency)?;
    configure(&queue, store);
    let config = queue.scratch.path("nats.conf");
    queue.nats = Nats::with(&["-c", config.to_str().unwrap()])?;
    Some(queue)
}

fn configure(queue: &Queue, store: &str) {
    let config = format!("jetstream {{ max_file_store: {store} }}\n");
    queue.scratch.write("nats.conf", &config);
}

fn give_room(queue: &mut Queue) {
    configure(queue, MUCH);
    queue.nats.kill();
    queue.nats.again();
}

#[test]
fn a_submit_into_a_full_server_says_so_and_is_gone_on_with() {
    let Some(mut queue) = queue_of(LITTLE, None) else {
        return;
    };
    pictures(&queue.scratch, "cards", 200);
    fs::write(
        queue.scratch.path("cards/big.bmp"),
        common::bitmap(1_500_000),
    )
    .unwrap();
    let done = queue.submit("job", &["cards"]).expect_code(5);
    assert!(done.stderr.contains("no room for more"), "{done:?}");
    assert_eq!(done.stderr.lines().count(), 1, "{done:?}");
    let before = queue.status("job")["cards"].as_u64().unwrap();
    assert!((1..200).contains(&before), "{before}");
    give_room(&mut queue);
    let said = queue.submit("job", &["cards"]).expect_code(0).stdout;
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        (&said["cards"], &said["repeated"]),
        (&json!(201), &json!(before))
    );
    let worker = queue.work("job", &["--jobs", "8"]);
    let status = queue.until_done("job");
    drain(worker, Signal::TERM);
    assert_eq!(
        (&status["cards"], &status["ok"]),
        (&json!(201), &json!(201))
    );
    assert_eq!(check(&queue, "job", 201), 0);
}

#[test]
fn a_worker_whose_answers_find_no_room_waits_for_it() {
    let Some(mut queue) = queue_of(LITTLE, Some(Duration::from_secs(7))) else {
        return;
    };
    pictures(&queue.scratch, "cards", 3);
    pictures(&queue.scratch, "others", 200);
    queue.submit("job", &["cards"]).expect_code(0);
    let mut worker = queue.work("job", &["--jobs", "2"]);
    until("it calls", || queue.nats.open_calls("job") == 2);
    queue.submit("others", &["others"]).expect_code(5);
    let mut said = BufReader::new(worker.stderr.take().unwrap()).lines();
    let said = said.find(|line| line.as_ref().unwrap().contains("no room for more"));
    assert!(said.unwrap().unwrap().ends_with("the worker waits"));
    assert_eq!(queue.status("job")["ok"], 0);
    give_room(&mut queue);
    queue.until_done("job");
    drain(worker, Signal::TERM);
    assert_eq!(check(&queue, "job", 3), 0);
    assert_eq!(queue.service.came().len(), 3);
}

#[test]
fn an_answer_that_the_server_never_takes_is_kept_sealed() {
    let Some(mut queue) = Queue::new(Some(Duration::from_secs(5))) else {
        return;
    };
    pictures(&queue.scratch, "cards", 1);
    let reader = identity(&queue.scratch, "reader");
    queue
        .submit("job", &["cards", "--result-to", &reader])
        .expect_code(0);
    let state = queue.scratch.path("state");
    let mut worker = queue.worker(&queue.nats.url(), "job", &[]);
    let mut worker = Running::start(worker.env("XDG_STATE_HOME", &state));
    until("it calls", || queue.nats.open_calls("job") == 1);
    queue.nats.kill();
    until("it is answered", || queue.service.answered() == 1);
    kill_process(Pid::from_child(&worker), Signal::TERM).unwrap();
    assert_eq!(worker.wait().unwrap().code(), Some(5));
    let kept: Vec<_> = fs::read_dir(state.join("cardseal")).unwrap().collect();
    assert_eq!(kept.len(), 1);
    let path = kept[0].as_ref().unwrap().path();
    assert_eq!(common::mode(&path), 0o600);
    let opened = open_sealed(&queue.scratch, "reader", &fs::read_to_string(path).unwrap());
    let line: Value = serde_json::from_str(&opened).unwrap();
    assert_eq!(line["result"]["IdNum"], "11010119900307002X");
    queue.nats.again();
    assert_eq!(queue.status("job")["in_doubt"], 1);
}
