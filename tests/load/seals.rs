//! Small seals without the network: as many as the machine makes.

use std::thread;
use std::time::Instant;

use cardseal::Recipient;
use cardseal_gateway::KeyPair;
use serde::Deserialize;

use super::common::{service_keys, unb64};
use super::fingerprints::Drawn;
use super::{Size, THREADS, alone, grouped};

/// Of so many seals, one is unwrapped with the service's key, which must give the opener's.
const UNWRAPPED: usize = 1000;

#[test]
fn no_key_and_no_iv_is_drawn_twice() {
    let _alone = alone();
    let (keys, recipients) = service_keys();
    let count = Size::asked_for().seals.div_ceil(THREADS);
    let started = Instant::now();
    let mut drawn = Drawn::default();
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|_| scope.spawn(|| seal(&keys, &recipients, count)))
            .collect();
        for thread in threads {
            drawn.take(thread.join().unwrap());
        }
    });
    let seals = drawn.len();
    let rate = seals as f64 / started.elapsed().as_secs_f64();
    assert_eq!(seals, count * THREADS);
    assert_eq!(drawn.repeated(), (0, 0), "repeated keys and IVs");
    println!(
        "REACHED {} seals of both suites from {THREADS} threads ({rate:.0} a second), 0 repeated keys, 0 repeated IVs",
        grouped(seals)
    );
}

/// What an opener keeps.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Stored<'a> {
    key: &'a str,
    iv: &'a str,
}

fn seal(keys: &[KeyPair], recipients: &[Recipient], count: usize) -> Drawn {
    let mut drawn = Drawn::with_room(count);
    for number in 0..count {
        let suite = number % recipients.len();
        let (sealed, opener) = recipients[suite].seal(b"{}").unwrap();
        let stored = opener.expose_for_storage().unwrap();
        let stored: Stored = serde_json::from_str(&stored).unwrap();
        let encryption = sealed.encryption();
        // The IV as it is sent; the key as it is kept, and now and then as it is sent.
        drawn.note_base64(stored.key, &encryption.iv);
        assert_eq!(stored.iv, encryption.iv);
        if (number / recipients.len()).is_multiple_of(UNWRAPPED) {
            let blob = unb64(&encryption.ciphertext_blob);
            assert_eq!(*keys[suite].unwrap_key(&blob).unwrap(), unb64(stored.key));
        }
    }
    drawn
}
