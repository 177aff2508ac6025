//! Generators that fail: what they say reaches the caller, and nothing that was made after it is sealed with.

#![cfg(any(feature = "kernels", feature = "rust-crypto"))]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cardseal::crypto::{
    Facts, OsRandom, Provider, ProviderError, ProviderErrorKind, PublicKey, SecureRandom, Session,
    SessionKey, Suite, Wrap, built_in, providers,
};
use cardseal::{ErrorKind, Recipient, SharedNonce};
use common::{RSA_KEY, SM2_KEY};

/// Works for some calls, and fails from then on.
struct Fails {
    after: usize,
    calls: AtomicUsize,
    how: fn() -> ProviderError,
}

impl Fails {
    fn after(after: usize, how: fn() -> ProviderError) -> Self {
        Self {
            after,
            calls: AtomicUsize::new(0),
            how,
        }
    }
}

impl SecureRandom for Fails {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), ProviderError> {
        match self.calls.fetch_add(1, Ordering::Relaxed) < self.after {
            true => OsRandom.fill(buffer),
            false => Err((self.how)()),
        }
    }
}

fn gone() -> ProviderError {
    ProviderError::lost("the module is gone: load it again")
}

/// For the IV, the session key and the key wrap alike, and through libraries that keep no error of a generator's.
#[test]
fn a_generator_that_is_gone_is_told_as_lost() {
    for provider in providers() {
        for key in [RSA_KEY, SM2_KEY] {
            for after in 0..3 {
                let over = || provider.with_random(Arc::new(Fails::after(after, gone)));
                let recipient = Recipient::parse_with(key.as_bytes(), &over()).unwrap();
                let error = recipient.seal(b"{}").map(drop).unwrap_err();
                let label = format!("{}, after {after}: {error}", provider.name());
                assert_eq!(error.kind(), ErrorKind::Provider, "{label}");
                assert!(error.to_string().contains("load it again"), "{label}");
                let recipient = Recipient::parse_with(key.as_bytes(), &over()).unwrap();
                let fields = recipient.seal_fields(br#"{"A":"x"}"#, &["A"], SharedNonce::Refuse);
                let error = fields.map(drop).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Provider, "{label}");
            }
        }
    }
}

/// The built-in suite, whose failures this one hides.
struct Hides(Arc<dyn Suite>);
struct HidesInWrap(Box<dyn Wrap>);
struct Hidden<'a>(&'a dyn SecureRandom);

impl SecureRandom for Hidden<'_> {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), ProviderError> {
        self.0.fill(buffer).or_else(|_| OsRandom.fill(buffer))
    }
}

impl Suite for Hides {
    fn facts(&self) -> &'static Facts {
        self.0.facts()
    }

    fn load(&self, key: &PublicKey<'_>) -> Option<Result<Box<dyn Wrap>, ProviderError>> {
        let wrap = self.0.load(key)?;
        Some(wrap.map(|wrap| Box::new(HidesInWrap(wrap)) as _))
    }

    fn restore(&self, key: SessionKey) -> Option<Box<dyn Session>> {
        self.0.restore(key)
    }
}

impl Wrap for HidesInWrap {
    fn wrapped_len(&self) -> usize {
        self.0.wrapped_len()
    }

    fn start(
        &self,
        random: &dyn SecureRandom,
    ) -> Result<(Vec<u8>, Box<dyn Session>), ProviderError> {
        self.0.start(&Hidden(random))
    }
}

#[test]
fn what_is_made_after_the_generator_failed_is_not_used() {
    let suites = built_in().suites().iter();
    let suites = suites.map(|suite| Arc::new(Hides(suite.clone())) as _);
    let hiding = Provider::new("hides", "1", suites, Arc::new(OsRandom));
    for key in [RSA_KEY, SM2_KEY] {
        // The IV is drawn; the key or what wraps it is not.
        for after in 1..3 {
            let random = Arc::new(Fails::after(after, ProviderError::random));
            let over = hiding.with_random(random);
            let recipient = Recipient::parse_with(key.as_bytes(), &over).unwrap();
            let error = recipient.seal(b"{}").map(drop).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Bug, "after {after}: {error}");
            let source = error.cause().unwrap();
            let source: &ProviderError = source.downcast_ref().unwrap();
            assert_eq!(source.kind(), ProviderErrorKind::Random);
        }
        let recipient = Recipient::parse_with(key.as_bytes(), &hiding).unwrap();
        recipient.seal(b"{}").unwrap();
    }
}
