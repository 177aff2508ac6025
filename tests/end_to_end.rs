//! From typed request to typed answer over real HTTP, with both drivers, against the embedded gateway; and every way
//! the gateway can misbehave.

mod common;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use cardseal::tencent::{
    CardSide, Config, HeaderSet, IdCardRequest, Language, Recognized, Switch, Tencent,
};
use cardseal::{
    BlockingClient, Client, Credentials, Endpoint, Error, ErrorKind, Image, IvPolicy, Recipient,
    RetryPolicy, TransportOptions,
};
use cardseal_gateway::{Fault, GatewayConfig, IvMode, Running};

const ID: &str = "AKIDtest";
const SECRET: &str = "secret-of-the-test";

struct Service {
    gateway: Running,
    recipients: Vec<Recipient>,
    requests: Arc<Mutex<Vec<Option<String>>>>,
}

fn service(change: impl FnOnce(&mut GatewayConfig)) -> Service {
    let (keys, recipients) = common::service_keys();
    let requests = Arc::new(Mutex::new(Vec::new()));
    let mut config = GatewayConfig::new(keys, ID, SECRET);
    let log = Arc::clone(&requests);
    config.on_request = Some(Arc::new(move |request| {
        log.lock().unwrap().push(request.code.clone())
    }));
    change(&mut config);
    let gateway = Running::start(config, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
    Service {
        gateway,
        recipients,
        requests,
    }
}

impl Service {
    fn tencent(&self) -> Tencent {
        Tencent::new(Credentials::new(ID, SECRET.to_owned()).unwrap())
            .endpoint(Endpoint::custom(&self.gateway.url()).unwrap())
            .retry(RetryPolicy::never())
    }

    fn ask(&self, recipient: &Recipient, policy: IvPolicy) -> Result<Recognized, Error> {
        let call = self
            .tencent()
            .recognize_encrypted_id_card(recipient, &documented(), policy)?;
        blocking().run(call)
    }
}

fn documented() -> IdCardRequest {
    let url =
        "https://ocr-demo-1254418846.cos.ap-guangzhou.myqcloud.com/card/IDCardOCR/IDCardOCR1.jpg";
    IdCardRequest::new(Image::from_url(url).unwrap())
        .side(CardSide::Front)
        .config(Config::of([Switch::TempIdWarn]))
}

fn blocking() -> BlockingClient {
    BlockingClient::with_options(&TransportOptions::default().deadline(Duration::from_secs(10)))
        .unwrap()
}

#[test]
fn both_suites_with_the_blocking_driver() {
    let service = service(|_| {});
    for recipient in &service.recipients {
        let answer = service.ask(recipient, IvPolicy::BySuite).unwrap();
        assert!(!answer.card.name.is_empty() && !answer.card.id_num.is_empty());
        assert!(answer.card.authority.is_empty());
        assert!(!answer.request_id.is_empty());
        assert!(answer.iv_reused);
        assert_eq!(answer.authenticated, recipient.algorithm() == "SM4-GCM");
        // Neither in the log line nor anywhere a `{:?}` reaches.
        assert!(!format!("{answer:?}").contains(answer.card.id_num.expose()));
    }
}

#[tokio::test]
async fn both_suites_with_the_async_driver() {
    let service = service(|_| {});
    let client = Client::new().unwrap();
    for recipient in &service.recipients {
        let call = service
            .tencent()
            .recognize_encrypted_id_card(recipient, &documented(), IvPolicy::BySuite)
            .unwrap();
        let answer = client.run(call).await.unwrap();
        assert!(!answer.card.id_num.is_empty());
    }
    assert_eq!(*service.requests.lock().unwrap(), [None, None]);
}

#[test]
fn images_and_every_option() {
    // The smallest PNG: one pixel.
    let png = common::unb64(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    );
    let service = service(|_| {});
    for recipient in &service.recipients {
        let card = IdCardRequest::new(Image::from_bytes(png.clone()).unwrap())
            .side(CardSide::Back)
            .config(Config::of(Switch::ALL.iter().copied()))
            .without_rectification()
            .with_reflect_detail();
        let tencent = service
            .tencent()
            .region("ap-guangzhou")
            .unwrap()
            .language(Language::English)
            .signed_headers(HeaderSet::WithAction);
        let call = tencent
            .recognize_encrypted_id_card(recipient, &card, IvPolicy::Same)
            .unwrap();
        let answer = blocking().run(call).unwrap();
        assert!(!answer.card.authority.is_empty() && answer.card.name.is_empty());
    }
}

#[test]
fn iv_policies_against_both_kinds_of_service() {
    for (mode, reused) in [(IvMode::Same, true), (IvMode::Fresh, false)] {
        let service = service(|config| config.iv_mode = mode);
        for recipient in &service.recipients {
            let either = service.ask(recipient, IvPolicy::AcceptForgeableFirstBlock);
            assert_eq!(either.unwrap().iv_reused, reused);
            // Without a tag the request's IV alone is taken unless another is asked for.
            let usual = service.ask(recipient, IvPolicy::default());
            assert_eq!(usual.is_ok(), reused || recipient.facts().authenticates());
            let same = service.ask(recipient, IvPolicy::Same);
            let fresh = service.ask(recipient, IvPolicy::Fresh);
            assert_eq!((same.is_ok(), fresh.is_ok()), (reused, !reused));
            let refused = same.err().or(fresh.err()).unwrap();
            assert_eq!(refused.kind(), ErrorKind::Open);
            assert!(refused.request_id().is_some());
        }
    }
}

#[test]
fn the_services_no_says_whose_fault_it_is() {
    let service = service(|_| {});
    let ask = |id: &str, secret: &str| {
        let tencent = Tencent::new(Credentials::new(id, secret.to_owned()).unwrap())
            .endpoint(Endpoint::custom(&service.gateway.url()).unwrap());
        let call = tencent
            .recognize_encrypted_id_card(&service.recipients[0], &documented(), IvPolicy::BySuite)
            .unwrap();
        blocking().run(call).unwrap_err()
    };
    let wrong_secret = ask(ID, "other");
    assert_eq!(wrong_secret.kind(), ErrorKind::Signing);
    assert_eq!(
        wrong_secret.service_code(),
        Some("AuthFailure.SignatureFailure")
    );
    assert!(wrong_secret.request_id().is_some());
    let unknown = ask("AKIDother", SECRET);
    assert_eq!(unknown.kind(), ErrorKind::Credential);
    assert_eq!(unknown.service_code(), Some("AuthFailure.SecretIdNotFound"));

    // Sealed for another service's key.
    let other = Recipient::parse(common::RSA_KEY.as_bytes()).unwrap();
    let error = service.ask(&other, IvPolicy::BySuite).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Service);
    assert_eq!(error.service_code(), Some("FailedOperation.UnKnowError"));
}

