//! Who is timed: a whole call by each driver, the HTTP library of each alone, and the request alone, which is not sent.

use std::hint::black_box;
use std::sync::Arc;

use cardseal::{BlockingClient, Client};
use cardseal_gateway::Suite;
use rustix::time::{ClockId, clock_gettime};
use tokio::runtime::{Builder, Runtime};

use crate::bare;
use crate::card::{Card, check};
use crate::heap;
use crate::service::Service;

/// Calls in a sample, and before the first.
const CALLS: u32 = 8;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Driver {
    Async,
    Blocking,
}

impl Driver {
    pub fn of(word: &str) -> Self {
        match word {
            "async" => Self::Async,
            "blocking" => Self::Blocking,
            _ => panic!("a driver is async or blocking"),
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::Async => "async",
            Self::Blocking => "blocking",
        }
    }
}

/// One of a row.
pub struct Contender<'c> {
    pub name: &'static str,
    run: Box<dyn FnMut() + 'c>,
}

/// What one call took.
pub struct Cost {
    pub nanoseconds: f64,
    pub heap: heap::Use,
}

impl<'c> Contender<'c> {
    /// All, in the order of the table's columns.
    pub fn all(card: &'c Card) -> Vec<Self> {
        let request = card.request();
        let bare = |mut exchange: bare::Exchange| {
            let request = request.clone();
            Box::new(move || exchange(&request)) as Box<dyn FnMut()>
        };
        let runtime = runtime();
        let contender = |name, run| Self { name, run };
        vec![
            contender("`Client`", whole(Driver::Async, card)),
            contender("hyper alone", bare(bare::hyper(&card.authority(), runtime))),
            contender("`BlockingClient`", whole(Driver::Blocking, card)),
            contender("ureq alone", bare(bare::ureq(&card.authority()))),
            contender(
                "seal and sign alone",
                Box::new(|| drop(black_box(card.request()))),
            ),
        ]
    }
}

/// A call from the card to its answer.
fn whole<'c>(driver: Driver, card: &'c Card) -> Box<dyn FnMut() + 'c> {
    match driver {
        Driver::Async => {
            let client = Client::with_options(&card.options()).expect("a client");
            let runtime = runtime();
            Box::new(move || {
                check(
                    &runtime
                        .block_on(client.run(card.call()))
                        .expect("an answer"),
                )
            })
        }
        Driver::Blocking => {
            let client = BlockingClient::with_options(&card.options()).expect("a client");
            Box::new(move || check(&client.run(card.call()).expect("an answer")))
        }
    }
}

/// Of the calling thread only.
fn runtime() -> Arc<Runtime> {
    let runtime = Builder::new_current_thread().enable_all().build();
    Arc::new(runtime.expect("a runtime"))
}

/// Costs of all; their samples are taken in turn.
pub fn row(contenders: &mut [Contender<'_>], samples: usize) -> Vec<Cost> {
    let mut times = vec![Vec::new(); contenders.len()];
    for contender in contenders.iter_mut() {
        (0..CALLS).for_each(|_| (contender.run)());
    }
    for _ in 0..samples {
        for (contender, times) in contenders.iter_mut().zip(&mut times) {
            let before = processor_time();
            (0..CALLS).for_each(|_| (contender.run)());
            times.push((processor_time() - before) / f64::from(CALLS));
        }
    }
    let costs = contenders.iter_mut().zip(&mut times);
    costs
        .map(|(contender, times)| {
            times.sort_by(f64::total_cmp);
            let count = heap::Count::start();
            (contender.run)();
            Cost {
                nanoseconds: times[times.len() / 2],
                heap: count.stop(),
            }
        })
        .collect()
}

/// So many calls and nothing else, for a tool that watches the process.
pub fn once(driver: Driver, suite: Suite, bytes: usize, calls: usize) {
    let service = Service::start(suite);
    let card = Card::new(&service, bytes);
    let mut call = whole(driver, &card);
    (0..calls).for_each(|_| call());
}

/// Nanoseconds of this thread, in the kernel too.
fn processor_time() -> f64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    now.tv_sec as f64 * 1e9 + now.tv_nsec as f64
}
