//! How often credentials are fetched, against the gateway: one fetch a call whatever life a key is handed out with, and
//! no more fetches than the lives require, however many threads call and however the services fail.
//!
//! A few seconds each in an ordinary run; a whole minute with `CARDSEAL_LOAD=full`.

mod common;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::time::{Duration, Instant};

use cardseal::huawei::{EcsAgency, Huawei, IamLogin, IdCardRequest};
use cardseal::tencent::{CvmRole, Role, Tencent};
use cardseal::{
    BlockingClient, Credentials, CredentialsProvider, Endpoint, Error, ErrorKind, Image,
    RetryPolicy, TransportOptions,
};
use cardseal_gateway::{GatewayConfig, HandOut, HandOutFault, Running};
use common::driving::call;

const THREADS: usize = 64;

/// A gateway that counts what it hands out, and hands out as the test says.
struct Service {
    gateway: Running,
    fetches: Arc<AtomicUsize>,
    hand_out: Arc<Mutex<HandOut>>,
}

fn service(hand_out: HandOut) -> Service {
    let hand_out = Arc::new(Mutex::new(hand_out));
    let fetches = Arc::new(AtomicUsize::new(0));
    let mut config = GatewayConfig::new(Vec::new(), "AKIDtest", "secret");
    let (told, counted) = (Arc::clone(&hand_out), Arc::clone(&fetches));
    config.hand_out = Arc::new(move || *told.lock().unwrap());
    config.on_request = Some(Arc::new(move |request| {
        let handed_out = ["AssumeRole", "CvmRole", "EcsAgency", "CreateToken"];
        if request.action.is_some_and(|it| handed_out.contains(&it)) {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    }));
    let gateway = Running::start(config, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
    Service {
        gateway,
        fetches,
        hand_out,
    }
}

impl Service {
    fn endpoint(&self) -> Endpoint {
        Endpoint::custom(&self.gateway.url()).unwrap()
    }

    fn fetches(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }

    fn assumed(&self) -> CredentialsProvider {
        let base = Credentials::new("AKIDtest", "secret").unwrap();
        let role = Role::new("qcs::cam::uin/1:roleName/Name", "session").unwrap();
        role.endpoint(self.endpoint()).assumed_by(base)
    }

    fn machine(&self) -> CredentialsProvider {
        CvmRole::new().endpoint(&self.endpoint()).into()
    }

    fn tencent(&self, source: CredentialsProvider) -> Tencent {
        Tencent::new(source)
            .endpoint(self.endpoint())
            .retry(RetryPolicy::never())
    }

    fn huawei(&self, is_agency: bool) -> Huawei {
        let project = "0123456789abcdef0123456789abcdef";
        let huawei = if is_agency {
            let agency = EcsAgency::new().endpoint(&self.endpoint());
            Huawei::new(agency, self.endpoint(), project)
        } else {
            let login = IamLogin::new(
                self.endpoint(),
                "example-domain",
                "AKIDtest",
                "secret",
                "cn-north-4",
            );
            Huawei::with_tokens(&login.unwrap(), self.endpoint(), project)
        };
        huawei.unwrap().retry(RetryPolicy::never())
    }
}

fn blocking() -> BlockingClient {
    let options = TransportOptions::default().deadline(Duration::from_secs(20));
    BlockingClient::with_options(&options).unwrap()
}

fn run_tencent(tencent: &Tencent, client: &BlockingClient) -> Error {
    client.run(call(tencent)).unwrap_err()
}

/// The demo key is not the gateway's, so the envelope does not open: but whoever hears so was let in.
fn was_let_in(error: &Error) -> bool {
    error.service_code() == Some("FailedOperation.UnKnowError")
}

fn run_huawei(huawei: &Huawei, client: &BlockingClient) -> Result<(), Error> {
    let image = Image::from_url("https://example.com/card.jpg").unwrap();
    let call = huawei.id_card(&IdCardRequest::new(image)).unwrap();
    client.run(call).map(drop)
}

/// What came of it, and the fetches that it took. A machine that stood still meanwhile has it done once more: its metadata
/// service has one second to answer, and a short key ends.
fn quickly<T>(service: &Service, once: impl Fn() -> T) -> (T, usize) {
    for left in (0..10).rev() {
        let (before, started) = (service.fetches(), Instant::now());
        let outcome = once();
        if started.elapsed() < Duration::from_millis(900) || left == 0 {
            return (outcome, service.fetches() - before);
        }
    }
    unreachable!()
}

#[test]
fn b1_a_call_makes_one_fetch_whatever_life_a_key_is_handed_out_with() {
    for life in [-10, 0, 1, 2, 59, 240, 600, 1800, 3600, 7200, 43_200] {
        let service = service(HandOut::living(life));
        let client = blocking();
        let has_ended = life <= 0;
        for source in [Service::assumed, Service::machine] {
            let (error, fetches) = quickly(&service, || {
                run_tencent(&service.tencent(source(&service)), &client)
            });
            assert_eq!(fetches, 1, "{life} s: {error}");
            if has_ended {
                assert_eq!(error.kind(), ErrorKind::Credential, "{life} s: {error}");
                assert!(error.to_string().contains("clock"), "{error}");
            } else if life > 1 {
                assert!(was_let_in(&error), "{life} s: {error}");
            }
        }
        for is_agency in [true, false] {
            let (outcome, fetches) =
                quickly(&service, || run_huawei(&service.huawei(is_agency), &client));
            assert_eq!(fetches, 1, "{life} s");
            match outcome {
                Ok(()) => assert!(!has_ended, "{life} s"),
                Err(error) => assert!(life <= 1, "{life} s: {error}"),
            }
        }
    }
}

#[test]
fn b1_threads_fetch_no_more_often_than_the_lives_require() {
    let full = std::env::var("CARDSEAL_LOAD").is_ok_and(|size| size == "full");
    let time = Duration::from_secs(if full { 60 } else { 4 });
    for life in [-10, 1, 3, 600] {
        let service = service(HandOut::living(life));
        let tencent = service.tencent(service.assumed());
        let client = blocking();
        let end = Instant::now() + time;
        std::thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    while Instant::now() < end {
                        run_tencent(&tencent, &client);
                        std::thread::sleep(Duration::from_millis(20));
                    }
                });
            }
        });
        let lives = match u64::try_from(life) {
            Ok(life) => time.as_secs().div_ceil(life),
            Err(_) => 0,
        };
        let most = usize::try_from(lives).unwrap() + THREADS;
        assert!(
            service.fetches() <= most,
            "{} for {life} s",
            service.fetches()
        );
    }
}