#[test]
fn a_clock_that_is_off_is_overcome_and_one_that_is_absurd_is_told() {
    let off_by = |seconds| {
        service(move |config| {
            config.clock = Arc::new(move || SystemTime::now() + Duration::from_secs(seconds));
        })
    };
    let service = off_by(600);
    service
        .ask(&service.recipients[0], IvPolicy::BySuite)
        .unwrap();
    let expired = Some("AuthFailure.SignatureExpire".to_owned());
    assert_eq!(*service.requests.lock().unwrap(), [expired, None]);

    let service = off_by(24 * 3600);
    let error = service
        .ask(&service.recipients[0], IvPolicy::BySuite)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Signing);
    assert_eq!(error.service_code(), Some("AuthFailure.SignatureExpire"));
}

/// Answers that open under their tag, and are no text that can be read in one way.
const UNREADABLE: [&str; 3] = ["duplicate-member-inner", "not-utf8", "inner-not-json"];

/// What each protocol fault must lead to. The call after it works, and nothing is sent twice.
#[test]
fn every_protocol_fault_is_one_opaque_error() {
    for fault in [
        "wrong-algorithm",
        "wrong-tag",
        "short-tag",
        "extra-tag",
        "missing-tag",
        "wrong-iv-length",
        "other-key",
        "duplicate-member-outer",
        "duplicate-member-inner",
        "clear-text",
        "clear-text-beside",
        "not-utf8",
        "bad-padding",
        "inner-not-json",
        "wrong-encrypt-list",
        "loose-base64",
    ] {
        let parsed: Fault = fault.parse().unwrap_or_else(|_| panic!("no fault {fault}"));
        let service = service(|config| config.fault = Some(parsed));
        for recipient in &service.recipients {
            // Faults of tags and padding have no meaning for the suite without them; there the gateway's answer is
            // as it should be, or refused all the same.
            let tags_only = matches!(fault, "wrong-tag" | "short-tag" | "missing-tag");
            let padding_only = fault == "bad-padding";
            let aes = recipient.algorithm() == "AES-256-CBC";
            match service.ask(recipient, IvPolicy::BySuite) {
                Ok(_) => assert!(
                    (tags_only && aes) || (padding_only && !aes),
                    "{fault} went unnoticed with {recipient:?}"
                ),
                Err(error) => {
                    // What a tag has proven and cannot be read is not called forged, and is kept.
                    let is_proven = !aes && UNREADABLE.contains(&fault);
                    assert_eq!(error.opened_text().is_some(), is_proven, "{fault}: {error}");
                    let (kind, words) = match is_proven {
                        true => (ErrorKind::Protocol, "was opened, and its tag is right"),
                        false => (ErrorKind::Open, "cannot be opened"),
                    };
                    assert_eq!(error.kind(), kind, "{fault} {recipient:?}: {error}");
                    assert!(error.to_string().contains(words), "{fault}: {error}");
                }
            }
        }
        assert_eq!(
            service.requests.lock().unwrap().len(),
            2,
            "{fault}: sent twice"
        );
    }
}

