//! The HTTP side: so many connections, so much time and so many bytes, and no more.

use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, Request, State};
use axum::handler::Handler;
use axum::response::Response;
use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderValue, Method, StatusCode};
use http_body_util::BodyExt;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use zeroize::Zeroizing;

use super::api::Explorer;
use super::guard::{Guard, protect};
use super::limits::{
    AT_WORK, BODY_TIME, CONNECTIONS, DRAIN, HEAD_TIME, LARGEST_BODY, READING, SENDING, WRITE_TIME,
};
use super::page;
use super::places::{Place, Places};
use super::stream::with_patience;
use super::told::{Check, Refused};

/// How long to wait when no connection can be accepted (out of file descriptors, mostly).
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How long the record of calls on their way is waited for when the explorer ends. A disk may take seconds.
const LAST_RECORD: Duration = Duration::from_secs(10);

pub(crate) struct Server {
    pub(crate) explorer: Explorer,
    pub(crate) guard: Guard,
    reading: Arc<Semaphore>,
    at_work: Arc<Semaphore>,
    sending: Arc<Semaphore>,
}

impl Server {
    pub(crate) fn new(explorer: Explorer, guard: Guard) -> Self {
        Self {
            explorer,
            guard,
            reading: Arc::new(Semaphore::new(READING)),
            at_work: Arc::new(Semaphore::new(AT_WORK)),
            sending: Arc::new(Semaphore::new(SENDING)),
        }
    }
}

/// Answers until `shutdown` is ready.
pub(crate) async fn run(
    server: Arc<Server>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) {
    let app: Router = Router::new().fallback_service(answer.with_state(Arc::clone(&server)));
    let places = Places::new(CONNECTIONS);
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                // One too many is dropped, which closes it.
                Ok((stream, _)) => if let Some(place) = places.take() {
                    // A layer, so that each request knows its connection.
                    let app = app.clone().layer(Extension(Arc::clone(&place)));
                    connections.spawn(async move {
                        tokio::select! {
                            () = converse(app, stream) => {}
                            () = place.must_leave() => {}
                        }
                    });
                },
                Err(_) => sleep(ACCEPT_PAUSE).await,
            },
            Some(_) = connections.join_next() => {}
            () = &mut shutdown => break,
        }
    }
    // Calls on their way end now, and are recorded.
    server.explorer.ended.send_replace(true);
    let all = u32::try_from(SENDING).unwrap_or_default();
    let _ = timeout(LAST_RECORD, server.sending.acquire_many(all)).await;
}

async fn converse(app: Router, stream: TcpStream) {
    // Small answers should not wait for a full segment; if it cannot be set, they wait.
    let _ = stream.set_nodelay(true);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .serve_connection(
            TokioIo::new(with_patience(stream, WRITE_TIME)),
            TowerToHyperService::new(app),
        );
    // A connection that breaks has nobody left to be told.
    let _ = connection.await;
}

async fn answer(
    State(server): State<Arc<Server>>,
    Extension(place): Extension<Arc<Place>>,
    request: Request,
) -> Result<Response, Infallible> {
    let (head, body) = request.into_parts();
    let mut response = match server.guard.refuses(&head) {
        Some((status, why)) => {
            let mut refusal = plain(status, why);
            let close = HeaderValue::from_static("close");
            refusal.headers_mut().insert(CONNECTION, close);
            refusal
        }
        None => {
            place.keep();
            respond(&server, &head, body).await
        }
    };
    protect(response.headers_mut());
    Ok(response)
}

