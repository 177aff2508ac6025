//! The examples, run against the embedded gateway: each is a module here, and does what its first lines say.

mod common;
#[allow(dead_code, reason = "its `main` reads arguments and the environment")]
#[path = "../examples/faceid.rs"]
mod faceid;
#[allow(dead_code, reason = "its `main` reads arguments and the environment")]
#[path = "../examples/folder.rs"]
mod folder;
#[allow(dead_code, reason = "its `main` reads arguments and the environment")]
#[path = "../examples/own_credentials.rs"]
mod own_credentials;
#[allow(dead_code, reason = "its `main` reads arguments and the environment")]
#[path = "../examples/recognize.rs"]
mod recognize;
#[path = "../examples/without_a_service.rs"]
mod without_a_service;

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, SystemTime};

use cardseal::tencent::{IdCardRequest, Tencent};
use cardseal::{BlockingClient, Credentials, Endpoint, Image, IvPolicy, Recipient};
use cardseal_gateway::{GatewayConfig, Running};

const ID: &str = "AKIDexample";
const SECRET: &str = "secret-of-the-examples";
const PICTURE: &[u8] = b"\xFF\xD8\xFF\xDA\0\x10instead of one\xFF\xD9";
const NAME: &str = "证件样本";

/// The service, and an account there.
fn serving(config: GatewayConfig) -> (Running, Tencent) {
    let gateway = Running::start(config, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
    let tencent = Tencent::new(Credentials::new(ID, SECRET).unwrap());
    let tencent = tencent.endpoint(Endpoint::custom(&gateway.url()).unwrap());
    (gateway, tencent)
}

fn gateway() -> (Running, Tencent, Vec<Recipient>) {
    let (keys, recipients) = common::service_keys();
    let (gateway, tencent) = serving(GatewayConfig::new(keys, ID, SECRET));
    (gateway, tencent, recipients)
}

#[test]
fn recognize_reads_a_card() {
    let folder = tempfile::tempdir().unwrap();
    let [key, picture] = ["public.pem", "card.jpg"].map(|name| folder.path().join(name));
    let (keys, _) = common::service_keys();
    std::fs::write(&key, keys[0].public_pem()).unwrap();
    std::fs::write(&picture, PICTURE).unwrap();
    let (_gateway, tencent) = serving(GatewayConfig::new(keys, ID, SECRET));
    let answer = recognize::recognize(&tencent, &key, &picture).unwrap();
    assert_eq!(answer.card.name.expose(), NAME);
}

#[tokio::test]
async fn folder_reads_all_and_tells_which_fails() {
    let (_gateway, tencent, recipients) = gateway();
    let folder = tempfile::tempdir().unwrap();
    for number in 0..20 {
        std::fs::write(folder.path().join(format!("{number:02}.jpg")), PICTURE).unwrap();
    }
    std::fs::write(folder.path().join("notes.txt"), "no picture").unwrap();
    for recipient in &recipients {
        let outcomes = folder::recognize_all(&tencent, recipient, folder.path())
            .await
            .unwrap();
        assert_eq!(outcomes.len(), 21);
        let failed: Vec<_> = outcomes
            .iter()
            .filter(|(_, outcome)| outcome.is_err())
            .collect();
        assert_eq!(failed.len(), 1);
        assert!(failed[0].0.ends_with("notes.txt"));
    }
}

#[test]
fn own_credentials_come_from_the_vault_and_show_nothing_of_it() {
    let (keys, recipients) = common::service_keys();
    let mut config = GatewayConfig::new(keys, ID, SECRET);
    config.session_token = Some("token-of-the-vault".to_owned().into());
    let (gateway, _) = serving(config);
    let folder = tempfile::tempdir().unwrap();
    let vault = folder.path().join("lease.json");
    let in_an_hour = SystemTime::now() + Duration::from_secs(3600);
    let expires = in_an_hour
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let lease = format!(
        r#"{{"id":"{ID}","secret":"{SECRET}","token":"token-of-the-vault","expires":{expires}}}"#
    );
    let run = || {
        // A source of its own each time: what failed is not asked again at once.
        let tencent = Tencent::new(own_credentials::from(vault.clone()))
            .endpoint(Endpoint::custom(&gateway.url()).unwrap());
        let card = IdCardRequest::new(Image::from_bytes(PICTURE).unwrap());
        let call = tencent
            .recognize_encrypted_id_card(&recipients[0], &card, IvPolicy::BySuite)
            .unwrap();
        BlockingClient::new().unwrap().run(call)
    };
    let error = run().unwrap_err().to_string();
    assert!(error.contains("cannot be read"), "{error}");
    std::fs::write(&vault, &lease[..60]).unwrap();
    let error = run().unwrap_err().to_string();
    assert!(
        error.contains("is not as expected") && !error.contains(SECRET),
        "{error}"
    );
    std::fs::write(&vault, lease).unwrap();
    assert_eq!(run().unwrap().card.name.expose(), NAME);
}

#[test]
fn own_code_is_tested_without_a_service() {
    without_a_service::main();
}

#[test]
fn faceid_seals_the_members_of_a_person() {
    let (_gateway, tencent, recipients) = gateway();
    for recipient in &recipients {
        let person = r#"{"IdCard":"110101199003070134","Name":"证件样本"}"#;
        let answer = faceid::verify(&tencent, recipient, person.into()).unwrap();
        assert!(!answer.request_id.is_empty());
    }
    let error =
        faceid::verify(&tencent, &recipients[0], r#"{"Name":"证件样本"}"#.into()).unwrap_err();
    assert!(error.to_string().contains("IdCard"), "{error}");
}
