//! One source, fetched from by hand at whatever time it is said to be.

use super::*;

/// Gives credentials that live this long, to be refreshed 100 s before their end.
struct Living(Duration);

impl Source for Living {
    fn refresh_ahead(&self) -> Duration {
        Duration::from_secs(100)
    }
    fn begin(&self, _: SystemTime) -> Result<Begin, Error> {
        Ok(Begin::Exchange(Box::new(OneReply(self.0))))
    }
}

struct OneReply(Duration);

impl Exchange for OneReply {
    fn what(&self) -> &'static str {
        "asking"
    }
    fn request(&mut self, _: SystemTime) -> Result<Request<Bytes>, Error> {
        Ok(Request::default())
    }
    fn accept(&mut self, _: &Response<Bytes>, now: SystemTime) -> Result<Progress, Error> {
        let credentials = Credentials::new("id", "secret")?;
        Ok(Progress::Done(credentials.expiring_at(now + self.0)))
    }
}

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn fetches(source: &Fetched<Living>, now: SystemTime) -> Fetch {
    match source.provide(now).unwrap() {
        Provided::Fetch(fetch) => fetch,
        other => panic!("{other:?}"),
    }
}

fn settle(
    mut fetch: Fetch,
    outcome: Result<Response<Bytes>, TransportFailure>,
    now: SystemTime,
) -> Result<bool, Error> {
    let read = fetch.read(&outcome, now);
    fetch.conclude(read, now, &ClockOffset::default())
}

fn is_ready(source: &Fetched<Living>, now: SystemTime) -> bool {
    matches!(source.provide(now).unwrap(), Provided::Ready(_))
}

/// Fetched at 0, good until 1,000 s.
fn fetched() -> Fetched<Living> {
    let source = Fetched::new(Living(seconds(1000)));
    settle(fetches(&source, at(0)), Ok(Response::default()), at(0)).unwrap();
    source
}

#[test]
fn fresh_credentials_are_used_and_old_ones_refreshed_by_one_call() {
    let source = fetched();
    assert_eq!(source.expires_at(), Some(at(1000)));
    assert!(is_ready(&source, at(899)));
    let refresh = fetches(&source, at(900));
    assert!(is_ready(&source, at(900)), "the old ones are still good");
    let other = source.provide(at(901)).unwrap();
    assert!(matches!(other, Provided::Ready(_)));
    drop(refresh);
    drop(fetches(&source, at(900)));
}

#[test]
fn whoever_needs_credentials_waits_for_the_call_that_fetches_but_not_for_ever() {
    let source = fetched();
    let hanging = fetches(&source, at(1000));
    assert_eq!(hanging.within(), seconds(10));
    for now in [1000, 1014] {
        let waits = source.provide(at(now)).unwrap();
        assert!(matches!(waits, Provided::Wait(time) if !time.is_zero()));
    }
    let second = fetches(&source, at(1015));
    drop(hanging);
    let waits = source.provide(at(1016)).unwrap();
    assert!(
        matches!(waits, Provided::Wait(_)),
        "the second has the lease"
    );
    drop(second);
    drop(fetches(&source, at(1016)));
}

#[test]
fn s2_a_refresh_ahead_of_need_is_short_and_never_fails_a_call() {
    let source = fetched();
    let refresh = fetches(&source, at(900));
    assert_eq!(refresh.within(), seconds(3));
    let failed = settle(refresh, Err(TransportFailure::TimedOut), at(903));
    assert!(failed.is_ok(), "the old ones will do for now");
    assert!(is_ready(&source, at(962)));
    drop(fetches(&source, at(963)));
    // At their end they are good no more.
    let refresh = fetches(&source, at(1000));
    let failed = settle(refresh, Err(TransportFailure::TimedOut), at(1010));
    assert_eq!(failed.unwrap_err().kind(), ErrorKind::Transport);
}

#[test]
fn s2_a_failure_is_timed_from_when_it_is_known_and_speaks_for_every_call_a_while() {
    let source = Fetched::new(Living(seconds(1000)));
    let known = at(15);
    let error = settle(
        fetches(&source, at(5)),
        Err(TransportFailure::TimedOut),
        known,
    )
    .unwrap_err();
    assert!(error.to_string().starts_with("asking: "), "{error}");
    let told = source
        .provide(known + Duration::from_millis(999))
        .unwrap_err();
    assert_eq!(
        (told.kind(), told.message()),
        (error.kind(), error.message())
    );
    drop(fetches(&source, known + seconds(1)));
}

/// Refuses, and is left alone for as long as it asks, within bounds.
#[test]
fn a2_a_service_that_asks_to_be_left_alone_is_not_fetched_from_meanwhile() {
    struct Refusing;
    impl Source for Refusing {
        fn refresh_ahead(&self) -> Duration {
            seconds(100)
        }
        fn begin(&self, _: SystemTime) -> Result<Begin, Error> {
            Ok(Begin::Exchange(Box::new(Refusal)))
        }
    }
    struct Refusal;
    impl Exchange for Refusal {
        fn what(&self) -> &'static str {
            "asking"
        }
        fn request(&mut self, _: SystemTime) -> Result<Request<Bytes>, Error> {
            Ok(Request::default())
        }
        fn accept(&mut self, _: &Response<Bytes>, _: SystemTime) -> Result<Progress, Error> {
            Err(Error::new(ErrorKind::Throttled, "busy"))
        }
    }
    for (asks, left_alone_for) in [("30", 30), ("0", 1), ("31536000", 300)] {
        let source = Fetched::new(Refusing);
        let reply = Response::builder().header("retry-after", asks);
        let Provided::Fetch(fetch) = source.provide(at(0)).unwrap() else {
            panic!("no fetch");
        };
        let error = settle(fetch, Ok(reply.body(Bytes::new()).unwrap()), at(0)).unwrap_err();
        assert_eq!(error.retry_after(), asks.parse().ok().map(seconds));
        let last = at(left_alone_for) - Duration::from_nanos(1);
        assert!(source.provide(last).is_err(), "{asks}");
        let again = source.provide(at(left_alone_for)).unwrap();
        assert!(matches!(again, Provided::Fetch(_)), "{asks}");
    }
}

