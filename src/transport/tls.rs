//! TLS for every driver: rustls with the `ring` provider, TLS 1.2 and 1.3, Mozilla's certificate authorities and
//! whatever the options add.

use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};

use super::{TransportFailure, TransportOptions};

/// The cryptography behind TLS.
pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// A configuration for a driver that takes one whole.
#[cfg(feature = "async")]
pub(super) fn config(options: &TransportOptions) -> Result<ClientConfig, TransportFailure> {
    let mut roots = RootCertStore::empty();
    for root in roots_in_der(options) {
        roots
            .add(root)
            .map_err(|_| set_up("an extra certificate is not a DER certificate"))?;
    }
    Ok(ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|_| set_up("no TLS version is available"))?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// Mozilla's certificate authorities, and the options' own.
pub(super) fn roots_in_der(
    options: &TransportOptions,
) -> impl Iterator<Item = CertificateDer<'static>> {
    let public = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned();
    let extra = options
        .extra_roots
        .iter()
        .cloned()
        .map(CertificateDer::from);
    public.chain(extra)
}

pub(super) fn set_up(reason: impl Into<String>) -> TransportFailure {
    TransportFailure::SetUp {
        reason: reason.into(),
    }
}
