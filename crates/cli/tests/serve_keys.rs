//! What `serve` signs with: what it calls with, and nothing else.
#![cfg(all(feature = "gateway", feature = "serve", unix))]

mod common;

use std::io::{Read, Write};
use std::net::TcpStream;

use common::{GatewayProcess, SECRET_ID, SECRET_KEY, Scratch};
use rustix::process::Signal;
use serde_json::{Value, json};

/// The file `secret` holds it, too.
const TOKEN: &str = SECRET_KEY;
const CARD: &str = "https://h.example/card.jpg";

/// A sidecar at a gateway, which is started with `gateway`.
struct Desk {
    _scratch: Scratch,
    _gateway: GatewayProcess,
    sidecar: GatewayProcess,
}

impl Desk {
    fn with(gateway: &[&str], more: &[&str], set: &[(&str, &str)]) -> Self {
        let scratch = Scratch::with_keys();
        let gateway = scratch.gateway(gateway);
        let usual = [
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--token-file",
            "secret",
            "--endpoint",
            &gateway.url,
        ];
        let mut command = scratch.command(&[&usual[..], more].concat());
        command.envs(set.iter().copied());
        let sidecar = GatewayProcess::start(command);
        Self {
            _scratch: scratch,
            _gateway: gateway,
            sidecar,
        }
    }

    fn ask(&self, path: &str, body: &Value) -> (u16, Value) {
        let body = body.to_string();
        let mut stream = TcpStream::connect(self.sidecar.address()).unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nAuthorization: Bearer {TOKEN}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            self.sidecar.address(),
            body.len()
        );
        stream.write_all((head + &body).as_bytes()).unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        let (head, body) = reply.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap())
    }
}

#[test]
fn s5_a_role_signs_with_the_roles_key_and_never_with_the_accounts() {
    let role = "qcs::cam::uin/12345678:roleName/Reader";
    let more = [
        "--cloud",
        "tencent",
        "--role",
        role,
        "--key",
        "sm4-gcm/public.b64",
    ];
    let account = [
        ("TENCENTCLOUD_SECRET_ID", SECRET_ID),
        ("TENCENTCLOUD_SECRET_KEY", SECRET_KEY),
    ];
    let desk = Desk::with(&[], &more, &account);
    let asked = json!({
        "scheme": "tc3-hmac-sha256",
        "request": "POST / HTTP/1.1\r\nHost: ocr.tencentcloudapi.com\r\nContent-Type: application/json\r\n\r\n{}",
    });
    let (status, problem) = desk.ask("/v1/sign", &asked);
    assert_eq!(status, 503, "{problem}");
    let message = problem["error"]["message"].as_str().unwrap();
    assert!(message.contains("must be fetched first"), "{message}");

    let (status, card) = desk.ask("/v1/recognize", &json!({"url": CARD}));
    assert_eq!(status, 200, "{card}");
    let (status, signed) = desk.ask("/v1/sign", &asked);
    assert_eq!(status, 200, "{signed}");
    let headers = signed["headers"].to_string().to_lowercase();
    assert!(headers.contains("x-tc-token"), "{headers}");
    assert!(
        !headers.contains(&format!("credential={SECRET_ID}/")),
        "{headers}"
    );
    assert_eq!(desk.sidecar.end(Signal::TERM).0, Some(0));
}

#[test]
fn s5_a_login_by_token_leaves_nothing_to_sign_with_and_says_so() {
    let login = [
        ("HW_USER_NAME", "clerk"),
        ("HW_USER_PASSWORD", SECRET_KEY),
        ("HW_DOMAIN_NAME", "example-domain"),
        ("HW_PROJECT_NAME", "cn-north-4"),
        (
            "HUAWEICLOUD_SDK_PROJECT_ID",
            "0123456789abcdef0123456789abcdef",
        ),
        // Which would sign as somebody else.
        ("HUAWEICLOUD_SDK_AK", "another-id"),
        ("HUAWEICLOUD_SDK_SK", SECRET_KEY),
    ];
    let more = ["--cloud", "huawei", "--auth", "iam-token"];
    let desk = Desk::with(&["--iam-user", "clerk"], &more, &login);
    let (status, card) = desk.ask("/v1/recognize", &json!({"url": CARD}));
    assert_eq!(status, 200, "{card}");
    let asked = json!({
        "scheme": "sdk-hmac-sha256",
        "request": "POST /v2/p/ocr/id-card HTTP/1.1\r\nHost: ocr.cn-north-4.myhuaweicloud.com\r\n\r\n{}",
    });
    let (status, problem) = desk.ask("/v1/sign", &asked);
    assert_eq!(status, 422, "{problem}");
    let message = problem["error"]["message"].as_str().unwrap();
    assert!(message.contains("no key to sign with"), "{message}");
    assert_eq!(desk.sidecar.end(Signal::TERM).0, Some(0));
}
