//! A call under a rate limit whose credentials end while it waits for its turn.

use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::time::SystemTime;

use super::*;
use crate::cloud::tencent::{IdCardRequest, Tencent};
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

#[test]
fn b2_no_turn_is_kept_while_credentials_are_fetched() {
    let tencent = Tencent::new(CredentialsProvider::of(Ending(AtomicUsize::new(0))));
    let image = Image::from_url("https://example.com/card.jpg").unwrap();
    let mut call = tencent
        .recognize_encrypted_id_card(
            &Recipient::parse(KEY).unwrap(),
            &IdCardRequest::new(image),
            IvPolicy::BySuite,
        )
        .unwrap();
    let limits = RateLimits::none().limit(ACTION, 1.0);
    let mut run = Run::start(Duration::from_secs(60), None, Some(&limits));
    let mut step = || run.step(&mut call, || Ok(())).unwrap();
    // The turn has come at once, and the credentials have gone meanwhile.
    assert!(matches!(step(), Step::Sleep(time) if time == Duration::from_millis(1)));
    // The turn is past: there is another in a second.
    assert!(matches!(step(), Step::Sleep(time) if time > Duration::from_millis(1)));
}