async fn respond(server: &Arc<Server>, head: &http::request::Parts, body: Body) -> Response {
    let path = head.uri.path();
    match (&head.method, path.starts_with("/api/")) {
        (&Method::GET, false) => {
            match page::file(
                path,
                server.guard.token(),
                &server.explorer.proof,
                server.explorer.tongue,
            ) {
                Some((kind, text)) => of(StatusCode::OK, kind, text.into()),
                None => plain(StatusCode::NOT_FOUND, "there is no such page"),
            }
        }
        (&Method::POST, true) => {
            // Who sends slowly, and what waits for a service that hangs, keep nobody else from working.
            let Some(_reading) = taken(&server.reading).await else {
                return too_much();
            };
            let body = match timeout(BODY_TIME, read(head, body)).await {
                Ok(Ok(body)) => body,
                Ok(Err(refused)) => return of_refused(StatusCode::PAYLOAD_TOO_LARGE, &refused),
                Err(_) => return plain(StatusCode::REQUEST_TIMEOUT, "the request took too long"),
            };
            let places = match path {
                "/api/send" => &server.sending,
                _ => &server.at_work,
            };
            match taken(places).await {
                Some(place) => api(server, path, body, place).await,
                None => too_much(),
            }
        }
        _ => plain(
            StatusCode::METHOD_NOT_ALLOWED,
            "GET for the page, POST for /api",
        ),
    }
}

/// A place, within the time that anybody waits for one.
async fn taken(places: &Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
    let place = timeout(BODY_TIME, Arc::clone(places).acquire_owned()).await;
    place.ok()?.ok()
}

fn too_much() -> Response {
    plain(
        StatusCode::SERVICE_UNAVAILABLE,
        "too much is being worked on; try again",
    )
}

/// On a thread of its own: the others are answered meanwhile, and a page that is closed stops neither a call that is on its
/// way nor its record. The place is taken until it is done.
async fn api(
    server: &Arc<Server>,
    path: &str,
    body: Zeroizing<Vec<u8>>,
    place: OwnedSemaphorePermit,
) -> Response {
    let (server, path) = (Arc::clone(server), path.to_owned());
    let network = Handle::current();
    let answer = tokio::task::spawn_blocking(move || {
        let answer = server.explorer.answer(&path, &body, &network);
        drop(place);
        answer
    });
    match answer.await {
        // Wiped once it is sent.
        Ok(Some(Ok(text))) => of(StatusCode::OK, "application/json", Bytes::from_owner(text)),
        Ok(Some(Err(refused))) => of_refused(StatusCode::OK, &refused),
        Ok(None) => plain(StatusCode::NOT_FOUND, "there is no such page"),
        Err(_) => plain(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the explorer failed at this request; please report it",
        ),
    }
}

/// A body, whole. One that is too large is read all the same, as far as anybody can be expected to.
async fn read(head: &http::request::Parts, mut body: Body) -> Result<Zeroizing<Vec<u8>>, Refused> {
    let stated = head.headers.get(CONTENT_LENGTH);
    let stated = stated.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    // Sized before it is filled: what it holds may be personal.
    let mut kept = Some(Zeroizing::new(Vec::with_capacity(
        stated.unwrap_or_default().min(LARGEST_BODY),
    )));
    let mut length = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return Err(too_large("the request was cut short", "请求不完整"));
        };
        let Ok(data) = frame.into_data() else {
            continue;
        };
        length = length.saturating_add(data.len());
        match &mut kept {
            Some(bytes) if length <= LARGEST_BODY => bytes.extend_from_slice(&data),
            _ => kept = None,
        }
        if length > DRAIN {
            break;
        }
    }
    kept.ok_or_else(|| {
        too_large(
            "that is more than 32 MiB, and no service takes a picture of that size; choose a smaller file",
            "内容超过 32 MiB，任何服务都不接受这样大的图片；请选择更小的文件",
        )
    })
}

fn too_large(en: &str, zh: &str) -> Refused {
    Refused::new(Check::Request, en, zh)
}

fn of_refused(status: StatusCode, refused: &Refused) -> Response {
    let text = serde_json::json!({ "refused": refused }).to_string();
    of(status, "application/json", text.into())
}

fn plain(status: StatusCode, text: &'static str) -> Response {
    of(
        status,
        "text/plain; charset=utf-8",
        Bytes::from_static(text.as_bytes()),
    )
}

fn of(status: StatusCode, kind: &'static str, body: Bytes) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
