//! TLS for every driver: rustls with the `ring` provider, TLS 1.2 and 1.3, Mozilla's certificate authorities and
//! whatever the options add.

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;

use super::{TransportFailure, TransportOptions};

/// The cryptography behind TLS.
pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// Mozilla's certificate authorities, and the options' own.
pub(super) fn roots(
    options: &TransportOptions,
) -> Result<Vec<CertificateDer<'static>>, TransportFailure> {
    let mut roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS.to_vec();
    for der in &options.extra_roots {
        let root = CertificateDer::from(der.clone());
        RootCertStore::empty()
            .add(root.clone())
            .map_err(|_| set_up("an extra certificate is not a DER certificate"))?;
        roots.push(root);
    }
    Ok(roots)
}

/// A configuration for a driver that takes one whole.
#[cfg(feature = "async")]
pub(super) fn config(options: &TransportOptions) -> Result<rustls::ClientConfig, TransportFailure> {
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(roots(options)?);
    Ok(rustls::ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|_| set_up("no TLS version is available"))?
        .with_root_certificates(store)
        .with_no_client_auth())
}

pub(super) fn set_up(reason: impl Into<String>) -> TransportFailure {
    TransportFailure::SetUp {
        reason: reason.into(),
    }
}

/// True for a failure of TLS. It may come wrapped in I/O errors, one or more, which do not name it as their source.
pub(super) fn is_failure(cause: &(dyn StdError + 'static)) -> bool {
    let mut wrapped = core::iter::successors(Some(cause), |error| {
        let inner = error.downcast_ref::<io::Error>()?.get_ref()?;
        Some(inner as &(dyn StdError + 'static))
    });
    wrapped.any(|error| error.is::<rustls::Error>())
}
