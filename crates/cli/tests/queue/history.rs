//! A history of many faults, drawn from a seed.

use std::io::Read;
use std::time::Instant;

use super::faults::check;
use super::moments::Moments;
use super::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ill {
    Worker,
    Server,
}

/// What goes wrong, and after how many calls: each at least once, and all before the last fifth of the cards.
fn faults(cards: u64, moments: &mut Moments) -> Vec<(u64, Ill)> {
    let kills = 1 + cards / 25;
    let restarts = 1 + cards / 100;
    let ills = (0..kills + restarts).map(|at| if at < kills { Ill::Worker } else { Ill::Server });
    let mut faults: Vec<(u64, Ill)> = ills
        .map(|ill| (1 + moments.next(cards * 4 / 5), ill))
        .collect();
    faults.sort_by_key(|(calls, _)| *calls);
    faults
}

fn start(queue: &Queue) -> Running {
    queue.work("job", &["--jobs", "4"])
}

/// What supervises workers starts one again that came when there was no server.
fn start_again(queue: &Queue, workers: &mut [Running]) {
    for worker in workers {
        if let Some(ended) = worker.try_wait().unwrap() {
            let mut said = String::new();
            let stderr = worker.stderr.as_mut().unwrap();
            stderr.read_to_string(&mut said).unwrap();
            assert_eq!(ended.code(), Some(5), "{said}");
            assert!(said.contains("cannot be reached"), "{said}");
            *worker = start(queue);
        }
    }
}

/// Workers are killed and started while the cards are worked, and the server is. CARDSEAL_QUEUE_CARDS says how many cards,
/// CARDSEAL_QUEUE_SEED where the faults begin.
#[test]
fn the_history_of_many_faults_has_every_card_once() {
    let number =
        |name: &str, usual: u64| std::env::var(name).map_or(usual, |text| text.parse().unwrap());
    let cards = number("CARDSEAL_QUEUE_CARDS", 80);
    let seed = number("CARDSEAL_QUEUE_SEED", 17);
    let Some(mut queue) = Queue::new(Some(Duration::from_millis(100))) else {
        return;
    };
    pictures(&queue.scratch, "cards", cards as usize);
    queue.submit("job", &["cards"]).expect_code(0);
    let mut moments = Moments(seed);
    let faults = faults(cards, &mut moments);
    let of = |ill: Ill| faults.iter().filter(|(_, one)| *one == ill).count() as u64;
    let (kills, restarts) = (of(Ill::Worker), of(Ill::Server));
    let mut workers = vec![start(&queue), start(&queue)];
    let deadline = Instant::now() + Duration::from_secs(120 + cards);
    let in_time = |what: &str| assert!(Instant::now() < deadline, "never: {what}");
    for (calls, ill) in faults {
        while (queue.service.came().len() as u64) < calls {
            start_again(&queue, &mut workers);
            in_time(&format!("{calls} calls, before {ill:?}"));
            std::thread::sleep(Duration::from_millis(5));
        }
        std::thread::sleep(Duration::from_millis(moments.next(150)));
        match ill {
            Ill::Worker => {
                let chosen = moments.next(workers.len() as u64) as usize;
                let mut worker = workers.swap_remove(chosen);
                worker.kill().unwrap();
                worker.wait().unwrap();
                workers.push(start(&queue));
            }
            Ill::Server => {
                queue.nats.kill();
                std::thread::sleep(Duration::from_millis(moments.next(3000)));
                queue.nats.again();
            }
        }
    }
    while queue.status("job")["waiting"] != 0 {
        start_again(&queue, &mut workers);
        in_time("every card has a result");
        std::thread::sleep(Duration::from_millis(200));
    }
    for worker in workers {
        drain(worker, Signal::TERM);
    }
    let in_doubt = check(&queue, "job", cards as usize);
    // The server may go whenever it likes; only a worker that dies between a call and its result leaves a doubt, of every
    // card that it calls for.
    assert!(
        in_doubt <= kills * 4,
        "{in_doubt} in doubt by {kills} kills"
    );
    println!(
        "REACHED {cards} cards through {kills} kills of workers and {restarts} of the server, each answered once, {in_doubt} in doubt"
    );
}
