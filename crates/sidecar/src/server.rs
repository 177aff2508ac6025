//! The server: accepts connections in, reads requests off them, and ends them when their time is over.

use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::net::UnixListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{interval, sleep, timeout};
use tower_service::Service;

use crate::connections::{Connections, Seat};
use crate::router::{name_of, router};
use crate::shared::Shared;
use crate::stream::Wire;

/// How long to wait when no connection can be accepted (out of file descriptors, mostly).
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);

/// How many idle connections go then.
const SHED_AT_ONCE: usize = 16;

/// How often openers whose time is over are looked for.
const SWEEP: Duration = Duration::from_secs(1);

/// No request's head is larger.
const MOST_HEAD: usize = 16 * 1024;

pub(crate) enum Listener {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(UnixListener),
}

impl Listener {
    async fn accept(&self) -> std::io::Result<Wire> {
        match self {
            Self::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                // Small answers should not wait for a full segment; if it cannot be set, they wait.
                let _ = stream.set_nodelay(true);
                Ok(Wire::Tcp(stream))
            }
            #[cfg(unix)]
            Self::Unix(listener) => listener
                .accept()
                .await
                .map(|(stream, _)| Wire::Unix(stream)),
        }
    }
}

/// What every connection needs.
#[derive(Clone)]
struct House {
    shared: Arc<Shared>,
    router: Router,
    stopping: watch::Receiver<bool>,
}

/// Answers requests until `stop` is ready; those in flight then have their time to finish.
pub(crate) async fn run(
    shared: Arc<Shared>,
    listener: Listener,
    connections: usize,
    stop: impl Future<Output = ()>,
) {
    let (told, stopping) = watch::channel(false);
    let house = House {
        router: router(Arc::clone(&shared)),
        shared: Arc::clone(&shared),
        stopping,
    };
    let seats = Connections::new(connections);
    let mut open = JoinSet::new();
    let mut sweep = interval(SWEEP);
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(wire) => take_in(&house, &seats, &mut open, wire),
                Err(_) => {
                    let shed = (0..SHED_AT_ONCE).filter(|_| seats.shed()).count();
                    shared.metrics.connections_shed.inc_by(u64::try_from(shed).unwrap_or_default());
                    sleep(ACCEPT_PAUSE).await;
                }
            },
            Some(_) = open.join_next() => {}
            _ = sweep.tick() => {
                shared.metrics.openers_expired.inc_by(shared.openers.sweep(Instant::now()));
            }
            () = &mut stop => break,
        }
    }
    drop(listener);
    shared.stop();
    // There is a receiver, the house.
    let _ = told.send(true);
    // Anyone who is not done by then is cut off when the set is dropped.
    let all = async { while open.join_next().await.is_some() {} };
    let _ = timeout(shared.limits.stop, all).await;
}

fn take_in(house: &House, seats: &Arc<Connections>, open: &mut JoinSet<()>, wire: Wire) {
    let seated = seats.sit();
    let metrics = &house.shared.metrics;
    if seated.shed {
        metrics.connections_shed.inc();
    }
    // Without a seat the connection is closed.
    if let Some(seat) = seated.seat {
        let house = house.clone();
        open.spawn(async move {
            house.shared.metrics.connections.inc();
            converse(&house, &seat, wire).await;
            house.shared.metrics.connections.dec();
        });
    }
}

async fn converse(house: &House, seat: &Arc<Seat>, mut wire: Wire) {
    let patience = house.shared.limits.patience;
    let mut stopping = house.stopping.clone();
    // Anyone who says nothing costs a socket and this future, and no buffer.
    let first = tokio::select! {
        first = wire.first() => first,
        () = sleep(patience) => return,
        () = seat.must_leave() => return,
        _ = stopping.wait_for(|stopping| *stopping) => return,
    };
    // One that ended or broke has nobody left to be told.
    if let Ok(Some(first)) = first {
        // Boxed, so that those that wait do not carry its size.
        Box::pin(speak(house, seat, wire, first)).await;
    }
}

async fn speak(house: &House, seat: &Arc<Seat>, wire: Wire, first: u8) {
    let patience = house.shared.limits.patience;
    let mut stopping = house.stopping.clone();
    let service = service_fn(|request| respond(house, seat, request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience)
        .max_buf_size(MOST_HEAD)
        // A sender that has said all it wants may close its half and still read.
        .half_close(true)
        .serve_connection(TokioIo::new(wire.with_patience(first, patience)), service);
    let mut connection = pin!(connection);
    // A connection that breaks has nobody left to be told.
    tokio::select! {
        _ = connection.as_mut() => return,
        () = seat.must_leave() => return,
        _ = stopping.wait_for(|stopping| *stopping) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}

async fn respond(
    house: &House,
    seat: &Arc<Seat>,
    request: Request<Incoming>,
) -> Result<Response, Infallible> {
    let _working = seat.work();
    let started = Instant::now();
    let route = name_of(request.uri());
    let shared = &house.shared;
    let mut response = match shared.names.check(request.headers(), request.uri()) {
        Ok(()) => {
            let Ok(response) = house.router.clone().call(request.map(Body::new)).await;
            response
        }
        Err(problem) => problem.into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let status = response.status().as_u16();
    shared.metrics.answered(route, status, started.elapsed());
    Ok(response)
}
