//! Credentials from a caller's own function, blocking and async: one run for all who wait, kept, renewed, its errors
//! told, and no call held beyond its deadline by one that hangs.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use cardseal::tencent::Tencent;
use cardseal::{
    BlockingClient, Client, Credentials, CredentialsProvider, Endpoint, Error, ErrorKind,
    RetryPolicy, TransportOptions,
};
use cardseal_gateway::{GatewayConfig, Running};
use common::driving::call;

struct Service {
    gateway: Running,
    runs: Arc<AtomicUsize>,
}

impl Service {
    fn start() -> Self {
        let config = GatewayConfig::new(Vec::new(), "AKIDvault", "vault-secret");
        let address = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
        Self {
            gateway: Running::start(config, address).unwrap(),
            runs: Arc::default(),
        }
    }

    /// Counts the runs of `function`, which hears how many there were before.
    fn counted(
        &self,
        function: impl Fn(usize) -> Result<Credentials, Error> + Send + Sync + 'static,
    ) -> impl Fn() -> Result<Credentials, Error> + Send + Sync + 'static {
        let runs = Arc::clone(&self.runs);
        move || function(runs.fetch_add(1, Ordering::SeqCst))
    }

    fn runs(&self) -> usize {
        self.runs.load(Ordering::SeqCst)
    }

    fn tencent(&self, source: impl Into<CredentialsProvider>) -> Tencent {
        Tencent::new(source)
            .endpoint(Endpoint::custom(&self.gateway.url()).unwrap())
            .retry(RetryPolicy::never())
    }
}

fn good() -> Credentials {
    Credentials::new("AKIDvault", "vault-secret").unwrap()
}

fn blocking(seconds: u64) -> BlockingClient {
    let options = TransportOptions::default().deadline(Duration::from_secs(seconds));
    BlockingClient::with_options(&options).unwrap()
}

/// The gateway has no key to open the request with, and says so only to those whose signature is right.
fn was_let_in(error: &Error) -> bool {
    error.service_code() == Some("FailedOperation.UnKnowError")
}

#[test]
fn s16_a_blocking_function_runs_once_for_everybody() {
    let service = Service::start();
    let tencent = service.tencent(CredentialsProvider::blocking(service.counted(|_| {
        std::thread::sleep(Duration::from_millis(100));
        Ok(good())
    })));
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                let error = blocking(20).run(call(&tencent)).unwrap_err();
                assert!(was_let_in(&error), "{error}");
            });
        }
    });
    assert_eq!(service.runs(), 1);
}

#[tokio::test]
async fn s16_an_async_function_runs_once_for_everybody() {
    let service = Service::start();
    let runs = Arc::clone(&service.runs);
    let tencent = service.tencent(CredentialsProvider::asynchronous(move || {
        let runs = Arc::clone(&runs);
        async move {
            runs.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(100)).await;
            Ok(good())
        }
    }));
    let client = Client::new().unwrap();
    // One that is dropped while it waits takes the others nothing.
    let dropped = tokio::time::timeout(Duration::from_millis(10), client.run(call(&tencent)));
    assert!(dropped.await.is_err());
    let (first, second) = tokio::join!(client.run(call(&tencent)), client.run(call(&tencent)));
    for error in [first.unwrap_err(), second.unwrap_err()] {
        assert!(was_let_in(&error), "{error}");
    }
    assert_eq!(service.runs(), 1);
}

#[test]
fn an_async_function_without_a_runtime_is_an_error_that_says_so() {
    let source = CredentialsProvider::asynchronous(|| async { Ok(good()) });
    let service = Service::start();
    let error = blocking(20)
        .run(call(&service.tencent(source)))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credential);
    assert!(error.to_string().contains("runtime"), "{error}");
}

#[test]
fn s16_the_functions_own_error_is_told_and_ends_the_search() {
    let service = Service::start();
    let failing = CredentialsProvider::blocking(service.counted(|_| {
        let cause = std::io::Error::other("sealed since Monday");
        Err(Error::credential("the vault did not answer").caused_by(cause))
    }));
    let tencent = service.tencent(failing.or(good()));
    for _ in 0..3 {
        let error = blocking(20).run(call(&tencent)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credential);
        assert!(error.to_string().contains("the vault did not answer"));
    }
    assert_eq!(service.runs(), 1, "one failure speaks for some seconds");
}

#[test]
fn a_function_that_panics_is_an_error() {
    let service = Service::start();
    let tencent = service.tencent(CredentialsProvider::blocking(|| panic!("in the test")));
    let error = blocking(20).run(call(&tencent)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credential);
    assert!(error.to_string().contains("without a result"), "{error}");
}

