//! The options of both drivers, with the same defaults.

use core::fmt;
use core::net::IpAddr;
use core::time::Duration;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::{OwnHeaders, Proxy};
use crate::error::{Error, printable};

/// Options of a client. Both drivers have the same defaults; docs/transport.md lists them.
#[derive(Clone)]
#[non_exhaustive]
pub struct TransportOptions {
    /// Time limit for a whole call: every attempt, every delay, until the last byte of the reply.
    pub deadline: Duration,
    /// Time limit for one attempt; `None` for the time that the deadline leaves.
    pub attempt_timeout: Option<Duration>,
    /// Time limit for making a connection: resolving the name, TCP to one of its addresses, the proxy, and TLS
    /// together. If it runs out, nothing has been sent, so a fallback endpoint is tried.
    pub connect_timeout: Duration,
    /// How long an idle connection may be reused.
    pub idle_timeout: Duration,
    /// Maximum number of idle connections per host.
    pub idle_connections: usize,
    /// Maximum size of a reply's body, in bytes.
    pub largest_reply: usize,
    pub(crate) proxy: Option<Proxy>,
    pub(crate) roots: Vec<Vec<u8>>,
    pub(crate) native_roots: bool,
    pub(crate) client_certificate: Option<Arc<ClientCertificate>>,
    pub(crate) addresses: Vec<(String, IpAddr)>,
    pub(crate) own_headers: OwnHeaders,
}

/// The client certificate for TLS, as given.
pub(crate) struct ClientCertificate {
    pub(crate) chain: Vec<u8>,
    pub(crate) key: SecretString,
}

impl Default for TransportOptions {
    /// 60 seconds as in the official SDKs, 5 of them to connect; idle connections for at most 15 seconds, because the
    /// service closes them at 60; 16 MiB; only the public certificate authorities.
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(60),
            attempt_timeout: None,
            connect_timeout: Duration::from_secs(5),
            idle_timeout: Duration::from_secs(15),
            idle_connections: 8,
            largest_reply: 16 * 1024 * 1024,
            proxy: None,
            roots: Vec::new(),
            native_roots: false,
            client_certificate: None,
            addresses: Vec::new(),
            own_headers: OwnHeaders::default(),
        }
    }
}

/// Maximum size of a file of certificates or of a key.
const MOST_PEM: u64 = 4 << 20;

impl TransportOptions {
    /// Sets the time limit for a whole call.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Sets the time limit for one attempt.
    #[must_use]
    pub fn attempt_timeout(mut self, time: Duration) -> Self {
        self.attempt_timeout = Some(time);
        self
    }

    /// Sets the time limit for making a connection.
    #[must_use]
    pub fn connect_timeout(mut self, time: Duration) -> Self {
        self.connect_timeout = time;
        self
    }

    /// Sets how long an idle connection may be reused; zero means never.
    #[must_use]
    pub fn idle_timeout(mut self, time: Duration) -> Self {
        self.idle_timeout = time;
        self
    }

    /// Sets the maximum number of idle connections per host.
    #[must_use]
    pub fn idle_connections(mut self, most: usize) -> Self {
        self.idle_connections = most;
        self
    }

    /// Sets the maximum size of a reply's body, in bytes.
    #[must_use]
    pub fn largest_reply(mut self, bytes: usize) -> Self {
        self.largest_reply = bytes;
        self
    }

