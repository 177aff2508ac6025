//! The server: how it is reached, and asked again where it does not answer.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use async_nats::connection::State;
use async_nats::jetstream::{self, ErrorCode, context::ContextBuilder};
use async_nats::{Client, ConnectErrorKind, Event, RequestErrorKind, ServerAddr, ServerError};
use cardseal_batch::Stop;
use tokio::runtime::Runtime;
use tokio::sync::Notify;

use crate::error::QueueError;
use crate::reach::{Reach, is_our_own};

/// What every server with JetStream answers.
const INFO: &str = "$JS.API.INFO";

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);

/// How often a connection is tried; one that is silent three times is made anew.
const PING: Duration = Duration::from_secs(5);

/// How long one request is waited for.
const REQUEST: Duration = Duration::from_secs(3);

/// How long a server that is lost is waited for by who does not wait for ever.
const PATIENCE: Duration = Duration::from_secs(12);

/// How long passes between two words about a server that is waited for.
const SILENCE: Duration = Duration::from_secs(60);

/// What a message has beside its payload.
const BESIDE: usize = 4096;

/// How long after the server was away cards come that it has forgotten to be with others.
const FORGETFUL: Duration = Duration::from_secs(3);

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
    waiting: Arc<Waiting>,
    /// What the server did not let its user do, last of all.
    denied: Arc<Mutex<Option<String>>>,
}

type Tell = Box<dyn Fn(&QueueError) + Send + Sync>;

/// Who is told that a server is waited for, and when that was done last.
#[derive(Default)]
struct Waiting {
    tell: OnceLock<Tell>,
    told: Mutex<Option<Instant>>,
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

