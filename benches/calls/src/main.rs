//! What a whole call costs its program in processor time, over TLS on loopback with the connection kept: by both drivers,
//! beside the HTTP library of each by itself, which sends the same bytes.
//!
//! ```sh
//! cargo run --locked --release --manifest-path benches/calls/Cargo.toml              # prints the table
//! cargo run --locked --release --manifest-path benches/calls/Cargo.toml -- --write   # and puts it into docs/performance.md
//! ```
//!
//! `--quick` takes few samples. The service is another process; only the time of the calling thread counts, in the kernel
//! too. `once DRIVER SUITE BYTES CALLS` makes so many calls and nothing else, for tools that watch a process.

// The counter, the description of the machine and the writing of the page are those of the table of the peers, which asks
// more of the counter.
#[allow(dead_code)]
#[path = "../../peers/src/heap.rs"]
mod heap;
#[path = "../../peers/src/machine.rs"]
mod machine;
#[path = "../../peers/src/page.rs"]
mod page;
mod service;
mod card;
mod bare;
mod contender;
mod copies;
mod table;

use std::path::Path;

use cardseal_gateway::Suite;
use contender::{Contender, Driver};
use table::Table;

#[global_allocator]
static HEAP: heap::Counted = heap::Counted;

/// Bytes of a picture; none: its URL is sent.
pub const SIZES: [usize; 2] = [0, 2 << 20];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        [] => measure(15, false),
        ["--quick"] => measure(3, false),
        ["--write"] => measure(15, true),
        ["serve", folder] => service::serve(Path::new(folder)),
        ["once", driver, suite, bytes, calls] => {
            let suite = Suite::ALL.into_iter().find(|each| each.name() == suite);
            let [bytes, calls] = [bytes, calls].map(|word| word.parse().expect("a number"));
            contender::once(Driver::of(driver), suite.expect("a suite"), bytes, calls);
        }
        _ => panic!("unknown arguments {words:?}; see src/main.rs"),
    }
}

fn measure(samples: usize, write: bool) {
    let mut table = Table::begin();
    for suite in Suite::ALL {
        for bytes in SIZES {
            let service = service::Service::start(suite);
            let card = card::Card::new(&service, bytes);
            let mut contenders = Contender::all(&card);
            let row = contender::row(&mut contenders, samples);
            table.add(suite, bytes, &card, &contenders, &row);
        }
    }
    let measured = table.end();
    println!("{measured}");
    if write {
        let page = page::rewrite("calls", &measured).expect("the page");
        println!("written to {}", page.display());
    }
}