#[test]
fn s2_a_hanging_refresh_fails_no_call_that_holds_a_good_key() {
    if !common::whole() {
        return common::skip(
            "a_hanging_refresh",
            "half a minute, with CARDSEAL_NO_SKIP set",
        );
    }
    // What happens within three seconds is judged, and the machine may stand still for as long.
    for left in [2, 1, 0] {
        // Refreshed three seconds before its end, which is a whole second.
        let service = service(HandOut::living(30));
        let tencent = service.tencent(service.machine());
        let client = blocking();
        let first = run_tencent(&tencent, &client);
        *service.hand_out.lock().unwrap() = HandOut::failing(HandOutFault::Hang);
        std::thread::sleep(Duration::from_millis(27_200));
        let started = Instant::now();
        let error = run_tencent(&tencent, &client);
        let took = started.elapsed();
        if was_let_in(&first) && was_let_in(&error) && took < Duration::from_secs(4) {
            return;
        }
        assert!(left > 0, "it took {took:?}: {first}; {error}");
    }
}

#[test]
fn s2_whoever_waited_for_a_fetch_hears_what_it_failed_with() {
    for (fault, kind) in [
        (HandOutFault::Error, ErrorKind::Throttled),
        (HandOutFault::Refuse, ErrorKind::Credential),
    ] {
        let service = service(HandOut::failing(fault));
        let tencent = service.tencent(service.assumed());
        let client = blocking();
        // What may pass is shared for a second, so all come at once, however busy the machine is.
        let all_here = Barrier::new(20);
        let started = Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..20 {
                scope.spawn(|| {
                    all_here.wait();
                    let error = run_tencent(&tencent, &client);
                    assert_eq!(error.kind(), kind, "{error}");
                    assert!(
                        error.to_string().starts_with("assuming the role: "),
                        "{error}"
                    );
                    assert!(error.service_code().is_some() && error.request_id().is_some());
                });
            }
        });
        // And once more for whoever was held up for that second.
        let seconds = usize::try_from(started.elapsed().as_secs()).unwrap();
        let fetches = service.fetches();
        assert!(
            fetches <= 1 + seconds,
            "one speaks for all: {fetches} in {seconds} s"
        );
    }
}
