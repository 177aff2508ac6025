//! IAM tokens against the embedded gateway: one login for many calls, one renewal, and every way a login fails.

mod common;

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use cardseal::huawei::{Huawei, IamLogin, IdCardRequest, Signature, endpoint};
use cardseal::{
    BlockingClient, Client, Endpoint, ErrorKind, Image, RetryPolicy, Settled, TransportOptions,
};
use cardseal_gateway::{Fault, GatewayConfig, Running};
use common::driving::{fetches, sends};
use common::http::read_message;

const USER: &str = "iam-user";
const PASSWORD: &str = "pass \"word\\";
const PROJECT: &str = "0123456789abcdef0123456789abcdef";

/// What was asked for, and the code it was refused with.
type Log = Arc<Mutex<Vec<(Option<&'static str>, Option<String>)>>>;

struct Service {
    gateway: Running,
    log: Log,
}

fn service(change: impl FnOnce(&mut GatewayConfig)) -> Service {
    let log = Log::default();
    let mut config = GatewayConfig::new(Vec::new(), "AccessKey", "SecretKey");
    config.iam.user = USER.into();
    config.iam.password = PASSWORD.into();
    let seen = Arc::clone(&log);
    config.on_request = Some(Arc::new(move |request| {
        seen.lock()
            .unwrap()
            .push((request.action, request.code.clone()));
    }));
    change(&mut config);
    let gateway = Running::start(config, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
    Service { gateway, log }
}

impl Service {
    fn tokens(&self, password: &str) -> IamLogin {
        let iam = Endpoint::custom(&self.gateway.url()).unwrap();
        let login = IamLogin::new(iam, "example-domain", USER, password, "cn-north-4").unwrap();
        login.without_catalog()
    }

    fn account(&self, login: &IamLogin) -> Huawei {
        let endpoint = Endpoint::custom(&self.gateway.url()).unwrap();
        Huawei::with_tokens(login, endpoint, PROJECT)
            .unwrap()
            .retry(RetryPolicy::never())
    }

    fn seen(&self, action: &str) -> Vec<Option<String>> {
        let log = self.log.lock().unwrap();
        let of_it = log.iter().filter(|(seen, _)| *seen == Some(action));
        of_it.map(|(_, code)| code.clone()).collect()
    }
}

fn card() -> IdCardRequest {
    IdCardRequest::new(Image::from_url("https://example.com/card.jpg").unwrap())
}

fn blocking() -> BlockingClient {
    BlockingClient::with_options(&TransportOptions::default().deadline(Duration::from_secs(60)))
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_calls_at_once_log_in_once() {
    let service = service(|_| {});
    let tokens = service.tokens(PASSWORD);
    let huawei = service.account(&tokens);
    let client = Client::new().unwrap();
    assert_eq!(tokens.expires_at(), None);
    let calls: Vec<_> = (0..16)
        .map(|_| {
            let (client, call) = (client.clone(), huawei.id_card(&card()).unwrap());
            tokio::spawn(async move { client.run(call).await })
        })
        .collect();
    for call in calls {
        let answer = call.await.unwrap().unwrap();
        assert_eq!(answer.card.number.expose(), "11010119900307002X");
    }
    assert_eq!(service.seen("CreateToken"), [None]);
    assert_eq!(service.seen("id-card"), vec![None; 16]);

    let left = tokens
        .expires_at()
        .unwrap()
        .duration_since(SystemTime::now())
        .unwrap();
    let day = Duration::from_secs(24 * 3600);
    assert!(
        left <= day && left > day - Duration::from_secs(60),
        "{left:?}"
    );
}

#[test]
fn the_blocking_driver_logs_in_too_and_a_clone_shares_the_token() {
    let service = service(|_| {});
    let huawei = service.account(&service.tokens(PASSWORD));
    for huawei in [huawei.clone(), huawei] {
        blocking().run(huawei.id_card(&card()).unwrap()).unwrap();
    }
    assert_eq!(service.seen("CreateToken"), [None]);
}

#[test]
fn a_token_that_has_ended_is_renewed_once_and_the_call_repeated() {
    let service = service(|config| config.fault = Some(Fault::TokenExpired));
    let tokens = service.tokens(PASSWORD);
    let huawei = service.account(&tokens);
    blocking().run(huawei.id_card(&card()).unwrap()).unwrap();
    assert_eq!(service.seen("CreateToken"), [None, None]);
    let refused = service.log.lock().unwrap().clone();
    let codes: Vec<_> = refused
        .iter()
        .filter_map(|(_, code)| code.as_deref())
        .collect();
    assert_eq!(codes, ["APIG.0307"]);
    assert_eq!(refused.len(), 4);
}

#[test]
fn a_second_refusal_of_a_token_is_the_last() {
    let service = service(|_| {});
    let huawei = service.account(&service.tokens(PASSWORD));
    blocking().run(huawei.id_card(&card()).unwrap()).unwrap();
    // The gateway did its part; from here on the service says no whatever comes.
    let mut call = huawei.id_card(&card()).unwrap();
    let no = || {
        let body = r#"{"error_code":"APIG.0307","error_msg":"The token must be updated."}"#;
        Ok(http::Response::builder()
            .status(401)
            .body(body.into())
            .unwrap())
    };
    let with_token = sends(&mut call, SystemTime::now());
    assert!(with_token.headers()["x-auth-token"].is_sensitive());
    assert!(!with_token.headers().contains_key("authorization"));
    assert!(matches!(call.settle(no()), Settled::Retry { after } if after.is_zero()));
    let login = fetches(&mut call, SystemTime::now());
    assert_eq!(login.uri().path(), "/v3/auth/tokens");
    let created = http::Response::builder()
        .status(201)
        .header("X-Subject-Token", "new");
    let created = created.body("{}".into()).unwrap();
    assert!(matches!(call.settle(Ok(created)), Settled::Retry { .. }));
    let again = sends(&mut call, SystemTime::now());
    assert_eq!(again.headers()["x-auth-token"], "new");
    match call.settle(no()) {
        Settled::Fail(error) => {
            assert_eq!(error.kind(), ErrorKind::Credential);
            assert_eq!(error.service_code(), Some("APIG.0307"));
        }
        _ => panic!("it went on"),
    }
}

/// Answers a login with a token of this length and a card for that very token, as often as it is asked.
fn service_with_large_tokens(length: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let token = "A".repeat(length);
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let (head, _) = read_message(&mut connection).unwrap();
            let is_login = head.starts_with("POST /v3/auth/tokens");
            let (status, header, body) = match head.contains(&token) {
                _ if is_login => ("201 Created", format!("X-Subject-Token: {token}\r\n"), "{}"),
                true => ("200 OK", String::new(), r#"{"result":{"name":"a"}}"#),
                false => ("401 Unauthorized", String::new(), "{}"),
            };
            let reply = format!(
                "HTTP/1.1 {status}\r\n{header}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
            connection.write_all(reply.as_bytes()).unwrap();
        }
    });
    url
}

#[test]
fn a_token_of_many_kilobytes_passes_both_drivers() {
    let url = service_with_large_tokens(30_000);
    let huawei = || {
        let iam = Endpoint::custom(&url).unwrap();
        let login = IamLogin::new(iam, "d", USER, PASSWORD, "cn-north-4").unwrap();
        let endpoint = Endpoint::custom(&url).unwrap();
        let huawei = Huawei::with_tokens(&login, endpoint, PROJECT).unwrap();
        huawei.retry(RetryPolicy::never())
    };
    let answer = blocking().run(huawei().id_card(&card()).unwrap()).unwrap();
    assert_eq!(answer.card.name.expose(), "a");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let client = Client::new().unwrap();
    let answer = runtime
        .block_on(client.run(huawei().id_card(&card()).unwrap()))
        .unwrap();
    assert_eq!(answer.card.name.expose(), "a");
}

#[test]
fn a_wrong_password_is_told_and_nothing_else_is_sent() {
    let service = service(|_| {});
    let tokens = service.tokens("hunter2");
    let huawei = service.account(&tokens).retry(RetryPolicy::default());
    let error = blocking()
        .run(huawei.id_card(&card()).unwrap())
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.service_code()),
        (ErrorKind::Credential, Some("401"))
    );
    assert!(
        error
            .to_string()
            .contains("check account (domain), user and password"),
        "{error}"
    );
    assert!(!format!("{error:?}").contains("hunter2"));
    assert_eq!(
        service.log.lock().unwrap().len(),
        1,
        "a wrong password is sent once"
    );
    assert_eq!(tokens.expires_at(), None);
}