#[test]
fn every_transport_fault_is_typed_and_in_time() {
    for (fault, kind) in [
        ("drop-connection", ErrorKind::Transport),
        ("slow-header", ErrorKind::Transport),
        ("slow-body", ErrorKind::Transport),
        ("truncate-body", ErrorKind::Transport),
        ("http-500", ErrorKind::Transport),
        ("redirect", ErrorKind::Transport),
        ("oversize-reply", ErrorKind::Transport),
        ("bad-json", ErrorKind::Protocol),
        ("empty-reply", ErrorKind::Protocol),
        ("internal-error", ErrorKind::Service),
        ("throttled", ErrorKind::Throttled),
        ("expired", ErrorKind::Signing),
    ] {
        let parsed: Fault = fault.parse().unwrap_or_else(|_| panic!("no fault {fault}"));
        let service = service(|config| config.fault = Some(parsed));
        let options = TransportOptions::default().deadline(Duration::from_secs(3));
        let call = || {
            service
                .tencent()
                .recognize_encrypted_id_card(
                    &service.recipients[1],
                    &documented(),
                    IvPolicy::BySuite,
                )
                .unwrap()
        };
        let started = Instant::now();
        let error = BlockingClient::with_options(&options)
            .unwrap()
            .run(call())
            .expect_err(fault);
        assert_eq!(error.kind(), kind, "{fault}, blocking: {error}");
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "{fault}, blocking: {:?}",
            started.elapsed()
        );

        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let started = Instant::now();
        let client = Client::with_options(&options).unwrap();
        let error = runtime.block_on(client.run(call())).expect_err(fault);
        assert_eq!(error.kind(), kind, "{fault}, async: {error}");
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "{fault}, async: {:?}",
            started.elapsed()
        );
    }
}

#[test]
fn a_throttled_call_is_signed_again_and_never_sealed_again() {
    let service = service(|config| config.qps = Some(1));
    let tencent = service.tencent().retry({
        let mut policy = RetryPolicy::default();
        policy.retries = 5;
        policy
    });
    for _ in 0..2 {
        let call = tencent
            .recognize_encrypted_id_card(&service.recipients[1], &documented(), IvPolicy::BySuite)
            .unwrap();
        blocking().run(call).unwrap();
    }
    let codes = service.requests.lock().unwrap().clone();
    assert!(
        codes
            .iter()
            .flatten()
            .any(|code| code == "RequestLimitExceeded"),
        "{codes:?}"
    );
    assert_eq!(
        codes.iter().filter(|code| code.is_none()).count(),
        2,
        "{codes:?}"
    );
}

#[test]
fn nobody_listens() {
    let address = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    // A port that was just free, and a name that RFC 6761 keeps from ever resolving.
    for endpoint in [
        format!("http://{address}"),
        "https://ocr.invalid".to_owned(),
    ] {
        let call = || {
            Tencent::new(Credentials::new(ID, SECRET.to_owned()).unwrap())
                .endpoint(Endpoint::custom(&endpoint).unwrap())
                .retry(RetryPolicy::never())
                .recognize_encrypted_id_card(&common::rsa(), &documented(), IvPolicy::BySuite)
                .unwrap()
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        for error in [
            blocking().run(call()).unwrap_err(),
            runtime
                .block_on(Client::new().unwrap().run(call()))
                .unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Transport);
            assert!(
                error.to_string().contains("no connection"),
                "{endpoint}: {error}"
            );
        }
    }
}