/// One fetch a call, and between two refreshes seconds: whatever life is handed out.
#[test]
fn b1_no_life_however_short_makes_a_second_fetch() {
    for life in [1, 59, 60, 240, 600, 1800, 7200, 43_200].map(seconds) {
        let source = Fetched::new(Living(life));
        settle(fetches(&source, at(0)), Ok(Response::default()), at(0)).unwrap();
        let most = life.min(seconds(10)) - Duration::from_millis(1);
        for now in [at(0), at(0) + most / 2, at(0) + most] {
            assert!(is_ready(&source, now), "{life:?}");
        }
        let nine_tenths = at(0) + life * 9 / 10 - Duration::from_millis(1);
        assert!(is_ready(&source, nine_tenths), "{life:?}");
    }
}

#[test]
fn b1_a_key_that_has_ended_on_arrival_is_an_error_that_names_the_clock() {
    let source = Fetched::new(Living(Duration::ZERO));
    let error = settle(fetches(&source, at(0)), Ok(Response::default()), at(0)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credential);
    assert!(error.message().contains("set the host's clock"), "{error}");
    for now in [0, 4] {
        let told = source.provide(at(now)).unwrap_err();
        assert_eq!(
            told.message(),
            error.message(),
            "and nobody fetches meanwhile"
        );
    }
    drop(fetches(&source, at(5)));
}

#[test]
fn s18_refused_credentials_are_dropped_and_others_kept() {
    let source = fetched();
    let other = Arc::new(Credentials::new("other", "secret").unwrap());
    assert_eq!(source.refused(&other), Renewal::Possible);
    assert!(is_ready(&source, at(0)));
    let Provided::Ready(used) = source.provide(at(0)).unwrap() else {
        panic!("not ready");
    };
    source.refused(&used);
    assert_eq!(source.expires_at(), None);
    settle(fetches(&source, at(0)), Ok(Response::default()), at(0)).unwrap();
    // The new ones are refused as well: a pause, and then once more.
    let Provided::Ready(used) = source.provide(at(1)).unwrap() else {
        panic!("not ready");
    };
    source.refused(&used);
    assert!(is_ready(&source, at(9)));
    drop(fetches(&source, at(10)));
}

/// Where refreshing takes other credentials first, a failure of those is no failure either.
#[test]
fn a_refresh_that_needs_other_credentials_first_never_fails_a_call() {
    struct Above(Arc<Fetched<Living>>);
    impl Source for Above {
        fn refresh_ahead(&self) -> Duration {
            seconds(100)
        }
        fn begin(&self, now: SystemTime) -> Result<Begin, Error> {
            match self.0.provide(now)? {
                Provided::Ready(_) => Ok(Begin::Exchange(Box::new(OneReply(seconds(1000))))),
                first => Ok(Begin::Not(first)),
            }
        }
    }
    let below = Arc::new(Fetched::new(Living(seconds(500))));
    let above = Fetched::new(Above(Arc::clone(&below)));
    let fetch = |now| match above.provide(now).unwrap() {
        Provided::Fetch(fetch) => fetch,
        other => panic!("{other:?}"),
    };
    settle(fetch(at(0)), Ok(Response::default()), at(0)).unwrap();
    settle(fetch(at(0)), Ok(Response::default()), at(0)).unwrap();

    let first = fetch(at(900));
    assert_eq!(first.within(), seconds(3));
    let waits = above.provide(at(900)).unwrap();
    assert!(matches!(waits, Provided::Ready(_)), "the old ones are good");
    let failed = settle(first, Err(TransportFailure::TimedOut), at(903));
    assert!(failed.is_ok(), "{failed:?}");
    assert!(matches!(above.provide(at(903)), Ok(Provided::Ready(_))));
    assert!(below.provide(at(903)).is_err(), "below there are none");
}

/// What a call does that read the clock before the one that now fetches: it waits as well, or hears what came of it.
#[test]
fn b1_a_call_that_read_the_clock_a_little_earlier_fetches_no_second_time() {
    let source = Fetched::new(Living(seconds(1000)));
    let fetch = fetches(&source, at(100));
    for earlier in [Duration::from_nanos(1), seconds(1), seconds(9)] {
        let waits = source.provide(at(100) - earlier).unwrap();
        assert!(matches!(waits, Provided::Wait(_)), "{earlier:?}");
    }
    settle(fetch, Err(TransportFailure::TimedOut), at(100)).unwrap_err();
    source
        .provide(at(100) - Duration::from_millis(500))
        .unwrap_err();
    // The clock was set back, and nobody knows how long the failure is past.
    drop(fetches(&source, at(50)));
}

#[test]
fn b1_of_threads_that_find_nothing_one_runs_the_function() {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};

    // An interpreter takes seconds for one.
    for _ in 0..if cfg!(miri) { 1 } else { 200 } {
        let runs = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&runs);
        let source = OwnSource::blocking(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            Credentials::new("id", "secret")
        });
        let together = Barrier::new(8);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let now = clock::now();
                    together.wait();
                    while let Provided::Wait(_) = source.provide(now).unwrap() {
                        std::thread::yield_now();
                    }
                });
            }
        });
        assert_eq!(runs.load(Ordering::SeqCst), 1);
    }
}