#[test]
fn an_iam_that_cannot_be_reached_is_a_transport_error() {
    let service = service(|_| {});
    let dead = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let iam = Endpoint::custom(&format!("http://{dead}")).unwrap();
    let login = IamLogin::new(iam, "example-domain", USER, PASSWORD, "cn-north-4").unwrap();
    let huawei = service.account(&login);
    let error = blocking()
        .run(huawei.id_card(&card()).unwrap())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    let text = error.to_string();
    assert!(text.starts_with("logging in to IAM: "), "{text}");
    assert!(service.log.lock().unwrap().is_empty());
}

#[test]
fn abu_dhabi_takes_no_tokens_and_nothing_is_sent_to_find_out() {
    let service = service(|_| {});
    let tokens = service.tokens(PASSWORD);
    let loopback = Endpoint::custom(&service.gateway.url()).unwrap();
    for endpoint in [endpoint::g42(), loopback.region("ae-ad-1").unwrap()] {
        let error = match Huawei::with_tokens(&tokens, endpoint, PROJECT) {
            Err(error) => error,
            Ok(_) => panic!("it was taken"),
        };
        assert_eq!(error.kind(), ErrorKind::Input);
        assert!(error.to_string().contains("AK/SK"), "{error}");
    }
    assert!(service.log.lock().unwrap().is_empty());
    // With a token nothing is signed, so no signature can be chosen.
    let signing = service.account(&tokens).signature(Signature::SdkHmacSm3);
    assert_eq!(signing.err().unwrap().kind(), ErrorKind::Input);
}