    /// Sends everything through this proxy, except to the hosts in its no-proxy list. The proxy variables of the
    /// environment are never followed.
    #[must_use]
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.proxy = Some(proxy);
        self
    }

    /// Also trusts these certificate authorities, in addition to the public ones: one certificate in DER, or any number
    /// in PEM. If it is neither, no client can be made.
    #[must_use]
    pub fn root_certificate(mut self, pem_or_der: impl Into<Vec<u8>>) -> Self {
        self.roots.push(pem_or_der.into());
        self
    }

    /// Also trusts the certificate authorities in this file.
    ///
    /// # Errors
    /// `Input` if the file cannot be read or has more than 4 MiB.
    pub fn root_certificate_file(self, path: &Path) -> Result<Self, Error> {
        let bytes = read(path, "the file of root certificates")?;
        Ok(self.root_certificate(bytes.to_vec()))
    }

    /// Also trusts the operating system's certificate store. It is read when a client is made. If the variables
    /// `SSL_CERT_FILE` and `SSL_CERT_DIR` are set, what they name takes the place of that store.
    #[must_use]
    pub fn native_roots(mut self) -> Self {
        self.native_roots = true;
        self
    }

    /// Sends this certificate to servers that ask for one (mutual TLS): the chain in PEM with the client's certificate
    /// first, and its private key in PEM (PKCS#8, PKCS#1 or SEC1, not encrypted).
    #[must_use]
    pub fn client_certificate(mut self, chain: impl Into<Vec<u8>>, key: SecretString) -> Self {
        let chain = chain.into();
        self.client_certificate = Some(Arc::new(ClientCertificate { chain, key }));
        self
    }

    /// The same with the certificate and the key from two files.
    ///
    /// # Errors
    /// `Input` if a file cannot be read or has more than 4 MiB, or the key's file is not text.
    pub fn client_certificate_files(self, chain: &Path, key: &Path) -> Result<Self, Error> {
        let chain = read(chain, "the file of the client certificate")?.to_vec();
        let key = read(key, "the file of the client certificate's key")?;
        let key = core::str::from_utf8(&key).map_err(|_| {
            Error::input("the client certificate's key is not PEM; convert it with openssl pkey")
        })?;
        Ok(self.client_certificate(chain, SecretString::from(key)))
    }

    /// Connects to this address for this host; the signature and TLS still use the host's name. If set several times
    /// for a host, each address is tried.
    #[must_use]
    pub fn resolve(mut self, host: impl Into<String>, address: IpAddr) -> Self {
        self.addresses.push((host.into(), address));
        self
    }
}

impl TransportOptions {
    /// Calls itself so, in place of `cardseal/VERSION`. The proxy is told as before.
    ///
    /// # Errors
    /// `Input` where it is empty, or holds more than visible ASCII and blanks.
    pub fn user_agent(mut self, text: &str) -> Result<Self, Error> {
        self.own_headers.call_itself(text)?;
        Ok(self)
    }

    /// Sends one more header with every request, those for credentials too: what a gateway on the way wants to see. It
    /// is not signed, and never in place of one that the request has. The value is not printed.
    ///
    /// # Errors
    /// `Input` where it is no header, or is one that is the signature's, the service's or the connection's.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self, Error> {
        self.own_headers.add(name, value)?;
        Ok(self)
    }
}

/// A small file, whole. It may hold a key.
fn read(path: &Path, what: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
    let shown = printable(&path.display().to_string());
    let refuse = |why: &str| {
        Error::input(format!(
            "{what}, `{shown}`, cannot be read: {why}; check the path and its permissions"
        ))
    };
    let length = fs::metadata(path)
        .map_err(|error| refuse(&error.to_string()))?
        .len();
    if length > MOST_PEM {
        return Err(refuse("it has more than 4 MiB"));
    }
    fs::read(path)
        .map(Zeroizing::new)
        .map_err(|error| refuse(&error.to_string()))
}

impl fmt::Debug for TransportOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportOptions")
            .field("deadline", &self.deadline)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("idle_timeout", &self.idle_timeout)
            .field("idle_connections", &self.idle_connections)
            .field("largest_reply", &self.largest_reply)
            .field("proxy", &self.proxy)
            .field("roots", &self.roots.len())
            .field("native_roots", &self.native_roots)
            .field("client_certificate", &self.client_certificate)
            .field("addresses", &self.addresses)
            .field("own_headers", &self.own_headers)
            .finish()
    }
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = if self.key.expose_secret().is_empty() {
            "none"
        } else {
            "[redacted]"
        };
        write!(
            f,
            "ClientCertificate({} bytes, key {key})",
            self.chain.len()
        )
    }
}