    /// Calls this, now and then, while a worker waits for the server, with why.
    pub fn on_waiting(&self, tell: impl Fn(&QueueError) + Send + Sync + 'static) {
        let _ = self.link.waiting.tell.set(Box::new(tell));
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
    let denied = Arc::new(Mutex::new(None));
    let denying = Arc::clone(&denied);
    let options = reach
        .options()
        .await?
        .name("cardseal")
        // A worker that asks the others is not to answer itself.
        .no_echo()
        .connection_timeout(CONNECT)
        .ping_interval(PING)
        .request_timeout(Some(REQUEST))
        .reconnect_delay_callback(|_| Duration::from_millis(200))
        .event_callback(move |event| {
            let mut changed = changed.lock().unwrap_or_else(PoisonError::into_inner);
            match event {
                Event::ServerError(ServerError::Other(said)) if is_denial(&said) => {
                    *denying.lock().unwrap_or_else(PoisonError::into_inner) = Some(said);
                }
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
            ConnectErrorKind::Tls if is_our_own(&error) => QueueError::Reach(format!(
                "--nats-ca, --nats-cert or --nats-cert-key cannot be used: {error}; check that the key is the \
                 certificate's, or name the server's authority"
            )),
            // The other side answered, and not in TLS.
            _ if error.to_string().contains("InvalidContentType") => {
                QueueError::Unreachable("it speaks no TLS there; give nats://".to_owned())
            }
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
        waiting: Arc::default(),
        denied,
    };
    // Asked as plainly as possible: servers of other versions answer with other members.
    let asked = link.again(Patience::Short, || async {
        match link.client.request(INFO, "".into()).await {
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

/// Whether the server says that its user lacks a right. It gives no other answer to what was asked.
fn is_denial(said: &str) -> bool {
    said.to_ascii_lowercase().contains("permissions violation")
}

/// Whether an answer of JetStream's is an error.
fn is_refused(answer: &[u8]) -> bool {
    let answer = serde_json::from_slice::<serde_json::Value>(answer);
    answer.is_ok_and(|answer| answer.get("error").is_some())
}

/// By which codes JetStream says that there is no room: of the account, of the server, of the disk, of the stream.
const FULL: [ErrorCode; 6] = [
    ErrorCode::ACCOUNT_RESOURCES_EXCEEDED,
    ErrorCode::INSUFFICIENT_RESOURCES,
    ErrorCode::MEMORY_RESOURCES_EXCEEDED,
    ErrorCode::STORAGE_RESOURCES_EXCEEDED,
    ErrorCode::STREAM_STORE_FAILED,
    ErrorCode::STREAM_MAX_STREAM_BYTES_EXCEEDED,
];

/// How a request failed.
pub(crate) enum Trouble {
    /// It may do better later.
    Passing(String),
    /// There is no room for it. It may do better later, too.
    Full(String),
    /// It will not.
    Lasting(QueueError),
}

impl Trouble {
    pub(crate) fn passing(error: impl std::fmt::Display) -> Self {
        Self::Passing(error.to_string())
    }

    /// Of something that was to be stored.
    pub(crate) fn storing(error: impl std::error::Error + 'static) -> Self {
        let mut inner: Option<&(dyn std::error::Error + 'static)> = Some(&error);
        while let Some(cause) = inner {
            if let Some(said) = cause.downcast_ref::<jetstream::Error>()
                && FULL.contains(&said.error_code())
            {
                return Self::Full(said.to_string());
            }
            inner = cause.source();
        }
        Self::passing(error)
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

    /// The server has forgotten which cards are with whom.
    pub(crate) fn forgot(&self) {
        let mut away = self.away.lock().unwrap_or_else(PoisonError::into_inner);
        *away = Some(Instant::now());
    }

    /// Whether it was, since then.
    pub(crate) fn was_away_since(&self, then: Instant) -> bool {
        let away = self.away.lock().unwrap_or_else(PoisonError::into_inner);
        away.is_some_and(|at| at >= then)
    }

    /// So many bytes fit into a message.
    pub(crate) fn room(&self) -> usize {
        let most = self.client.server_info().max_payload;
        most.saturating_sub(BESIDE)
    }

    /// Whether the server answers.
    pub(crate) async fn answers(&self) -> bool {
        self.client.request(INFO, "".into()).await.is_ok()
    }

    /// Says that a worker waits, unless that was just said.
    pub(crate) fn tell(&self, why: &QueueError) {
        let mut told = self
            .waiting
            .told
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if told.is_none_or(|at| at.elapsed() >= SILENCE)
            && let Some(tell) = self.waiting.tell.get()
        {
            *told = Some(Instant::now());
            tell(why);
        }
    }

    fn denied(&self) -> Option<String> {
        let denied = self.denied.lock().unwrap_or_else(PoisonError::into_inner);
        denied.clone()
    }

    /// Why there is no answer.
    fn judge(&self, trouble: Trouble) -> QueueError {
        match (trouble, self.client.connection_state()) {
            (Trouble::Lasting(error), _) => error,
            (Trouble::Full(why), _) => QueueError::Full(why),
            (Trouble::Passing(_), _) if self.denied().is_some() => {
                QueueError::Denied(self.denied().unwrap_or_default())
            }
            (Trouble::Passing(why), State::Connected) => QueueError::Server(why),
            (Trouble::Passing(why), _) => QueueError::Unreachable(why),
        }
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
        let asked = Instant::now();
        let mut since = asked;
        loop {
            let trouble = match ask().await {
                Ok(answer) => return Ok(answer),
                Err(Trouble::Lasting(error)) => return Err(error),
                Err(trouble) => trouble,
            };
            if let Patience::UntilStopped(stop) = patience
                && !stop.is_set()
            {
                since = Instant::now();
            }
            // A worker may get the right while it waits.
            let is_denied = self.denied().is_some() && matches!(patience, Patience::Short);
            if since.elapsed() >= PATIENCE || is_denied {
                return Err(self.judge(trouble));
            }
            if asked.elapsed() >= PATIENCE {
                self.tell(&self.judge(trouble));
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
