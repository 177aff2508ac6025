//! The server: how it is reached, and asked again where it does not answer.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_nats::connection::State;
use async_nats::jetstream::{self, context::ContextBuilder};
use async_nats::{Client, ConnectErrorKind, ConnectOptions, Event, RequestErrorKind, ServerAddr};
use cardseal_batch::Stop;
use tokio::runtime::Runtime;
use tokio::sync::Notify;
use zeroize::Zeroizing;

use crate::error::QueueError;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);

/// How long one request is waited for.
const REQUEST: Duration = Duration::from_secs(3);

/// How long a server that is lost is waited for by who does not wait for ever.
const PATIENCE: Duration = Duration::from_secs(12);

/// How long after the server was away cards come that it has forgotten to be with others.
const FORGETFUL: Duration = Duration::from_secs(3);

/// How a server is reached. Secrets are in files.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Reach {
    /// `nats://HOST:PORT` or `tls://HOST:PORT`, several with commas between them. Without a password.
    pub url: String,
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

    fn addresses(&self) -> Result<Vec<ServerAddr>, QueueError> {
        let refused = |what: &str| Err(QueueError::Reach(what.to_owned()));
        let mut all = Vec::new();
        for one in self.url.split(',') {
            let Ok(address) = one.trim().parse::<ServerAddr>() else {
                return refused("--nats is no address; give nats://HOST:PORT or tls://HOST:PORT");
            };
            if address.has_user_pass() || address.username().is_some() {
                return refused(
                    "--nats holds a user or a token, which other users of this machine can see; give --nats-creds or \
                     --nats-nkey, and change the secret",
                );
            }
            all.push(address);
        }
        Ok(all)
    }

    async fn options(&self) -> Result<ConnectOptions, QueueError> {
        let mut options = ConnectOptions::new();
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
            if !seed.starts_with('S') || seed.contains(char::is_whitespace) {
                return Err(QueueError::Reach(
                    "--nats-nkey names no file that holds the seed of an nkey (SU…)".to_owned(),
                ));
            }
            options = options.nkey(seed.to_owned());
        }
        if let Some((certificate, key)) = &self.certificate {
            options = options.add_client_certificate(certificate.clone(), key.clone());
        }
        if let Some(authorities) = &self.authorities {
            options = options
                .add_root_certificates(authorities.clone())
                .require_tls(true);
        }
        Ok(options)
    }
}

/// A connection to a server, which is made again whenever it is lost.
pub struct Server {
    runtime: Runtime,
    pub(crate) link: Link,
}

/// What tasks hold of a server.
#[derive(Clone)]
pub(crate) struct Link {
    pub(crate) client: Client,
    pub(crate) jetstream: jetstream::Context,
    /// Told whenever the connection is there again.
    pub(crate) connected: Arc<Notify>,
    /// When the connection was last lost or made again, if it ever was.
    away: Arc<Mutex<Option<Instant>>>,
}

impl Server {
    /// Connects.
    ///
    /// # Errors
    /// [`QueueError`]: no server within some seconds, other credentials, no JetStream.
    pub fn connect(reach: &Reach) -> Result<Self, QueueError> {
        let addresses = reach.addresses()?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(|error| QueueError::Server(error.to_string()))?;
        let link = runtime.block_on(link(reach, addresses))?;
        Ok(Self { runtime, link })
    }

    pub(crate) fn run<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    pub(crate) fn handle(&self) -> tokio::runtime::Handle {
        self.runtime.handle().clone()
    }
}

async fn link(reach: &Reach, addresses: Vec<ServerAddr>) -> Result<Link, QueueError> {
    let connected = Arc::new(Notify::new());
    let tell = Arc::clone(&connected);
    let away = Arc::new(Mutex::new(None));
    let changed = Arc::clone(&away);
    let options = reach
        .options()
        .await?
        .name("cardseal")
        // A worker that asks the others is not to answer itself.
        .no_echo()
        .connection_timeout(CONNECT)
        .request_timeout(Some(REQUEST))
        .reconnect_delay_callback(|_| Duration::from_millis(200))
        .event_callback(move |event| {
            let mut changed = changed.lock().unwrap_or_else(PoisonError::into_inner);
            match event {
                Event::Connected if changed.is_some() => {
                    *changed = Some(Instant::now());
                    tell.notify_waiters();
                }
                Event::Disconnected => *changed = Some(Instant::now()),
                _ => {}
            }
            std::future::ready(())
        });
    let client = options
        .connect(addresses)
        .await
        .map_err(|error| match error.kind() {
            ConnectErrorKind::Authentication | ConnectErrorKind::AuthorizationViolation => {
                QueueError::Refused
            }
            ConnectErrorKind::Tls => QueueError::Unreachable(format!("TLS: {error}")),
            _ => QueueError::Unreachable(error.to_string()),
        })?;
    let jetstream = ContextBuilder::new()
        .timeout(REQUEST)
        .ack_timeout(REQUEST)
        .build(client.clone());
    let link = Link {
        client,
        jetstream,
        connected,
        away,
    };
    // Asked as plainly as possible: servers of other versions answer with other members.
    let asked = link.again(Patience::Short, || async {
        match link.client.request("$JS.API.INFO", "".into()).await {
            Ok(answer) if is_refused(&answer.payload) => {
                Err(Trouble::Lasting(QueueError::NoJetStream))
            }
            Ok(_) => Ok(()),
            Err(error) if error.kind() == RequestErrorKind::NoResponders => {
                Err(Trouble::Lasting(QueueError::NoJetStream))
            }
            Err(error) => Err(Trouble::passing(error)),
        }
    });
    asked.await?;
    Ok(link)
}

/// Whether an answer of JetStream's is an error.
fn is_refused(answer: &[u8]) -> bool {
    let answer = serde_json::from_slice::<serde_json::Value>(answer);
    answer.is_ok_and(|answer| answer.get("error").is_some())
}

/// How a request failed.
pub(crate) enum Trouble {
    /// It may do better later.
    Passing(String),
    /// It will not.
    Lasting(QueueError),
}

impl Trouble {
    pub(crate) fn passing(error: impl std::fmt::Display) -> Self {
        Self::Passing(error.to_string())
    }
}

/// How long a server that is lost is waited for.
#[derive(Clone, Copy)]
pub(crate) enum Patience<'a> {
    /// Some seconds.
    Short,
    /// For ever; and some seconds after it was told to stop.
    UntilStopped(&'a Stop),
}

impl Link {
    /// Whether the server was away so short a time ago that it may have forgotten which cards are with whom: one that was
    /// killed does.
    pub(crate) fn was_just_away(&self) -> bool {
        let away = self.away.lock().unwrap_or_else(PoisonError::into_inner);
        away.is_some_and(|at| at.elapsed() < FORGETFUL)
    }

    /// Asks until there is an answer, or the patience is at its end.
    pub(crate) async fn again<T, F, A>(
        &self,
        patience: Patience<'_>,
        ask: F,
    ) -> Result<T, QueueError>
    where
        F: Fn() -> A,
        A: Future<Output = Result<T, Trouble>>,
    {
        let mut since = Instant::now();
        loop {
            let why = match ask().await {
                Ok(answer) => return Ok(answer),
                Err(Trouble::Lasting(error)) => return Err(error),
                Err(Trouble::Passing(why)) => why,
            };
            if let Patience::UntilStopped(stop) = patience
                && !stop.is_set()
            {
                since = Instant::now();
            }
            if since.elapsed() >= PATIENCE {
                return Err(match self.client.connection_state() {
                    State::Connected => QueueError::Server(why),
                    _ => QueueError::Unreachable(why),
                });
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Server")
    }
}
