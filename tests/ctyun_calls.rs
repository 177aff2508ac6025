//! Ctyun's client against the embedded gateway, which checks every signature by code of its own.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cardseal::ctyun::{Alphabet, Capability, Ctyun, RawCall};
use cardseal::{
    BlockingClient, Client, Credentials, Endpoint, ErrorKind, Image, RetryPolicy, TransportOptions,
};
use cardseal_gateway::{Fault, GatewayConfig, Running};

const AK: &str = "0123456789abcdef0123456789abcdef";
const SK: &str = "fedcba9876543210fedcba9876543210";
const APP_KEY: &str = "562b89493b1a40e1b97ea05e50dd8170";

/// One pixel; its base64 has a `+`, so that the alphabets differ.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

struct Service {
    gateway: Running,
    codes: Arc<Mutex<Vec<Option<String>>>>,
}

fn service(change: impl FnOnce(&mut GatewayConfig)) -> Service {
    let codes = Arc::new(Mutex::new(Vec::new()));
    let mut config = GatewayConfig::new(Vec::new(), AK, SK);
    config.app_key = Some(APP_KEY.into());
    let log = Arc::clone(&codes);
    config.on_request = Some(Arc::new(move |request| {
        assert_eq!(request.cloud, "ctyun");
        log.lock().unwrap().push(request.code.clone());
    }));
    change(&mut config);
    let gateway = Running::start(config, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
    Service { gateway, codes }
}

impl Service {
    fn account(&self, ak: &str, sk: &str) -> Ctyun {
        let credentials = Credentials::new(ak, sk.to_owned()).unwrap();
        self.account_of(credentials.with_app_key(APP_KEY).unwrap())
    }

    fn account_of(&self, credentials: Credentials) -> Ctyun {
        Ctyun::new(credentials)
            .endpoint(Endpoint::custom(&self.gateway.url()).unwrap())
            .retry(RetryPolicy::never())
    }

    fn codes(&self) -> Vec<Option<String>> {
        self.codes.lock().unwrap().clone()
    }
}

fn credentials() -> Credentials {
    let pair = Credentials::new(AK, SK.to_owned()).unwrap();
    pair.with_app_key(APP_KEY).unwrap()
}

fn picture() -> Image {
    Image::from_bytes(STANDARD.decode(PNG).unwrap()).unwrap()
}

fn blocking() -> BlockingClient {
    BlockingClient::with_options(&TransportOptions::default().deadline(Duration::from_secs(60)))
        .unwrap()
}

#[test]
fn every_capability_in_both_alphabets_with_the_blocking_driver() {
    let service = service(|_| {});
    for alphabet in [Alphabet::Standard, Alphabet::UrlSafe] {
        let ctyun = service.account(AK, SK).base64_alphabet(alphabet);
        let client = blocking();

        let pictures = [picture(), Image::from_base64(PNG).unwrap()];
        let cards = client.run(ctyun.id_cards(&pictures).unwrap()).unwrap();
        assert_eq!(cards.found.len(), 2);
        let (front, back) = (&cards.found[0], &cards.found[1]);
        assert_eq!(front.name.expose(), "证件样本");
        assert_eq!(front.number.expose(), "11010119900307002X");
        assert_eq!((front.sex.expose(), front.nation.expose()), ("女", "汉"));
        assert_eq!(front.birth.expose(), "1990/3/7");
        assert!(front.address.expose().starts_with("北京市"));
        assert!(front.issuer.is_empty());
        assert!(back.issuer.expose().starts_with("样本市公安局"));
        assert_eq!(back.validity.expose(), "2020.01.01-2040.01.01");
        assert!(cards.raw.expose().starts_with('['));
        assert!(
            !format!("{cards:?}").contains("1101"),
            "personal data is printed"
        );

        let text = client
            .run(ctyun.general_text(&[picture()]).unwrap())
            .unwrap();
        let lines: Vec<&str> = text.found.iter().map(|line| line.text.expose()).collect();
        assert_eq!(lines, ["样本第一行", "SPECIMEN, second line"]);

        let license = client
            .run(ctyun.business_license(&picture()).unwrap())
            .unwrap();
        assert_eq!(license.found[0].name.expose(), "样本有限公司（仅供测试）");
        assert_eq!(license.found[0].number.expose(), "00000000000000000X");
        let license = client
            .run(ctyun.driver_license(&picture()).unwrap())
            .unwrap();
        assert_eq!(license.found[0].number.expose(), "11010119900307002X");
        let call = ctyun.vehicle_license(&picture(), "VehicleLicense");
        let license = client.run(call.unwrap()).unwrap();
        assert_eq!(license.found[0].plate.expose(), "京A00000");
        assert_eq!(license.found[0].owner.expose(), "证件样本");
    }
    assert_eq!(service.codes(), vec![None; 10]);
}

#[tokio::test]
async fn with_the_async_driver() {
    let service = service(|_| {});
    let ctyun = service.account(AK, SK);
    let client = Client::new().unwrap();
    let cards = client
        .run(ctyun.id_cards(&[picture()]).unwrap())
        .await
        .unwrap();
    assert_eq!(cards.found[0].number.expose(), "11010119900307002X");
    let license = client
        .run(ctyun.driver_license(&picture()).unwrap())
        .await
        .unwrap();
    assert_eq!(license.found[0].name.expose(), "证件样本");
}

#[test]
fn any_api_by_its_path_and_the_signed_query_is_the_sent_one() {
    let service = service(|_| {});
    let ctyun = service.account(AK, SK);
    let path = Capability::IdCard.usual_path();
    let request = RawCall::post(path, format!(r#"{{ "data" : [ "{PNG}" ] }}"#))
        .unwrap()
        .query([("b", "1 2+3*~%"), ("身", "份"), ("a", ""), ("b", "0")]);
    let answer = blocking().run(ctyun.call(request).unwrap()).unwrap();
    let whole: serde_json::Value = answer.json.parse().unwrap();
    assert_eq!(whole["returnObj"][0]["name"], "证件样本");

    let moved = ctyun
        .clone()
        .capability_path(Capability::IdCard, "/v1/aiop/api/other/idcard.json");
    let error = blocking()
        .run(moved.unwrap().id_cards(&[picture()]).unwrap())
        .unwrap_err();
    assert_eq!(error.service_code(), Some("CTAPI_NO_SUCH_API"));
    let get = ctyun.call(RawCall::get(path).unwrap().query([("a", "1")]));
    let error = blocking().run(get.unwrap()).unwrap_err();
    assert_eq!(error.service_code(), Some("CTAPI_ONLY_POST"));
}

#[test]
fn the_services_no_says_whose_fault_it_is() {
    let service = service(|_| {});
    let ask = |ctyun: Ctyun| {
        blocking()
            .run(ctyun.id_cards(&[picture()]).unwrap())
            .unwrap_err()
    };
    let wrong_secret = ask(service.account(AK, "other"));
    assert_eq!(wrong_secret.kind(), ErrorKind::Signing);
    assert_eq!(wrong_secret.service_code(), Some("CTAPI_10009"));
    assert!(wrong_secret.request_id().is_some());
    let unknown = ask(service.account("ffffffff", SK));
    assert_eq!(unknown.kind(), ErrorKind::Credential);
    assert_eq!(unknown.service_code(), Some("CTAPI_10002"));
    assert_eq!(service.codes().len(), 2, "sent twice");

    // Without an app key nothing is sent.
    let keyless = ask(service.account_of(Credentials::new(AK, SK.to_owned()).unwrap()));
    assert_eq!(keyless.kind(), ErrorKind::Signing);
    assert!(keyless.to_string().contains("`appkey`"), "{keyless}");
    assert_eq!(service.codes().len(), 2);
}

#[test]
fn a_throttled_call_is_sent_again() {
    let service = service(|config| config.fault = Some(Fault::ThrottledOnce));
    let ctyun = service.account(AK, SK).retry(RetryPolicy::default());
    blocking()
        .run(ctyun.id_cards(&[picture()]).unwrap())
        .unwrap();
    assert_eq!(service.codes(), [Some("CTAPI_THROTTLED".to_owned()), None]);
}

#[test]
fn an_endpoint_that_cannot_be_reached_is_followed_by_the_next() {
    let service = service(|_| {});
    let dead = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let ctyun = Ctyun::new(credentials())
        .endpoint(Endpoint::custom(&format!("http://{dead}")).unwrap())
        .fallback_endpoint(Endpoint::custom(&service.gateway.url()).unwrap());
    let cards = blocking()
        .run(ctyun.id_cards(&[picture()]).unwrap())
        .unwrap();
    assert_eq!(cards.found.len(), 1);
}

#[test]
fn every_transport_fault_is_typed() {
    for (fault, kind) in [
        (Fault::DropConnection, ErrorKind::Transport),
        (Fault::TruncateBody, ErrorKind::Transport),
        (Fault::Http500, ErrorKind::Transport),
        (Fault::Redirect, ErrorKind::Transport),
        (Fault::BadJson, ErrorKind::Protocol),
        (Fault::EmptyReply, ErrorKind::Protocol),
        (Fault::InternalError, ErrorKind::Service),
        (Fault::Throttled, ErrorKind::Throttled),
        (Fault::Expired, ErrorKind::Signing),
    ] {
        let service = service(|config| config.fault = Some(fault));
        let call = service.account(AK, SK).id_cards(&[picture()]).unwrap();
        let error = blocking().run(call).unwrap_err();
        assert_eq!(error.kind(), kind, "{fault}: {error}");
        assert!(service.codes().len() <= 1, "{fault}: sent twice");
    }
}
