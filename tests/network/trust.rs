//! Whom the drivers trust, as whom they show themselves, and names that are given an address.

use std::net::Ipv4Addr;
use std::process::Command;

use cardseal::{TransportFailure, TransportOptions};
use secrecy::SecretString;

use super::authority::Authority;
use super::drivers::{BOTH, Runner, account, failure};

const HOST: &str = "ocr.tencentcloudapi.com";

/// Connects to the server on loopback for the service's own name.
fn here() -> TransportOptions {
    TransportOptions::default().resolve(HOST, Ipv4Addr::LOCALHOST.into())
}

/// The name that is given an address is the one that is signed, sent and verified.
#[test]
fn s6_a_name_that_is_given_an_address_is_signed_and_verified_all_the_same() {
    let authority = Authority::new();
    let server = authority.server(HOST, None);
    let other = authority.server("other.example", None);
    for driver in BOTH {
        let runner = Runner::new(driver, &here().root_certificate(authority.pem()));
        let port = server.address.port();
        runner.is_answered(&account(&format!("https://{HOST}:{port}")));
        let head = server.heads().pop().unwrap().to_ascii_lowercase();
        assert!(
            head.contains(&format!("\r\nhost: {HOST}:{port}\r\n")),
            "{head}"
        );

        let (error, _) = runner.error(&account(&format!(
            "https://{HOST}:{}",
            other.address.port()
        )));
        assert!(
            matches!(failure(&error), Some(TransportFailure::Tls { .. })),
            "{driver:?}: {error}"
        );
    }
    assert!(other.heads().is_empty());
}

#[test]
fn s6_roots_come_from_bytes_and_from_files_in_pem_and_der() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let server = ours.server(HOST, None);
    let url = format!("https://{HOST}:{}", server.address.port());
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), theirs.pem() + &ours.pem()).unwrap();
    for driver in BOTH {
        for options in [
            here().root_certificate(ours.der()),
            here()
                .root_certificate(theirs.pem())
                .root_certificate(ours.pem()),
            here().root_certificate_file(file.path()).unwrap(),
        ] {
            Runner::new(driver, &options).is_answered(&account(&url));
        }
        let (error, _) =
            Runner::new(driver, &here().root_certificate(theirs.der())).error(&account(&url));
        let said = error.to_string();
        assert!(
            said.contains("issuer of the server's certificate is unknown"),
            "{driver:?}: {said}"
        );
        assert!(
            said.contains("root_certificate") && said.contains("--ca-file"),
            "{driver:?}: {said}"
        );

        let refused = Runner::try_new(driver, &here().root_certificate(*b"no certificate"));
        assert!(
            refused
                .err()
                .unwrap()
                .to_string()
                .contains("neither PEM nor")
        );
    }
    let missing = here()
        .root_certificate_file("/nowhere/ca.pem".as_ref())
        .unwrap_err();
    assert!(missing.to_string().contains("/nowhere/ca.pem"), "{missing}");
}

/// Mutual TLS.
#[test]
fn s6_a_server_that_wants_a_client_certificate_gets_it() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let server = ours.server(HOST, Some(&theirs));
    let url = format!("https://{HOST}:{}", server.address.port());
    let me = theirs.identity("client.example");
    let folder = tempfile::tempdir().unwrap();
    let (chain, key) = (
        folder.path().join("chain.pem"),
        folder.path().join("key.pem"),
    );
    std::fs::write(&chain, &me.certificate).unwrap();
    std::fs::write(&key, &me.key).unwrap();
    let trusting = || here().root_certificate(ours.pem());
    for driver in BOTH {
        for options in [
            trusting().client_certificate(
                me.certificate.as_bytes(),
                SecretString::from(me.key.as_str()),
            ),
            trusting().client_certificate_files(&chain, &key).unwrap(),
        ] {
            Runner::new(driver, &options).is_answered(&account(&url));
        }
        let before = server.heads().len();
        // With TLS 1.3 the refusal comes after the handshake: a request that is written before it is read may break the
        // connection first, and on a busy machine it mostly does. Each attempt is refused, and one of them says why.
        let told = (0..200).any(|_| {
            let (error, _) = Runner::new(driver, &trusting()).error(&account(&url));
            error.to_string().contains("client certificate")
        });
        assert!(told, "{driver:?} never says what the server wants");
        assert_eq!(server.heads().len(), before, "{driver:?}");
    }
}

/// Set in a process of its own: where the system's store is, and the port to connect to.
const INSIDE: &str = "CARDSEAL_TEST_NATIVE_ROOTS";

#[test]
fn s6_the_operating_systems_store_is_trusted_on_request() {
    if let Ok(port) = std::env::var(INSIDE) {
        let url = format!("https://{HOST}:{port}");
        for driver in BOTH {
            let (error, _) = Runner::new(driver, &here()).error(&account(&url));
            assert!(error.to_string().contains("unknown"), "{driver:?}: {error}");
            Runner::new(driver, &here().native_roots()).is_answered(&account(&url));
        }
        return;
    }
    let authority = Authority::new();
    let server = authority.server(HOST, None);
    let store = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(store.path(), authority.pem()).unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "trust::s6_the_operating_systems_store_is_trusted_on_request",
            "--nocapture",
        ])
        // The variable that OpenSSL's programs know, and so what a test can put in the place of the system's own.
        .env("SSL_CERT_FILE", store.path())
        .env_remove("SSL_CERT_DIR")
        .env(INSIDE, server.address.port().to_string())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
}
