//! TLS at the gateway: for whom its authority vouches, and that plain HTTP gets nothing.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use cardseal_gateway::{GatewayConfig, Running, Tls};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

fn start(tls: &Tls) -> Running {
    let mut config = GatewayConfig::new(Vec::new(), "AKID", "secret");
    config.tls = Some(tls.clone());
    Running::start(config, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap()
}

/// What a client that trusts this authority reads of the gateway, by that name.
fn ask(gateway: &Running, authority: &str, name: &str) -> std::io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(authority.as_bytes()).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(connection, TcpStream::connect(gateway.addr())?);
    stream.write_all(b"GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    Ok(text)
}

#[test]
fn a25_the_gateway_speaks_tls_by_every_name_it_is_given() {
    let tls = Tls::for_names(["gateway.bank.example", "10.0.0.5"]).unwrap();
    let gateway = start(&tls);
    assert_eq!(gateway.url(), format!("https://{}", gateway.addr()));
    for name in [
        "localhost",
        "127.0.0.1",
        "::1",
        "gateway",
        "gateway.bank.example",
        "10.0.0.5",
        "ocr.tencentcloudapi.com",
        "ocr.cn-north-4.myhuaweicloud.com",
    ] {
        match ask(&gateway, tls.authority(), name) {
            Ok(reply) => assert!(reply.starts_with("HTTP/1.1 404"), "{name}: {reply}"),
            // A wildcard stands for one label.
            Err(error) => assert!(name.contains("cn-north-4"), "{name}: {error}"),
        }
    }
    assert!(ask(&gateway, tls.authority(), "other.example").is_err());
    let other = Tls::for_names([]).unwrap();
    assert!(ask(&gateway, other.authority(), "localhost").is_err());
}

#[test]
fn plain_http_gets_no_answer_where_tls_is_spoken() {
    let gateway = start(&Tls::for_names([]).unwrap());
    let mut stream = TcpStream::connect(gateway.addr()).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        .unwrap();
    let mut read = Vec::new();
    let _ = stream.read_to_end(&mut read);
    assert!(!read.starts_with(b"HTTP"), "{read:?}");
}

#[test]
fn what_is_no_name_is_refused() {
    let error = Tls::for_names(["名"]).unwrap_err().to_string();
    assert!(error.contains("no certificate can be made"), "{error}");
}
