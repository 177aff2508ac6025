//! TLS for every driver: rustls with the `ring` provider, named outright and never installed for the whole process, or
//! without the feature `tls-ring` with the process's own; TLS 1.2 and 1.3; Mozilla's certificate authorities and whatever the options add.

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{AlertDescription, CertificateError, ClientConfig, RootCertStore};
use secrecy::ExposeSecret;

use super::options::ClientCertificate;
use super::{TransportFailure, TransportOptions};
use crate::error::printable;

/// How to trust a certificate of a private authority.
const HOW_TO_TRUST: &str = "if a proxy of your own terminates TLS, or the service is your own, trust its authority: \
    TransportOptions::root_certificate or native_roots, on the command line --ca-file";

/// The TLS configuration of a client.
pub(super) fn config(options: &TransportOptions) -> Result<ClientConfig, TransportFailure> {
    let builder = ClientConfig::builder_with_provider(provider()?)
        .with_safe_default_protocol_versions()
        .map_err(|_| TransportFailure::set_up("no TLS version is available"))?
        .with_root_certificates(roots(options)?);
    match options.client_certificate.as_deref() {
        None => Ok(builder.with_no_client_auth()),
        Some(certificate) => {
            let (chain, key) = identity(certificate)?;
            builder.with_client_auth_cert(chain, key).map_err(|error| {
                let why = printable(&error.to_string());
                TransportFailure::set_up(format!(
                    "the client certificate cannot be used with its key: {why}"
                ))
            })
        }
    }
}

#[cfg(feature = "tls-ring")]
#[expect(
    clippy::unnecessary_wraps,
    reason = "without this feature there may be none"
)]
fn provider() -> Result<Arc<CryptoProvider>, TransportFailure> {
    Ok(Arc::new(rustls::crypto::ring::default_provider()))
}

#[cfg(not(feature = "tls-ring"))]
fn provider() -> Result<Arc<CryptoProvider>, TransportFailure> {
    CryptoProvider::get_default().cloned().ok_or_else(|| {
        TransportFailure::set_up(
            "rustls has no crypto provider in this process; install the program's own first \
             (CryptoProvider::install_default), or turn on cardseal's feature `tls-ring`",
        )
    })
}

fn roots(options: &TransportOptions) -> Result<RootCertStore, TransportFailure> {
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned());
    for given in &options.roots {
        for root in certificates(given, "a root certificate")? {
            store.add(root).map_err(|_| {
                TransportFailure::set_up(
                    "a root certificate is neither PEM nor a certificate in DER",
                )
            })?;
        }
    }
    if options.native_roots {
        let native = rustls_native_certs::load_native_certs();
        let (taken, _) = store.add_parsable_certificates(native.certs);
        if taken == 0 {
            let why = native
                .errors
                .first()
                .map_or_else(|| "it is empty".to_owned(), ToString::to_string);
            return Err(TransportFailure::set_up(format!(
                "the operating system's certificate store cannot be used: {}; install its certificates \
                 (ca-certificates), or give a file of roots",
                printable(&why)
            )));
        }
    }
    Ok(store)
}

/// The certificates: one or many in PEM, or one in DER.
fn certificates(
    given: &[u8],
    what: &str,
) -> Result<Vec<CertificateDer<'static>>, TransportFailure> {
    const BEGIN: &[u8] = b"-----BEGIN";
    let given = without_mark(given);
    if !given.windows(BEGIN.len()).any(|window| window == BEGIN) {
        return Ok(vec![CertificateDer::from(given.to_vec())]);
    }
    let read: Vec<_> = CertificateDer::pem_slice_iter(given)
        .collect::<Result<_, _>>()
        .map_err(|error| {
            TransportFailure::set_up(format!("{what} is broken PEM: {}", broken(&error)))
        })?;
    if read.is_empty() {
        return Err(TransportFailure::set_up(format!(
            "{what} is PEM that holds no CERTIFICATE block"
        )));
    }
    Ok(read)
}

/// The text without the byte order mark that some editors put before it.
fn without_mark(given: &[u8]) -> &[u8] {
    given.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(given)
}

/// What is wrong with a PEM text. The parser's own message shows its bytes, as numbers.
fn broken(error: &pem::Error) -> &'static str {
    match error {
        pem::Error::MissingSectionEnd { .. } => {
            "its END line is missing, so it was cut short; copy it again, to the last dash"
        }
        pem::Error::IllegalSectionStart { .. } => {
            "its BEGIN line is damaged; copy it again, from the first dash"
        }
        pem::Error::Base64Decode(_) => "what is between BEGIN and END is not base64; copy it again",
        _ => "it cannot be read; copy it again",
    }
}

type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn identity(certificate: &ClientCertificate) -> Result<Identity, TransportFailure> {
    let chain = certificates(&certificate.chain, "the client certificate")?;
    // The parser's message is not shown, because it may contain parts of the key.
    let key = PrivateKeyDer::from_pem_slice(without_mark(certificate.key.expose_secret().as_bytes())).map_err(|_| {
        TransportFailure::set_up(
            "the client certificate's key is no private key in PEM (PKCS#8, PKCS#1 or SEC1, not encrypted); convert it \
             with openssl pkey",
        )
    })?;
    Ok((chain, key))
}

