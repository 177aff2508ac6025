//! A token of SoftHSM's for each test, in a process of the test's own: SoftHSM reads where its tokens are from the
//! environment, once.

#[path = "../../../../tests/common/skip.rs"]
mod skip;

use std::path::Path;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cardseal::crypto::{Provider, SessionKey, built_in};
use cardseal::{EncryptedReply, Recipient, Sealed};
use cardseal_gateway::{KeyPair, Suite};
use serde_json::json;

pub(crate) const LIBRARY: &str = "/usr/lib/softhsm/libsofthsm2.so";
pub(crate) const LABEL: &str = "cardseal";
pub(crate) const PIN: &str = "493817";
const CHILD: &str = "CARDSEAL_SOFTHSM_CHILD";

/// Runs a test in a process that has a fresh token, and an empty folder that `CARDSEAL_MODULE` names.
pub(crate) fn with_a_token(name: &str, test: impl FnOnce()) {
    if std::env::var_os(CHILD).is_some() {
        return test();
    }
    if !Path::new(LIBRARY).exists() {
        return skip::skip(name, &format!("SoftHSM is not installed ({LIBRARY})"));
    }
    let folder = tempfile::tempdir().unwrap();
    let [tokens, module] = ["tokens", "module"].map(|name| folder.path().join(name));
    std::fs::create_dir(&tokens).unwrap();
    std::fs::create_dir(&module).unwrap();
    let settings = folder.path().join("softhsm2.conf");
    let text = format!(
        "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
        tokens.display()
    );
    std::fs::write(&settings, text).unwrap();
    let made = Command::new("softhsm2-util")
        .args([
            "--init-token",
            "--free",
            "--label",
            LABEL,
            "--so-pin",
            "00000000",
            "--pin",
            PIN,
        ])
        .env("SOFTHSM2_CONF", &settings)
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env("SOFTHSM2_CONF", &settings)
        .env("CARDSEAL_MODULE", &module)
        .env(CHILD, "1")
        .output()
        .unwrap();
    let said = [child.stdout, child.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    let reached = said[0].lines().filter(|line| line.contains("REACHED"));
    reached.for_each(|line| println!("{line}"));
    assert!(child.status.success(), "{said:?}");
    assert!(said[0].contains("1 passed"), "{said:?}");
}

/// A key pair of the service's, and its public half as the module takes it.
pub(crate) fn service(provider: &Provider) -> (KeyPair, Recipient) {
    let pair = KeyPair::generate(Suite::Aes256CbcRsa).unwrap();
    let recipient = Recipient::parse_with(pair.public_b64().as_bytes(), provider).unwrap();
    (pair, recipient)
}

pub(crate) const REQUEST: &[u8] = br#"{"ImageUrl":"https://example.com/card.jpg"}"#;

/// What the service does: unwraps the key, reads the request, and answers under a fresh IV.
pub(crate) fn answer(pair: &KeyPair, sealed: &Sealed) -> EncryptedReply {
    let encryption = sealed.encryption();
    let decoded = |text: &str| STANDARD.decode(text).unwrap();
    let key = pair
        .unwrap_key(&decoded(&encryption.ciphertext_blob))
        .unwrap();
    let session = || {
        let key = SessionKey::restore(&key).unwrap();
        built_in()
            .suite("AES-256-CBC")
            .unwrap()
            .restore(key)
            .unwrap()
    };
    let mut request = decoded(sealed.encrypted_body());
    session()
        .open(&decoded(&encryption.iv), &mut request, None)
        .unwrap();
    assert!(
        request.starts_with(REQUEST),
        "the service reads another request"
    );

    let mut body = br#"{"Name":"x"}"#.to_vec();
    body.extend([4; 4]);
    session().seal(&[9; 16], &mut body).unwrap();
    let reply = json!({"Response": {"EncryptedBody": STANDARD.encode(&body), "RequestId": "r", "Encryption": {
        "Algorithm": "AES-256-CBC", "Iv": STANDARD.encode([9; 16]), "TagList": [], "EncryptList": ["EncryptedBody"],
    }}});
    EncryptedReply::parse(reply.to_string().as_bytes()).unwrap()
}
