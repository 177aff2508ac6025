//! Any bytes as an opener file: never a panic, and what is taken is written back alike. Taken are exactly the scenarios
//! that are to be.
#![no_main]

use cardseal::Opener;
use cardseal_fuzz::accept_set;
use libfuzzer_sys::fuzz_target;

fuzz_target!(
    init: accept_set("opener", "restores", |scenario| Opener::restore(&scenario.payload).is_ok()),
    |text: &[u8]| {
        if let Ok(opener) = Opener::restore(text) {
            let written = opener.expose_for_storage().expect("a key that may leave");
            let again = Opener::restore(written.as_bytes()).expect("our own text").expose_for_storage().expect("a key that may leave");
            assert_eq!(*written, *again);
        }
    }
);