/// The failure, if this is a TLS error. It may be wrapped in one or more I/O errors that do not return it as their
/// source.
pub(super) fn failure(cause: &(dyn StdError + 'static)) -> Option<TransportFailure> {
    let mut wrapped = core::iter::successors(Some(cause), |error| {
        let inner = error.downcast_ref::<io::Error>()?.get_ref()?;
        Some(inner as &(dyn StdError + 'static))
    });
    let error = wrapped.find_map(|error| error.downcast_ref::<rustls::Error>())?;
    Some(TransportFailure::Tls {
        reason: reason(error),
    })
}

fn reason(error: &rustls::Error) -> String {
    use rustls::Error::{AlertReceived, InvalidCertificate};
    match error {
        InvalidCertificate(CertificateError::UnknownIssuer) => {
            format!("the issuer of the server's certificate is unknown; {HOW_TO_TRUST}")
        }
        // Signed by another authority with the same name.
        InvalidCertificate(CertificateError::BadSignature | CertificateError::Other(_)) => {
            format!(
                "the server's certificate is not accepted ({}); {HOW_TO_TRUST}",
                printable(&error.to_string())
            )
        }
        AlertReceived(AlertDescription::CertificateRequired | AlertDescription::UnknownCA) => {
            format!(
                "the server wants a client certificate that it trusts ({}); give one with \
             TransportOptions::client_certificate",
                printable(&error.to_string())
            )
        }
        // TLS 1.2 has no alert of its own for it.
        AlertReceived(
            alert @ (AlertDescription::HandshakeFailure
            | AlertDescription::BadCertificate
            | AlertDescription::CertificateUnknown
            | AlertDescription::AccessDenied),
        ) => {
            format!(
                "the server ended the handshake ({alert:?}), as one does that wants a client certificate; give one with \
                 TransportOptions::client_certificate"
            )
        }
        other => printable(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair};
    use secrecy::SecretString;

    fn certificate() -> (Vec<u8>, String, String) {
        let key = KeyPair::generate().unwrap();
        let made = CertificateParams::new(vec!["a.example".to_owned()])
            .unwrap()
            .self_signed(&key)
            .unwrap();
        (made.der().to_vec(), made.pem(), key.serialize_pem())
    }

    fn why_not(options: &TransportOptions) -> String {
        config(options).err().unwrap().to_string()
    }

    #[test]
    fn roots_are_der_or_pem_one_or_many() {
        let (der, pem, _) = certificate();
        let (_, other, key) = certificate();
        let usual = roots(&TransportOptions::default()).unwrap().len();
        let with = |given: Vec<u8>| roots(&TransportOptions::default().root_certificate(given));
        assert_eq!(with(der).unwrap().len(), usual + 1);
        assert_eq!(
            with(format!("# of the bank\r\n{pem}\n{other}").into_bytes())
                .unwrap()
                .len(),
            usual + 2
        );
        for (given, says) in [
            ("rubbish".to_owned(), "neither PEM nor"),
            (key, "no CERTIFICATE block"),
            (
                pem.replace("-----END", "----END"),
                "its END line is missing, so it was cut short",
            ),
            (pem[..pem.len() - 60].to_owned(), "its END line is missing"),
            (pem.replacen("MII", "%II", 1), "is not base64"),
        ] {
            let why = with(given.into_bytes()).unwrap_err().to_string();
            assert!(why.contains(says), "{why}");
            assert!(!why.contains('['), "{why}");
        }
        let marked = format!("\u{feff}{pem}").into_bytes();
        assert_eq!(with(marked).unwrap().len(), usual + 1);
    }

    #[test]
    fn a_client_certificate_and_its_key_belong_together() {
        let (_, pem, key) = certificate();
        let (_, _, other) = certificate();
        let with = |key: &str| {
            TransportOptions::default().client_certificate(pem.as_bytes(), SecretString::from(key))
        };
        assert!(config(&with(&key)).is_ok());
        assert!(config(&with(&format!("\u{feff}{key}"))).is_ok());
        assert!(why_not(&with(&other)).contains("cannot be used with its key"));
        let why = why_not(&with("hunter2"));
        assert!(
            why.contains("no private key in PEM") && !why.contains("hunter2"),
            "{why}"
        );
        assert!(!format!("{:?}", with(&key)).contains(key.lines().nth(1).unwrap()));
    }

    #[test]
    fn s6_a_client_certificate_that_is_missing_is_named_under_tls_1_2_too() {
        for alert in [
            AlertDescription::HandshakeFailure,
            AlertDescription::BadCertificate,
            AlertDescription::CertificateRequired,
        ] {
            let told = reason(&rustls::Error::AlertReceived(alert));
            assert!(
                told.contains("client certificate") && told.contains("give one with"),
                "{told}"
            );
        }
    }

    #[test]
    fn s6_an_unknown_issuer_is_told_with_its_remedy() {
        let error = rustls::Error::from(CertificateError::UnknownIssuer);
        let wrapped = io::Error::other(io::Error::other(error));
        let told = failure(&wrapped).unwrap().to_string();
        assert!(
            told.contains("unknown") && told.contains("--ca-file"),
            "{told}"
        );
        assert_eq!(failure(&io::Error::other("x")), None);
    }
}
