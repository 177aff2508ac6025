//! TLS for the gateway with a temporary certificate authority, for tests from another host or a container, and for
//! testing clients with a private authority.

use std::fmt;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// The names in every certificate: this host, and the clouds' hosts, which a client can resolve to the gateway's
/// address.
const ALWAYS: [&str; 8] = [
    "localhost",
    "127.0.0.1",
    "::1",
    "gateway",
    "*.tencentcloudapi.com",
    "ctapi.ctyun.cn",
    "*.ctapi.ctyun.cn",
    "*.myhuaweicloud.com",
];

/// A gateway's certificate and its authority. The authority's key is destroyed after this is made, so it cannot certify
/// anything else.
#[derive(Clone)]
pub struct Tls {
    pub(crate) config: Arc<ServerConfig>,
    authority: String,
}

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
#[error("no certificate can be made: {0}; give host names or addresses, as in gateway.example")]
pub struct TlsError(String);

impl Tls {
    /// Makes an authority and a certificate for these names and addresses, in addition to this host's and the clouds'.
    ///
    /// # Errors
    /// [`TlsError`] if a name is invalid.
    pub fn for_names<'n>(names: impl IntoIterator<Item = &'n str>) -> Result<Self, TlsError> {
        let failed = |error: rcgen::Error| TlsError(error.to_string());
        let authority_key = KeyPair::generate().map_err(failed)?;
        let mut params = CertificateParams::new(Vec::new()).map_err(failed)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params.distinguished_name.push(
            DnType::CommonName,
            "cardseal test authority: never trust it outside a test",
        );
        let authority = params.self_signed(&authority_key).map_err(failed)?;
        let issuer = Issuer::new(params, authority_key);

        let mut all: Vec<String> = ALWAYS.map(str::to_owned).to_vec();
        all.extend(
            names
                .into_iter()
                .map(str::to_owned)
                .filter(|name| !ALWAYS.contains(&name.as_str())),
        );
        let key = KeyPair::generate().map_err(failed)?;
        let mut params = CertificateParams::new(all).map_err(failed)?;
        params
            .distinguished_name
            .push(DnType::CommonName, "cardseal gateway");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let certificate = params.signed_by(&key, &issuer).map_err(failed)?;

        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        // Named, and not the whole process's: what else is in it has its own.
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let failed = |error: rustls::Error| TlsError(error.to_string());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(failed)?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .map_err(failed)?;
        Ok(Self {
            config: Arc::new(config),
            authority: authority.pem(),
        })
    }

    /// The authority's certificate, in PEM, for clients to trust.
    pub fn authority(&self) -> &str {
        &self.authority
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}
