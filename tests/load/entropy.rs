//! A generator that fails while a service is busy: the threads it fails for get errors, no request goes out under a weak
//! key, and the other threads notice nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use cardseal::crypto::{OsRandom, ProviderError, SecureRandom};
use cardseal::{ErrorKind, Recipient};

use super::common::{RSA_KEY, SM2_KEY, recipient_over, service_keys};
use super::fingerprints::Drawn;
use super::{THREADS, alone, grouped};

/// Seals of each thread: good ones, then some under a broken generator, then good ones again.
const ROUNDS: [usize; 3] = [40, 20, 40];

/// How a generator breaks.
#[derive(Clone, Copy)]
enum Break {
    /// It says that it failed.
    Fails,
    /// It gives half of the bytes and says that it failed.
    FallsShort,
    /// It says that all is well, and gives nothing but zeros.
    Zeros,
    /// It gives IV and key, and fails from then on.
    FailsAfterTheKey,
    /// It gives IV and key, and zeros to the key wrap.
    ZerosForTheWrap,
}

const BREAKS: [Break; 5] = [
    Break::Fails,
    Break::FallsShort,
    Break::Zeros,
    Break::FailsAfterTheKey,
    Break::ZerosForTheWrap,
];

struct Broken {
    how: Break,
    /// Calls so far.
    calls: AtomicUsize,
}

impl SecureRandom for Broken {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), ProviderError> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        match self.how {
            Break::Fails => Err(ProviderError::random()),
            Break::FallsShort => {
                let half = buffer.len() / 2;
                OsRandom.fill(&mut buffer[..half])?;
                Err(ProviderError::random())
            }
            Break::FailsAfterTheKey if call > 1 => Err(ProviderError::random()),
            Break::ZerosForTheWrap if call < 2 => OsRandom.fill(buffer),
            Break::FailsAfterTheKey => OsRandom.fill(buffer),
            Break::Zeros | Break::ZerosForTheWrap => {
                buffer.fill(0);
                Ok(())
            }
        }
    }
}

#[test]
fn a_generator_that_breaks_under_load_gives_errors_and_no_keys() {
    let _alone = alone();
    let (_, recipients) = service_keys();
    let mut drawn = Drawn::default();
    let mut errors = 0;
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                let recipients = &recipients;
                // Every fourth thread has a generator that breaks.
                let how = (thread % 4 == 0).then(|| BREAKS[thread / 4 % BREAKS.len()]);
                scope.spawn(move || work(recipients, how))
            })
            .collect();
        for thread in threads {
            let (sealed, failed) = thread.join().unwrap();
            drawn.take(sealed);
            errors += failed;
        }
    });
    let broken = THREADS / 4 * ROUNDS[1];
    let sealed = THREADS * ROUNDS.iter().sum::<usize>() - broken;
    assert_eq!((drawn.len(), errors), (sealed, broken));
    assert_eq!(drawn.repeated(), (0, 0), "repeated keys and IVs");
    println!(
        "REACHED {broken} seals under a generator that broke 5 ways, {errors} errors; {} others beside them, 0 repeated \
         keys or IVs",
        grouped(sealed)
    );
}

/// What a thread sealed, and how many errors it got.
fn work(recipients: &[Recipient], how: Option<Break>) -> (Drawn, usize) {
    let (mut drawn, mut errors) = (Drawn::default(), 0);
    for (round, count) in ROUNDS.into_iter().enumerate() {
        for number in 0..count {
            let recipient = &recipients[number % recipients.len()];
            match how.filter(|_| round == 1) {
                None => seal(recipient, &mut drawn),
                Some(how) => {
                    let calls = AtomicUsize::new(0);
                    let broken = Arc::new(Broken { how, calls });
                    let error = recipient_over([RSA_KEY, SM2_KEY][number % 2], broken)
                        .seal(b"{}")
                        .expect_err("a broken generator sealed something");
                    assert_eq!(error.kind(), ErrorKind::Bug, "{error}");
                    errors += 1;
                }
            }
        }
    }
    (drawn, errors)
}

fn seal(recipient: &Recipient, drawn: &mut Drawn) {
    let (sealed, opener) = recipient.seal(b"{}").unwrap();
    let stored: serde_json::Value =
        serde_json::from_str(&opener.expose_for_storage().unwrap()).unwrap();
    drawn.note_base64(stored["Key"].as_str().unwrap(), &sealed.encryption().iv);
}