#[test]
fn s16_a_function_that_hangs_holds_no_call_beyond_its_deadline() {
    let service = Service::start();
    let tencent = service.tencent(CredentialsProvider::blocking(service.counted(|_| {
        std::thread::sleep(Duration::from_secs(3600));
        Ok(good())
    })));
    let started = Instant::now();
    for _ in 0..2 {
        let error = blocking(1).run(call(&tencent)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport, "{error}");
        assert!(error.to_string().contains("credentials"), "{error}");
    }
    assert!(started.elapsed() < Duration::from_secs(60));
    // Its thread may begin later than the calls give up.
    while service.runs() == 0 {
        assert!(
            started.elapsed() < Duration::from_secs(120),
            "no run begins"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(service.runs(), 1, "it is not started beside itself");
}

/// A key that lives a second or less must not make a call run the function for ever.
#[test]
fn b1_keys_of_whatever_life_make_at_most_one_run_a_call() {
    for life in [-10_i64, 0, 5, 900, 43_200_000] {
        let service = Service::start();
        let tencent = service.tencent(CredentialsProvider::blocking(service.counted(move |_| {
            let now = SystemTime::now();
            let life_time = Duration::from_millis(life.unsigned_abs());
            let end = if life < 0 {
                now - life_time
            } else {
                now + life_time
            };
            Ok(good().expiring_at(end))
        })));
        for calls in 1..=3 {
            let started = Instant::now();
            let error = blocking(20).run(call(&tencent)).unwrap_err();
            assert!(service.runs() <= calls, "{life}: {error}");
            match life {
                ..=5 => assert_eq!(error.kind(), ErrorKind::Credential, "{life}: {error}"),
                // It has ended while this machine did something else.
                _ if started.elapsed().as_millis() >= u128::from(life.unsigned_abs()) => {}
                _ => assert!(was_let_in(&error), "{life}: {error}"),
            }
        }
    }
}

#[test]
fn s18_a_refused_key_is_asked_for_again_once() {
    let service = Service::start();
    let source = CredentialsProvider::blocking(service.counted(|runs| match runs {
        0 => Credentials::new("AKIDold", "old-secret"),
        _ => Ok(good()),
    }));
    let tencent = service.tencent(source);
    let error = blocking(20).run(call(&tencent)).unwrap_err();
    assert!(was_let_in(&error), "{error}");
    assert_eq!(service.runs(), 2);
}

#[test]
fn the_next_source_is_asked_where_one_has_nothing() {
    let nothing = CredentialsProvider::variables(cardseal::tencent::VARIABLES, |_| None);
    let now = SystemTime::now();
    let error = nothing.available(now).unwrap_err();
    assert!(
        error.to_string().contains("TENCENTCLOUD_SECRET_ID"),
        "{error}"
    );
    let found = nothing.clone().or(good()).available(now).unwrap().unwrap();
    assert_eq!(found.id(), "AKIDvault");
    let error = nothing.clone().or(nothing).available(now).unwrap_err();
    let named = error.to_string().matches("TENCENTCLOUD_SECRET_ID").count();
    assert_eq!(named, 2, "every place is told: {error}");
}

/// What an async function does before its first `await` is the function's, too: it takes the call that asks nothing.
#[tokio::test]
async fn an_async_function_that_panics_before_its_future_is_there_is_an_error() {
    let service = Service::start();
    let source = CredentialsProvider::asynchronous(|| {
        assert!(
            std::env::var_os("PATH").is_none(),
            "the vault's address is not set"
        );
        async { Ok(good()) }
    });
    let tencent = service.tencent(source);
    let client = Client::new().unwrap();
    let outcome = tokio::spawn(async move { client.run(call(&tencent)).await.map(drop) }).await;
    let error = outcome.expect("the call does not panic").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credential, "{error}");
    assert!(error.to_string().contains("panic"), "{error}");
}

/// A time that nothing can be added to begins one run, as every other does.
#[test]
fn at_the_end_of_time_one_run_is_begun() {
    let (mut end, mut step) = (SystemTime::UNIX_EPOCH, Duration::from_secs(1 << 62));
    while step > Duration::ZERO {
        match end.checked_add(step) {
            Some(later) => end = later,
            None => step /= 2,
        }
    }
    let runs = Arc::new(AtomicUsize::new(0));
    let (release, gate) = std::sync::mpsc::channel::<()>();
    let gate = std::sync::Mutex::new(gate);
    let counted = Arc::clone(&runs);
    let source = CredentialsProvider::blocking(move || {
        counted.fetch_add(1, Ordering::SeqCst);
        let _ = gate.lock().unwrap().recv_timeout(Duration::from_secs(20));
        Ok(good())
    });
    for _ in 0..8 {
        assert!(source.available(end).unwrap().is_none());
    }
    // The one that runs ends; any other would have begun by then, since it is asked for before.
    drop(release);
    let begun = Instant::now();
    while source.available(end).unwrap().is_none() {
        assert!(begun.elapsed() < Duration::from_secs(60), "no run ends");
        std::thread::yield_now();
    }
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(runs.load(Ordering::SeqCst), 1);
}
