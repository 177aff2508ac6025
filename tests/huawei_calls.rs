//! Huawei's client with AK/SK against the embedded gateway, which checks every signature by code of its own; against
//! the signatures that the official SDK gives; and against refusals that were really given.

#[path = "common/recorded.rs"]
mod recorded;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cardseal::huawei::{Huawei, IdCardRequest, RawCall, Side, Signature, Switch, endpoint};
use cardseal::{
    BlockingClient, Call, Client, Credentials, Endpoint, Error, ErrorKind, Image, Next,
    RetryPolicy, Settled, TransportOptions,
};
use cardseal_gateway::{Fault, GatewayConfig, Running};

const AK: &str = "AccessKey";
const SK: &str = "SecretKey";
const PROJECT: &str = "0123456789abcdef0123456789abcdef";
const DOMAIN: &str = "fedcba9876543210fedcba9876543210";

/// One pixel.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const SIGNATURES: [Signature; 3] = [
    Signature::SdkHmacSha256,
    Signature::SdkHmacSm3,
    Signature::V11HmacSha256,
];

struct Service {
    gateway: Running,
    codes: Arc<Mutex<Vec<Option<String>>>>,
}

fn service(change: impl FnOnce(&mut GatewayConfig)) -> Service {
    let codes = Arc::new(Mutex::new(Vec::new()));
    let mut config = GatewayConfig::new(Vec::new(), AK, SK);
    let log = Arc::clone(&codes);
    config.on_request = Some(Arc::new(move |request| {
        assert_eq!(request.cloud, "huawei");
        log.lock().unwrap().push(request.code.clone());
    }));
    change(&mut config);
    let gateway = Running::start(config, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
    Service { gateway, codes }
}

impl Service {
    fn endpoint(&self) -> Endpoint {
        let endpoint = Endpoint::custom(&self.gateway.url()).unwrap();
        endpoint.region("cn-north-4").unwrap()
    }

    fn account(&self, credentials: Credentials) -> Huawei {
        Huawei::new(credentials, self.endpoint(), PROJECT)
            .unwrap()
            .retry(RetryPolicy::never())
    }

    fn ask(&self, huawei: &Huawei) -> Result<(), Error> {
        blocking().run(huawei.id_card(&front()).unwrap()).map(drop)
    }
}

fn credentials() -> Credentials {
    Credentials::new(AK, SK.to_owned()).unwrap()
}

/// An account in production, from which nothing is sent.
fn beijing(credentials: Credentials) -> Huawei {
    Huawei::new(
        credentials,
        endpoint::in_region("cn-north-4").unwrap(),
        PROJECT,
    )
    .unwrap()
}

fn picture() -> Image {
    Image::from_bytes(STANDARD.decode(PNG).unwrap()).unwrap()
}

fn front() -> IdCardRequest {
    IdCardRequest::new(picture()).side(Side::Front)
}

fn blocking() -> BlockingClient {
    BlockingClient::with_options(&TransportOptions::default().deadline(Duration::from_secs(60)))
        .unwrap()
}

fn first_request<T>(
    call: &mut Call<T>,
    now: SystemTime,
) -> Result<http::Request<bytes::Bytes>, Error> {
    match call.next(now)? {
        Next::Send(request) => Ok(request),
        _ => panic!("nothing is sent"),
    }
}

#[test]
fn every_signature_with_the_blocking_driver() {
    let service = service(|_| {});
    for signature in SIGNATURES {
        let plain = service.account(credentials()).signature(signature).unwrap();
        let hashed = plain.clone().content_hash_header();
        let billed = plain.clone().enterprise_project_id("abc-1").unwrap();
        for huawei in [&plain, &hashed, &billed] {
            let answer = blocking().run(huawei.id_card(&front()).unwrap()).unwrap();
            assert_eq!(answer.card.name.expose(), "证件样本");
            assert_eq!(answer.card.number.expose(), "11010119900307002X");
            assert_eq!(answer.card.birth.expose(), "1990-3-7");
            assert!(answer.card.issue.is_empty() && answer.card.verification.is_none());
            assert!(!answer.request_id.is_empty());
            assert!(
                !format!("{answer:?}").contains("1101"),
                "personal data is printed"
            );
        }
    }
    assert_eq!(*service.codes.lock().unwrap(), vec![None; 9]);
}

#[tokio::test]
async fn every_signature_with_the_async_driver() {
    let service = service(|_| {});
    let client = Client::new().unwrap();
    for signature in SIGNATURES {
        let huawei = service.account(credentials()).signature(signature).unwrap();
        let answer = client.run(huawei.id_card(&front()).unwrap()).await.unwrap();
        assert_eq!(answer.card.name.expose(), "证件样本");
    }
}

#[test]
fn both_sides_and_every_switch() {
    let service = service(|_| {});
    let huawei = service.account(credentials());
    let all = IdCardRequest::new(picture())
        .side(Side::Both)
        .with(Switch::ALL.iter().copied());
    let answer = blocking().run(huawei.id_card(&all).unwrap()).unwrap();
    let (front, back) = (answer.card.front.unwrap(), answer.card.back.unwrap());
    assert_eq!(front.verification.unwrap().valid_number, Some(true));
    assert_eq!(front.detections.copied, Some(false));
    assert_eq!(front.detections.glaring, Some(false));
    assert!(back.issue.expose().starts_with("样本市公安局"));
    assert_eq!(
        (back.valid_from.expose(), back.valid_to.expose()),
        ("2020-01-01", "2040-01-01")
    );

    let url = Image::from_url("https://example.com/card.jpg").unwrap();
    let by_url = IdCardRequest::new(url).side(Side::Back);
    let answer = blocking().run(huawei.id_card(&by_url).unwrap()).unwrap();
    assert!(answer.card.name.is_empty() && !answer.card.issue.is_empty());
}

#[test]
fn siblings_and_any_api_by_its_path() {
    let service = service(|_| {});
    let huawei = service.account(credentials());
    let body = format!(r#"{{"image":"{PNG}"}}"#);
    for name in [
        "general-text",
        "business-license",
        "driver-license",
        "vehicle-license",
    ] {
        let answer = blocking()
            .run(huawei.ocr(name, body.clone()).unwrap())
            .unwrap();
        assert!(answer.json.expose().starts_with(r#"{"result":"#), "{name}");
    }
    let path = format!("/v2/{PROJECT}/ocr/general-text");
    for signature in SIGNATURES {
        let huawei = huawei.clone().signature(signature).unwrap();
        let request = RawCall::post(&path, body.clone()).unwrap().query([
            ("b", "1 2+3*~%"),
            ("身", "份"),
            ("B", ""),
            ("b", "0"),
        ]);
        let answer = blocking().run(huawei.call(request).unwrap()).unwrap();
        assert!(answer.json.expose().contains("words_block_list"));
    }
    let unknown = huawei
        .call(RawCall::get("/v2/x/ocr/nothing").unwrap())
        .unwrap();
    let error = blocking().run(unknown).unwrap_err();
    assert_eq!(
        (error.kind(), error.service_code()),
        (ErrorKind::Service, Some("APIG.0101"))
    );
}

#[test]
fn temporary_credentials_bring_their_token_and_the_domain_may_stand_for_the_project() {
    let service = service(|config| config.session_token = Some("TOKEN".into()));
    let temporary = || credentials().with_token("TOKEN").unwrap();
    service.ask(&service.account(temporary())).unwrap();
    service
        .ask(&service.account(temporary()).domain_id(DOMAIN).unwrap())
        .unwrap();
    let error = service.ask(&service.account(temporary()).domain_id("other").unwrap());
    assert_eq!(error.unwrap_err().service_code(), Some("APIG.0310"));
    let error = service.ask(&service.account(credentials())).unwrap_err();
    assert_eq!(error.service_code(), Some("APIG.0301"));
}

/// The two signatures that the official Python SDK gives for this very request.
#[test]
fn a_typed_call_at_a_fixed_time_is_signed_as_the_official_sdk_signs_it() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_704_164_645);
    let hello =
        IdCardRequest::new(Image::from_bytes_unchecked(b"hello").unwrap()).side(Side::Front);
    for (credentials, signed, signature) in [
        (
            credentials(),
            "content-type;host;x-project-id;x-sdk-date",
            "ed0a7259fe84cd5c21e5a7484500e4655da0b48a128a46567e3c46ac95de0b8c",
        ),
        (
            credentials().with_token("TOKEN").unwrap(),
            "content-type;host;x-project-id;x-sdk-date;x-security-token",
            "13271cf4dc850ba1793024dc95f0f347d229a83f64ff88d49bb19301dc08e4ed",
        ),
    ] {
        let mut call = beijing(credentials).id_card(&hello).unwrap();
        let request = first_request(&mut call, now).unwrap();
        assert_eq!(
            request.uri().to_string(),
            format!("https://ocr.cn-north-4.myhuaweicloud.com/v2/{PROJECT}/ocr/id-card")
        );
        assert_eq!(
            request.body(),
            br#"{"image":"aGVsbG8=","side":"front"}"#.as_slice()
        );
        assert_eq!(request.headers()["x-sdk-date"], "20240102T030405Z");
        assert_eq!(
            request.headers()["authorization"],
            format!("SDK-HMAC-SHA256 Access={AK}, SignedHeaders={signed}, Signature={signature}")
        );
        assert!(request.headers()["authorization"].is_sensitive());
    }
}

#[test]
fn the_services_no_says_whose_fault_it_is() {
    let service = service(|_| {});
    let wrong = Credentials::new(AK, "other").unwrap();
    let error = service.ask(&service.account(wrong)).unwrap_err();
    assert_eq!(
        (error.kind(), error.service_code()),
        (ErrorKind::Signing, Some("APIG.0301"))
    );
    assert!(error.request_id().is_some());
    let elsewhere = Huawei::new(credentials(), service.endpoint(), "other").unwrap();
    let error = service.ask(&elsewhere).unwrap_err();
    assert_eq!(
        (error.kind(), error.service_code()),
        (ErrorKind::Credential, Some("APIG.0310"))
    );
    let text = IdCardRequest::new(Image::from_bytes_unchecked(b"no picture").unwrap());
    let call = service.account(credentials()).id_card(&text).unwrap();
    let error = blocking().run(call).unwrap_err();
    assert_eq!(
        (error.kind(), error.service_code()),
        (ErrorKind::Service, Some("AIS.0104"))
    );
    assert_eq!(service.codes.lock().unwrap().len(), 3, "sent twice");
}

#[test]
fn every_fault_is_typed() {
    for (fault, kind) in [
        (Fault::DropConnection, ErrorKind::Transport),
        (Fault::Http500, ErrorKind::Transport),
        (Fault::Redirect, ErrorKind::Transport),
        (Fault::BadJson, ErrorKind::Protocol),
        (Fault::EmptyReply, ErrorKind::Protocol),
        (Fault::InternalError, ErrorKind::Service),
        (Fault::Throttled, ErrorKind::Throttled),
        (Fault::Expired, ErrorKind::Signing),
    ] {
        let service = service(|config| config.fault = Some(fault));
        let error = service.ask(&service.account(credentials())).unwrap_err();
        assert_eq!(error.kind(), kind, "{fault}: {error}");
    }
}

#[test]
fn a_throttled_call_is_sent_again() {
    let service = service(|config| config.fault = Some(Fault::ThrottledOnce));
    let mut patient = RetryPolicy::default();
    patient.first_delay = Duration::from_millis(50);
    service
        .ask(&service.account(credentials()).retry(patient))
        .unwrap();
    assert_eq!(
        *service.codes.lock().unwrap(),
        [Some("APIG.0308".to_owned()), None]
    );
}

#[test]
fn a_clock_that_is_off_is_set_once() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_704_164_645 + 20 * 60);
    let mut call = beijing(credentials()).id_card(&front()).unwrap();
    let refused = || {
        http::Response::builder()
            .status(401)
            .header("date", "Tue, 02 Jan 2024 03:04:05 GMT")
            .body(r#"{"error_code":"APIG.0301","error_msg":"x"}"#.into())
            .unwrap()
    };
    first_request(&mut call, now).unwrap();
    assert!(matches!(call.settle(Ok(refused())), Settled::Retry { after } if after.is_zero()));
    let second = first_request(&mut call, now).unwrap();
    assert_eq!(second.headers()["x-sdk-date"], "20240102T030405Z");
    assert!(matches!(call.settle(Ok(refused())), Settled::Fail(_)));
}

#[test]
fn bad_input_is_refused_before_anything_is_signed() {
    let endpoint = || endpoint::in_region("cn-north-4").unwrap();
    for id in ["", "a b", "a\nb", "a/b", "..", "a?b", "身"] {
        assert!(
            Huawei::new(credentials(), endpoint(), id).is_err(),
            "{id:?}"
        );
        assert!(beijing(credentials()).domain_id(id).is_err(), "{id:?}");
        assert!(
            beijing(credentials()).enterprise_project_id(id).is_err(),
            "{id:?}"
        );
        assert!(beijing(credentials()).ocr(id, "{}").is_err(), "{id:?}");
    }
    for url in [
        "http://ocr.cn-north-4.myhuaweicloud.com",
        "https://user:hunter2@host",
        "https://10.0.0.1",
        "https://host/path",
        "https://host?query",
    ] {
        let error = Endpoint::custom(url).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Input, "{url}");
        assert!(!error.to_string().contains("hunter2"));
    }
    assert!(Credentials::new(AK, "").is_err());
    assert!(credentials().with_token("a\r\nb").is_err());
    assert!(beijing(credentials()).ocr("general-text", "[]").is_err());

    // V11 signs the region, and this one has none.
    let nowhere = Endpoint::custom("http://127.0.0.1:1").unwrap();
    let huawei = Huawei::new(credentials(), nowhere, PROJECT).unwrap();
    let huawei = huawei.signature(Signature::V11HmacSha256).unwrap();
    let error = first_request(&mut huawei.id_card(&front()).unwrap(), SystemTime::now());
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Signing);
    assert!(error.to_string().contains("region"), "{error}");
}

#[test]
fn a_body_over_the_limit_is_not_signed() {
    let body = |len: usize| {
        let around = r#"{"image":""}"#.len();
        format!(r#"{{"image":"{}"}}"#, "A".repeat(len - around))
    };
    let most = 12 << 20;
    let huawei = beijing(credentials());
    let mut fits = huawei.ocr("general-text", body(most)).unwrap();
    assert!(first_request(&mut fits, SystemTime::now()).is_ok());
    let mut over = huawei.ocr("general-text", body(most + 1)).unwrap();
    let error = first_request(&mut over, SystemTime::now()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Signing);
    assert!(error.to_string().contains("use a token"), "{error}");
}

#[test]
fn recorded_refusals() {
    let huawei = beijing(credentials()).retry(RetryPolicy::never());
    recorded::check("huawei", 15, || huawei.id_card(&front()).unwrap());
}
