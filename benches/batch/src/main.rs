//! A batch beside the official Python SDK with an envelope written in Python, and beside the bare calls: cards per second of
//! the client's processor time, and ratios within one run.
//!
//! `cargo run --locked --release` in this folder; see README.md. The service side, and each client in each round, is a
//! process of its own, so that what is counted is the client's and nothing else's.
#![forbid(unsafe_code)]

mod service;
mod pictures;
mod ours;
mod contender;
mod table;

use std::path::Path;

use cardseal_gateway::Suite;
use contender::Contender;
use pictures::{CARDS, Pictures};
use service::Service;
use table::Table;

const ROUNDS: usize = 3;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        [] => compare(),
        ["serve", keys] => service::serve(Path::new(keys)),
        ["batch", key, url, folder] => ours::batch(Path::new(key), url, Path::new(folder)),
        ["bare", key, url, folder] => ours::bare(Path::new(key), url, Path::new(folder)),
        _ => {
            panic!("no arguments are needed; the others are for the processes that this one starts")
        }
    }
}

fn compare() {
    let pictures = Pictures::new();
    println!(
        "{CARDS} pictures of {} bytes, {} jobs, {ROUNDS} rounds",
        pictures.bytes,
        ours::JOBS
    );
    let mut is_met = true;
    for suite in Suite::ALL {
        let service = Service::start(suite);
        let mut table = Table::default();
        for _ in 0..ROUNDS {
            for contender in Contender::ALL {
                let seconds = contender.run(&service, pictures.folder());
                table.add(contender, CARDS as f64 / seconds);
            }
        }
        is_met &= table.print(suite);
    }
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("load of the machine: {}", load.trim());
    if !is_met {
        std::process::exit(1);
    }
}
