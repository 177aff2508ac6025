//! A call under a rate limit whose credentials end while it waits for its turn.

use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::time::SystemTime;

use super::*;
use crate::cloud::tencent::{IdCardRequest, Recognized, Tencent};
use crate::credential::{Credentials, CredentialsProvider, Provide, Provided};
use crate::{Image, IvPolicy, Recipient};

const KEY: &[u8] = include_bytes!("../../../vectors/keys/tencent-demo-sm2.b64");
const ACTION: &str = "RecognizeEncryptedIDCardOCR";

/// Credentials that are there when first asked for, being fetched the second time, and there again.
struct Ending(AtomicUsize);

impl Provide for Ending {
    fn provide(&self, _: SystemTime) -> Result<Provided, Error> {
        if self.0.fetch_add(1, Ordering::SeqCst) == 1 {
            return Ok(Provided::Wait(Duration::from_millis(1)));
        }
        let credentials = Credentials::new("id", "secret")?;
        Ok(Provided::Ready(Arc::new(credentials)))
    }
}

fn sealed(tencent: &Tencent) -> Call<Recognized> {
    let image = Image::from_url("https://example.com/card.jpg").unwrap();
    let key = Recipient::parse(KEY).unwrap();
    tencent
        .recognize_encrypted_id_card(&key, &IdCardRequest::new(image), IvPolicy::BySuite)
        .unwrap()
}

#[test]
fn b2_no_turn_is_kept_while_credentials_are_fetched() {
    let tencent = Tencent::new(CredentialsProvider::of(Ending(AtomicUsize::new(0))));
    let mut call = sealed(&tencent);
    let limits = RateLimits::none().limit(ACTION, 0.05);
    let mut run = Run::start(Duration::from_secs(60), None, Some(&limits));
    let mut step = || run.step(&mut call, || Ok(())).unwrap();
    // The turn has come at once, and the credentials have gone meanwhile.
    assert!(matches!(step(), Step::Sleep(time) if time == Duration::from_millis(1)));
    // The turn is past: there is another in twenty seconds.
    assert!(matches!(step(), Step::Sleep(time) if time > Duration::from_millis(1)));
}

/// Sent in the last moment of its deadline, a request takes a turn and its answer comes to nobody.
#[test]
fn b2_no_turn_is_taken_that_leaves_no_time_for_an_answer() {
    let tencent = Tencent::new(Credentials::new("id", "secret").unwrap());
    // A quarter of the deadline must be left after the turn, and a second is enough.
    for (rate, deadline, goes) in [
        (1.0, 1200, false),
        (1.0, 1400, true),
        (0.01, 100_500, false),
        (0.01, 101_500, true),
    ] {
        let deadline = Duration::from_millis(deadline);
        let both_steps = || {
            let limits = RateLimits::none().limit(ACTION, rate);
            let [mut first, mut second] = [(); 2].map(|()| sealed(&tencent));
            let step = |call: &mut Call<_>| {
                let mut run = Run::start(deadline, None, Some(&limits));
                run.step(call, || Ok(()))
            };
            let started = Instant::now();
            assert!(matches!(step(&mut first), Ok(Step::Send(..))));
            let outcome = step(&mut second);
            (started.elapsed(), outcome)
        };
        // The turn is 50 ms away from what decides, so a machine that stood still for as long is asked again.
        let mut quick = std::iter::repeat_with(both_steps).take(100);
        let (_, outcome) = quick
            .find(|(took, _)| *took < Duration::from_millis(40))
            .unwrap();
        match outcome {
            Ok(Step::Sleep(_)) => assert!(goes, "{deadline:?}"),
            Ok(_) => panic!("{deadline:?}"),
            Err(error) => {
                let text = error.to_string();
                assert!(text.contains("the deadline would pass"), "{text}");
                assert!(!goes, "{deadline:?}");
            }
        }
    }
}
