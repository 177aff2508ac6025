//! The HTTP/1.1 server: reads a request, hands it to the cloud that claims it, sends the answer.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::header::DATE;
use http::{HeaderName, HeaderValue, Request, Response};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use jiff::Timestamp;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use crate::cloud::Inbound;
use crate::gateway::Gateway;
use crate::handout::{self, HandOutFault};
use crate::registry::CLOUDS;
use crate::wire::{self, Dropped, WireBody};
use crate::{GatewayConfig, RequestLog};

/// A body over the limit is read to its end and thrown away, so that its sender gets to read the answer; up to here.
const DRAIN_LIMIT: usize = 64 * 1024 * 1024;

/// How long a sender may take for the header, and again for the body.
const READ_TIME: Duration = Duration::from_secs(60);

/// How long requests in flight may take once the gateway is told to stop.
const STOP_TIME: Duration = Duration::from_millis(500);

/// How long to wait when no connection can be accepted (out of file descriptors, mostly).
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Answers requests from `listener` until `shutdown` is ready; then running requests have half a second to finish.
///
/// Fails only at the start, if the configuration is inconsistent.
pub async fn serve(
    config: GatewayConfig,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let gateway = Gateway::new(config)?;
    run(gateway, listener, shutdown).await;
    Ok(())
}

pub(crate) async fn run(
    gateway: Gateway,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) {
    let gateway = Arc::new(gateway);
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(converse(Arc::clone(&gateway), stream, graceful.watcher()));
                }
                Err(_) => sleep(ACCEPT_PAUSE).await,
            },
            Some(_) = connections.join_next() => {}
            () = &mut shutdown => break,
        }
    }
    drop(listener);
    // Anyone who is not done by then is cut off when the set is dropped.
    let _ = timeout(STOP_TIME, graceful.shutdown()).await;
}

async fn converse(gateway: Arc<Gateway>, stream: TcpStream, watcher: Watcher) {
    // Small answers should not wait for a full segment; if it cannot be set, they wait.
    let _ = stream.set_nodelay(true);
    let Some(tls) = &gateway.config.tls else {
        return speak(&gateway, stream, watcher).await;
    };
    let agreeing = TlsAcceptor::from(Arc::clone(&tls.config)).accept(stream);
    // Anyone who wants no TLS, or none of this kind, has nobody to be told by.
    if let Ok(Ok(stream)) = timeout(READ_TIME, agreeing).await {
        speak(&gateway, stream, watcher).await;
    }
}

async fn speak(
    gateway: &Gateway,
    stream: impl AsyncRead + AsyncWrite + Unpin + 'static,
    watcher: Watcher,
) {
    let service = service_fn(|request| respond(gateway, request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(READ_TIME)
        .serve_connection(TokioIo::new(stream), service);
    // A connection that breaks has nobody left to be told.
    let _ = watcher.watch(connection).await;
}

async fn respond(
    gateway: &Gateway,
    request: Request<Incoming>,
) -> Result<Response<WireBody>, Dropped> {
    let (head, body) = request.into_parts();
    let cloud = CLOUDS.iter().find(|cloud| cloud.claims(&head));
    let limit = cloud.map_or(0, |cloud| cloud.body_limit(&head));
    // Held until the answer is made: what it is made of is as large as its request.
    let Some(_room) = gateway.room.take(expected(&body, limit)).await else {
        return Err(Dropped);
    };
    let body = match timeout(READ_TIME, read(body, limit)).await {
        Ok(Ok(body)) => body,
        Ok(Err(Unreadable)) | Err(_) => return Err(Dropped),
    };
    let started = Instant::now();
    let request = Inbound {
        method: &head.method,
        path: head.uri.path(),
        query: head.uri.query().unwrap_or_default(),
        headers: &head.headers,
        body: body.kept.as_deref(),
    };
    let Some(cloud) = cloud else {
        return Ok(wire::not_found());
    };
    let mut reply = cloud.answer(gateway, &request);
    reply.headers.extend(date(gateway));
    if let Some(on_request) = &gateway.config.on_request {
        on_request(&RequestLog {
            cloud: cloud.name(),
            action: reply.action,
            code: reply.code.take(),
            step: reply.step,
            request_id: std::mem::take(&mut reply.request_id),
            request_bytes: body.length,
            response_bytes: reply.body.len(),
            elapsed: started.elapsed(),
        });
    }
    let fault = (gateway.config.hand_out)().fault;
    if fault == Some(HandOutFault::Hang) && handout::is_one(reply.action) {
        sleep(gateway.config.fault_delay).await;
    }
    wire::send(reply, gateway.config.fault, gateway.config.fault_delay).await
}

/// The gateway's own time, since callers may learn it: the server would write the host's.
fn date(gateway: &Gateway) -> Option<(HeaderName, HeaderValue)> {
    let now = Timestamp::try_from(gateway.now()).ok()?;
    let text = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    HeaderValue::try_from(text).ok().map(|date| (DATE, date))
}

/// A body that has been read to its end, or to [`DRAIN_LIMIT`].
struct ReadBody {
    /// None when it was over the limit.
    kept: Option<Vec<u8>>,
    length: usize,
}

struct Unreadable;

/// The most that can be kept of a body: as much as it says, and no more than is looked at.
fn expected(body: &Incoming, limit: usize) -> usize {
    let said = body.size_hint().upper();
    said.map_or(limit, |said| {
        usize::try_from(said).unwrap_or(limit).min(limit)
    })
}

async fn read(mut body: Incoming, limit: usize) -> Result<ReadBody, Unreadable> {
    let mut kept = Some(Vec::new());
    let mut length = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Unreadable)?.into_data() else {
            continue;
        };
        length = length.saturating_add(data.len());
        match &mut kept {
            Some(kept) if length <= limit => kept.extend_from_slice(&data),
            _ => kept = None,
        }
        if length > DRAIN_LIMIT {
            break;
        }
    }
    Ok(ReadBody { kept, length })
}
