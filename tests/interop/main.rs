//! Both directions against programs nobody here wrote: what this library seals they open, and what they seal it opens.
//!
//! Bouncy Castle through Java, as the service's Java demo uses it; OpenSSL as a library and as a command; Python's
//! `cryptography` and `gmssl`. Random keys, lengths from 0 to 1 MiB. `CARDSEAL_CASES` sets the number of cases a suite
//! and peer, a tenth of it is usual where `CARDSEAL_NO_SKIP` is not set: `CARDSEAL_CASES=1000000 cargo test --locked --release --test interop -- --nocapture` is the long run.

#[path = "../common/mod.rs"]
mod common;
mod exchange;
mod openssl_command;
mod peer;
mod short_coordinates;

use std::process::Command;

use common::{cases, skip, whole};
use exchange::exchanges;
use peer::Peer;

const SUITES: [&str; 2] = ["AES-256-CBC", "SM4-GCM"];

fn both_suites(name: &str, mut command: Command, usual: [usize; 2]) {
    for (suite, usual) in SUITES.into_iter().zip(usual) {
        let count = cases(if whole() { usual } else { usual / 10 });
        let reason = match Peer::start(&mut command) {
            Ok(mut peer) => {
                if exchanges(&mut peer, suite, count) {
                    println!("REACHED {name}: {count} {suite} exchanges, 0 differences");
                    continue;
                }
                "the peer does not run; install what it imports".to_owned()
            }
            Err(error) => error.to_string(),
        };
        skip(&format!("{name} {suite}"), &reason);
    }
}

#[test]
fn bouncy_castle() {
    match peer::bouncy_castle() {
        Ok(command) => both_suites("bouncy_castle", command, [10_000, 10_000]),
        Err(reason) => skip("bouncy_castle", reason),
    }
}

#[test]
fn openssl_library() {
    let command = peer::python("openssl_peer.py");
    both_suites("openssl_library", command, [10_000, 10_000]);
}

#[test]
fn python_cryptography_and_gmssl() {
    // gmssl takes some 10 ms for a point multiplication.
    let command = peer::python("python_peer.py");
    both_suites("python_cryptography_and_gmssl", command, [10_000, 400]);
}
