//! TLS that must not be agreed on: another host's certificate, one that has expired, one that nobody vouches for, a
//! version nobody should speak, and no TLS at all. Nothing of the request may leave before.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use cardseal::tencent::Tencent;
use cardseal::{BlockingClient, Client, Credentials, Endpoint, Error, ErrorKind, TransportOptions};
use rcgen::{CertificateParams, Issuer, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::common::driving;
use super::common::http::read_request;
use super::server::refusal;

/// A certificate authority made for one test.
struct Authority {
    der: Vec<u8>,
    issuer: Issuer<'static, KeyPair>,
}

fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let der = params.self_signed(&key).unwrap().der().to_vec();
    Authority {
        der,
        issuer: Issuer::new(params, key),
    }
}

/// A server's configuration with a certificate for this host, changed as the test has it.
fn config(
    authority: &Authority,
    host: &str,
    change: impl FnOnce(&mut CertificateParams),
) -> ServerConfig {
    let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, &authority.issuer).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap()
}

/// What the server read of the request in clear, once the client has gone.
struct Served {
    port: u16,
    read: mpsc::Receiver<Vec<u8>>,
}

fn serve(answer: impl Fn(TcpStream) -> Vec<u8> + Send + 'static) -> Served {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let (send, read) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let _ = stream.set_read_timeout(Some(Duration::from_secs(60)));
            if send.send(answer(stream)).is_err() {
                return;
            }
        }
    });
    Served { port, read }
}

fn serve_tls(config: ServerConfig) -> Served {
    let config = Arc::new(config);
    serve(move |stream| {
        let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
        let mut stream = StreamOwned::new(connection, stream);
        let (read, _) = read_request(&mut stream).unwrap_or_default();
        let _ = stream.write_all(&refusal());
        stream.conn.send_close_notify();
        let _ = stream.flush();
        read.into_bytes()
    })
}

/// Both drivers' errors, with that authority trusted.
fn errors(served: &Served, host: &str, trusted: &[u8]) -> [Error; 2] {
    let options = TransportOptions::default()
        .deadline(Duration::from_secs(60))
        .connect_timeout(Duration::from_secs(60))
        .root_certificate(trusted.to_vec());
    let tencent = Tencent::new(Credentials::new("AKIDtest", "secret").unwrap())
        .endpoint(Endpoint::custom(&format!("https://{host}:{}", served.port)).unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let client = Client::with_options(&options).unwrap();
    let blocking = BlockingClient::with_options(&options).unwrap();
    [
        runtime
            .block_on(client.run(driving::call(&tencent)))
            .unwrap_err(),
        blocking.run(driving::call(&tencent)).unwrap_err(),
    ]
}

#[track_caller]
fn refuses(served: &Served, host: &str, trusted: &[u8]) {
    for error in errors(served, host, trusted) {
        assert_eq!(error.kind(), ErrorKind::Transport, "{error}");
        assert!(error.to_string().starts_with("TLS failed"), "{error}");
        let read = served.read.recv_timeout(Duration::from_secs(90)).unwrap();
        assert!(read.is_empty(), "the server read {} bytes", read.len());
    }
}

#[test]
fn a_trusted_certificate_of_this_host_is_taken() {
    let authority = authority();
    let served = serve_tls(config(&authority, "localhost", |_| {}));
    for error in errors(&served, "localhost", &authority.der) {
        assert_eq!(
            error.service_code(),
            Some("FailedOperation.OcrFailed"),
            "{error}"
        );
        let read = served.read.recv_timeout(Duration::from_secs(90)).unwrap();
        assert!(read.starts_with(b"post / http/1.1\r\n"));
    }
}

#[test]
fn another_hosts_certificate_is_refused() {
    let authority = authority();
    let served = serve_tls(config(&authority, "ocr.tencentcloudapi.com", |_| {}));
    refuses(&served, "localhost", &authority.der);
}

#[test]
fn an_expired_certificate_is_refused_and_so_is_one_of_the_future() {
    for (from, to) in [(1975, 1999), (2090, 2099)] {
        let authority = authority();
        let served = serve_tls(config(&authority, "localhost", |params| {
            params.not_before = rcgen::date_time_ymd(from, 1, 1);
            params.not_after = rcgen::date_time_ymd(to, 1, 1);
        }));
        refuses(&served, "localhost", &authority.der);
    }
}

#[test]
fn a_certificate_nobody_vouches_for_is_refused() {
    let (unknown, trusted) = (authority(), authority());
    let served = serve_tls(config(&unknown, "localhost", |_| {}));
    refuses(&served, "localhost", &trusted.der);
}

#[test]
fn tls_1_1_is_refused() {
    // The ServerHello of RFC 4346: version 3.2, a random, no session, TLS_RSA_WITH_AES_128_CBC_SHA.
    let mut hello = vec![0x16, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2];
    hello.extend([7; 32]);
    hello.extend([0, 0, 0x2f, 0]);
    let hello = Mutex::new(hello);
    let served = serve(move |mut stream| {
        let mut client_hello = [0; 4096];
        let _ = stream.read(&mut client_hello);
        let _ = stream.write_all(&hello.lock().unwrap());
        // An alert comes back, in clear; and nothing else.
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        rest.retain(|byte| b"POST".contains(byte));
        rest
    });
    refuses(&served, "localhost", &authority().der);
}

#[test]
fn a_server_without_tls_gets_nothing() {
    let served = serve(|mut stream| {
        let mut hello = [0; 4096];
        let _ = stream.read(&mut hello);
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        rest.retain(|byte| b"POST".contains(byte));
        rest
    });
    refuses(&served, "localhost", &authority().der);
}
