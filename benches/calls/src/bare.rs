//! The HTTP libraries by themselves: they send what was sealed and signed before, and read a reply that nobody opens.

use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio::runtime::Runtime;
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// What one exchange of it does.
pub type Exchange = Box<dyn FnMut(&Request<Bytes>)>;

/// ureq, which the blocking driver uses.
pub fn ureq(authority: &[u8]) -> Exchange {
    let certificate = Certificate::from_pem(authority).expect("PEM");
    let roots = RootCerts::Specific(Arc::new(vec![certificate]));
    let agent: Agent = Agent::config_builder()
        .tls_config(TlsConfig::builder().root_certs(roots).build())
        .http_status_as_error(false)
        .build()
        .into();
    Box::new(move |request| {
        let (parts, body) = request.clone().into_parts();
        let mut reply = agent
            .run(Request::from_parts(parts, &*body))
            .expect("a reply");
        let read = reply.body_mut().read_to_vec().expect("a body");
        check(&read);
    })
}

/// hyper, which the async driver uses, on a runtime of one thread.
pub fn hyper(authority: &[u8], runtime: Arc<Runtime>) -> Exchange {
    let mut roots = RootCertStore::empty();
    let certificate = CertificateDer::from_pem_slice(authority).expect("PEM");
    roots.add(certificate).expect("a certificate");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = HttpsConnectorBuilder::new()
        .with_tls_config(config)
        .https_only()
        .enable_http1()
        .build();
    let client = Client::builder(TokioExecutor::new()).build::<_, Full<Bytes>>(connector);
    Box::new(move |request| {
        let read = runtime.block_on(async {
            let reply = client.request(request.clone().map(Full::new)).await;
            let body = reply.expect("a reply").into_body().collect().await;
            body.expect("a body").to_bytes()
        });
        check(&read);
    })
}

/// What the service answers to a request that it takes.
fn check(reply: &[u8]) {
    let reply: serde_json::Value = serde_json::from_slice(reply).expect("JSON");
    assert!(reply["Response"]["Error"].is_null(), "{reply}");
}
