//! TLS in front of a gateway, so that what TLS logs is recorded too.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::common::http::read_message;

/// Where it listens, and the certificate to trust.
pub(crate) struct Front {
    pub port: u16,
    pub certificate: Vec<u8>,
}

pub(crate) fn start(gateway: SocketAddr) -> Front {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".to_owned()])
        .unwrap()
        .self_signed(&key)
        .unwrap();
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut client = StreamOwned::new(connection, stream);
            thread::spawn(move || {
                let mut gateway = TcpStream::connect(gateway).unwrap();
                while pass(&mut client, &mut gateway).is_some()
                    && pass(&mut gateway, &mut client).is_some()
                {}
            });
        }
    });
    Front {
        port,
        certificate: certificate.der().to_vec(),
    }
}

/// Passes one message on.
fn pass(from: &mut impl Read, to: &mut impl Write) -> Option<()> {
    let (head, body) = read_message(from)?;
    to.write_all(&[head.as_bytes(), &body].concat()).ok()?;
    to.flush().ok()
}
