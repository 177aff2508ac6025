//! SM2 points whose coordinates begin with a zero byte, which a careless implementation writes short: of C1, which is
//! sent, and of the shared point, which goes into the key derivation and the hash.

use std::process::Command;

use crate::common::{cases, skip, unb64};
use crate::exchange::{exchange, object, random, seal_until};
use crate::peer::{self, Peer};

/// Of each kind.
const USUAL: usize = 12;

/// x and y: of C1, and of the shared point.
const COORDINATES: [(&str, usize); 2] = [("x", 0), ("y", 32)];

#[test]
fn short_coordinates_with_bouncy_castle() {
    match peer::bouncy_castle() {
        Ok(command) => short_coordinates("bouncy_castle", command),
        Err(reason) => skip("short_coordinates_with_bouncy_castle", reason),
    }
}

#[test]
fn short_coordinates_with_openssl() {
    short_coordinates("openssl_library", peer::python("openssl_peer.py"));
}

fn short_coordinates(name: &str, mut command: Command) {
    let started = Peer::start(&mut command);
    let Ok(Some((mut peer, recipient))) = started.map(|mut peer| {
        let recipient = peer.recipient("SM4-GCM")?;
        Some((peer, recipient))
    }) else {
        return skip(name, "the peer does not run; install what it imports");
    };
    // A search for each takes 256 tries.
    let count = cases(USUAL).min(100);
    for (coordinate, at) in COORDINATES {
        for case in 0..count {
            let plaintext = random(case);
            let sent = seal_until(&recipient, &plaintext, |blob| unb64(blob)[1 + at] == 0);
            let label = format!("{name}: C1 with a short {coordinate}, case {case}");
            exchange(&mut peer, &label, &plaintext, sent, (&object(case), true));

            let sent = seal_until(&recipient, &plaintext, |blob| {
                let shared = peer.ask(&format!("shared SM4-GCM {blob}"));
                unb64(&shared.expect("the shared point"))[at] == 0
            });
            let label = format!("{name}: a shared point with a short {coordinate}, case {case}");
            exchange(&mut peer, &label, &plaintext, sent, (&object(case), true));
        }
    }
    let kinds = 2 * COORDINATES.len();
    println!("REACHED {name}: {count} exchanges of each of {kinds} kinds of short coordinate");
}
