//! How a server is reached, and what this process shows of itself there.

use std::fmt;
use std::path::{Path, PathBuf};

use async_nats::{ConnectOptions, ServerAddr};
use zeroize::Zeroizing;

use crate::error::QueueError;

/// A user and a password.
#[derive(Clone)]
pub struct Login {
    user: String,
    password: Zeroizing<String>,
}

impl Login {
    /// This user, with this password.
    pub fn new(user: impl Into<String>, password: Zeroizing<String>) -> Self {
        Self {
            user: user.into(),
            password,
        }
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Login({:?})", self.user)
    }
}

/// How a server is reached.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Reach {
    /// `nats://HOST:PORT` or `tls://HOST:PORT`, several with commas between them. Without a password.
    pub url: String,
    /// A user and a password.
    pub login: Option<Login>,
    /// A file of credentials, as `nsc` writes it.
    pub creds: Option<PathBuf>,
    /// A file with the seed of an nkey.
    pub nkey: Option<PathBuf>,
    /// A client certificate and its key, in PEM.
    pub certificate: Option<(PathBuf, PathBuf)>,
    /// Certificates of authorities, in PEM, instead of the system's.
    pub authorities: Option<PathBuf>,
}

impl Reach {
    /// The server at this URL, without credentials.
    pub fn at(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            ..Self::default()
        }
    }

    pub(crate) fn addresses(&self) -> Result<Vec<ServerAddr>, QueueError> {
        let refused = |what: &str| Err(QueueError::Reach(what.to_owned()));
        let mut all = Vec::new();
        for one in self.url.split(',') {
            let Ok(address) = one.trim().parse::<ServerAddr>() else {
                return refused("--nats is no address; give nats://HOST:PORT or tls://HOST:PORT");
            };
            if address.host().is_empty() {
                return refused("--nats is no address; give nats://HOST:PORT or tls://HOST:PORT");
            }
            if address.has_user_pass() || address.username().is_some() {
                return refused(
                    "--nats holds a user or a token, which other users of this machine can see; set NATS_USER and \
                     NATS_PASSWORD or give --nats-creds or --nats-nkey, and change the secret",
                );
            }
            all.push(address);
        }
        Ok(all)
    }

    pub(crate) async fn options(&self) -> Result<ConnectOptions, QueueError> {
        let mut options = ConnectOptions::new();
        if let Some(login) = &self.login {
            options = options.user_and_password(login.user.clone(), login.password.to_string());
        }
        if let Some(creds) = &self.creds {
            options = options.credentials_file(creds).await.map_err(|_| {
                QueueError::Reach(
                    "--nats-creds names no file of credentials that can be read; name one that nsc made".to_owned(),
                )
            })?;
        }
        if let Some(nkey) = &self.nkey {
            let seed = std::fs::read_to_string(nkey).map(Zeroizing::new);
            let seed = seed.as_ref().map(|seed| seed.trim()).unwrap_or_default();
            if nkeys::KeyPair::from_seed(seed).is_err() {
                return Err(QueueError::Reach(
                    "--nats-nkey names no file that holds the seed of an nkey (SU…)".to_owned(),
                ));
            }
            options = options.nkey(seed.to_owned());
        }
        if let Some((certificate, key)) = &self.certificate {
            check_pem(certificate, "CERTIFICATE", "--nats-cert")?;
            check_pem(key, "PRIVATE KEY", "--nats-cert-key")?;
            options = options.add_client_certificate(certificate.clone(), key.clone());
        }
        if let Some(authorities) = &self.authorities {
            check_pem(authorities, "CERTIFICATE", "--nats-ca")?;
            options = options
                .add_root_certificates(authorities.clone())
                .require_tls(true);
        }
        Ok(options)
    }
}

/// Whether a file can be read and holds such a thing, so that one which does not is told from a server that does not answer.
fn check_pem(path: &Path, what: &str, option: &str) -> Result<(), QueueError> {
    let text = std::fs::read(path).map(Zeroizing::new).unwrap_or_default();
    let ending = format!("{what}-----");
    match text
        .windows(ending.len())
        .any(|part| part == ending.as_bytes())
    {
        true => Ok(()),
        false => Err(QueueError::Reach(format!(
            "{option} names no file that can be read and holds a {what} in PEM; name one"
        ))),
    }
}

/// Whether a connection failed before it was begun: what is shown or trusted cannot be used.
pub(crate) fn is_our_own(error: &(dyn std::error::Error + 'static)) -> bool {
    let said = error.to_string();
    ["could not load", "could not add certificate"]
        .iter()
        .any(|beginning| said.contains(beginning))
}
