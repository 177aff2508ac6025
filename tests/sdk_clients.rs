//! The official SDKs, unmodified, as clients of the embedded gateway: they sign and send what this library sealed, and
//! it opens what they bring back.

mod common;

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Command, Stdio};

use cardseal::{EncryptedReply, IvPolicy, Recipient};
use cardseal_gateway::{GatewayConfig, KeyPair, Running, Suite};
use common::skip;

const ID: &str = "AKIDsdk";
const SECRET: &str = "secret-of-the-sdk-test";

/// Sends the documented request of each suite through an SDK.
fn recognize_through(name: &str, probe: &mut Command, client: impl Fn() -> Command) {
    if !probe.output().is_ok_and(|out| out.status.success()) {
        return skip(name, "the SDK is not installed");
    }
    let suites = [Suite::Aes256CbcRsa, Suite::Sm4GcmSm2];
    let keys: Vec<_> = suites
        .into_iter()
        .map(|suite| KeyPair::generate(suite).unwrap())
        .collect();
    let recipients: Vec<_> = keys
        .iter()
        .map(|key| Recipient::parse(key.public_b64().as_bytes()).unwrap())
        .collect();
    let config = GatewayConfig::new(keys, ID, SECRET);
    let gateway = Running::start(config, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();

    let documented = common::vector("envelope/guide-sm4-gcm.json");
    for recipient in &recipients {
        let plaintext = common::text(&documented, "plaintext");
        let (sealed, opener) = recipient.seal(plaintext.as_bytes()).unwrap();
        let mut child = client()
            .args([&gateway.addr().to_string(), ID])
            .env("TENCENTCLOUD_SECRET_KEY", SECRET)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(sealed.as_json())
            .unwrap();
        let out = child.wait_with_output().unwrap();
        assert!(
            out.status.success(),
            "{name}, {}: {}",
            recipient.algorithm(),
            String::from_utf8_lossy(&out.stderr)
        );
        let reply = EncryptedReply::parse(out.stdout).unwrap();
        assert!(reply.request_id().is_some_and(|id| !id.is_empty()));
        let opened = opener.open(&reply, IvPolicy::Same).unwrap();
        let card: serde_json::Value = serde_json::from_slice(opened.expose_plaintext()).unwrap();
        assert!(
            card["Name"].as_str().is_some_and(|text| !text.is_empty()),
            "{name}: no card"
        );
        assert!(
            card["IdNum"].as_str().is_some_and(|text| text.len() == 18),
            "{name}: no number"
        );
    }
    let suites = recipients.len();
    println!("REACHED {name}: a request of each of {suites} suites, each answer opened");
}

fn script(file: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/interop")
        .join(file)
}

/// Package `tencentcloud-sdk-python-ocr`.
#[test]
fn the_python_sdk_gets_a_card() {
    let python = std::env::var("CARDSEAL_PYTHON").unwrap_or("python3".into());
    let mut probe = Command::new(&python);
    probe.args(["-c", "import tencentcloud.ocr.v20181119.ocr_client"]);
    recognize_through("the_python_sdk_gets_a_card", &mut probe, || {
        let mut command = Command::new(&python);
        command.arg(script("sdk_client.py"));
        command
    });
}

/// Package `tencentcloud-sdk-nodejs-ocr`; `NODE_PATH` says where it is.
#[test]
fn the_node_sdk_gets_a_card() {
    let mut probe = Command::new("node");
    probe.args(["-e", "require('tencentcloud-sdk-nodejs-ocr')"]);
    recognize_through("the_node_sdk_gets_a_card", &mut probe, || {
        let mut command = Command::new("node");
        command.arg(script("sdk_client.js"));
        command
    });
}
