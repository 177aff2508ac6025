//! A connection for the async driver. It blocks no thread of the runtime, not even to resolve a name.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use http::Uri;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};
use tower_service::Service;

use super::super::dial::{Dialer, NEXT_ADDRESS, Phase, Route, by_turns};
use super::super::{Proxy, TransportFailure, tls, tunnel};

type Stream = MaybeHttpsStream<TokioIo<TcpStream>>;
type Pending<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Makes the connections of one client.
#[derive(Clone)]
pub(super) struct Dial {
    dialer: Arc<Dialer>,
}

impl Dial {
    pub(super) fn new(dialer: Dialer) -> Self {
        Self {
            dialer: Arc::new(dialer),
        }
    }
}

impl Service<Uri> for Dial {
    type Response = Stream;
    type Error = TransportFailure;
    type Future = Pending<Result<Stream, TransportFailure>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TransportFailure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let dialer = Arc::clone(&self.dialer);
        Box::pin(async move { dial(&dialer, uri).await })
    }
}

async fn dial(dialer: &Dialer, uri: Uri) -> Result<Stream, TransportFailure> {
    let until = Until {
        at: Instant::now().checked_add(dialer.timeout),
        allowed: dialer.timeout,
    };
    let route = dialer.route(&uri)?;
    let addresses = look_up(dialer, &route, &until).await?;
    let phase = Phase::Tcp(&route, addresses.len());
    let tcp = until.within(&phase, race(addresses)).await?;
    let mut tcp = tcp.map_err(|error| phase.failed(&error))?;
    // Small messages should not wait for a full segment. If the option cannot be set, they do.
    let _ = tcp.set_nodelay(true);
    if let Some((proxy, host, port)) = &route.tunnel {
        let phase = Phase::Tunnel(proxy);
        until
            .within(&phase, open_tunnel(&mut tcp, proxy, host, *port))
            .await??;
    }
    let mut https = HttpsConnector::from((Ready(Some(tcp)), Arc::clone(&dialer.tls)));
    let agreed = until.within(&Phase::Tls, https.call(uri.clone())).await?;
    agreed
        .map_err(|error| tls::failure(error.as_ref()).unwrap_or_else(|| Phase::Tls.failed(&error)))
}

/// The deadline for connecting.
struct Until {
    /// `None` if it is beyond the range of the clock.
    at: Option<Instant>,
    allowed: core::time::Duration,
}

impl Until {
    async fn within<T>(
        &self,
        phase: &Phase<'_>,
        work: impl Future<Output = T>,
    ) -> Result<T, TransportFailure> {
        let Some(at) = self.at else {
            return Ok(work.await);
        };
        timeout_at(at, work)
            .await
            .map_err(|_| phase.timed_out(self.allowed))
    }
}

async fn look_up(
    dialer: &Dialer,
    route: &Route<'_>,
    until: &Until,
) -> Result<Vec<SocketAddr>, TransportFailure> {
    let mut addresses: Vec<IpAddr> = dialer.names.known(route.host);
    if addresses.is_empty() {
        let phase = Phase::LookUp(route.host);
        let (tell, told) = oneshot::channel();
        dialer
            .names
            .look_up(route.host, Box::new(move |found| drop(tell.send(found))));
        let found = until.within(&phase, told).await?;
        let found = found.map_err(|_| phase.failed(&"the look-up was given up"))?;
        addresses = found.map_err(|reason| phase.failed(&reason))?;
    }
    Ok(by_turns(&addresses, route.port))
}

/// The first connection that succeeds. Each address has a head start on the next, or none if it fails.
async fn race(addresses: Vec<SocketAddr>) -> io::Result<TcpStream> {
    let mut attempts = JoinSet::new();
    let mut rest = addresses.into_iter();
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    loop {
        if let Some(address) = rest.next() {
            attempts.spawn(TcpStream::connect(address));
        }
        let ended = if rest.len() == 0 {
            attempts.join_next().await
        } else {
            match timeout(NEXT_ADDRESS, attempts.join_next()).await {
                Ok(ended) => ended,
                Err(_) => continue,
            }
        };
        match ended {
            Some(Ok(Ok(stream))) => return Ok(stream),
            Some(Ok(Err(error))) => last = error,
            Some(Err(error)) => last = io::Error::other(error),
            None => return Err(last),
        }
    }
}

async fn open_tunnel(
    tcp: &mut TcpStream,
    proxy: &Proxy,
    host: &str,
    port: u16,
) -> Result<(), TransportFailure> {
    let phase = Phase::Tunnel(proxy);
    let request = tunnel::request(proxy, host, port);
    tcp.write_all(&request)
        .await
        .map_err(|error| phase.failed(&error))?;
    let mut answer = tunnel::Answer::default();
    let mut buffer = [0; 1024];
    loop {
        let read = tcp
            .read(&mut buffer)
            .await
            .map_err(|error| phase.failed(&error))?;
        if answer.take(proxy, buffer.get(..read).unwrap_or_default())? {
            return Ok(());
        }
    }
}

/// An existing connection, for the TLS layer.
struct Ready(Option<TcpStream>);

impl Service<Uri> for Ready {
    type Response = TokioIo<TcpStream>;
    type Error = io::Error;
    type Future = core::future::Ready<io::Result<TokioIo<TcpStream>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let gone = || {
            io::Error::new(
                io::ErrorKind::NotConnected,
                "the connection is used already",
            )
        };
        core::future::ready(self.0.take().map(TokioIo::new).ok_or_else(gone))
    }
}
