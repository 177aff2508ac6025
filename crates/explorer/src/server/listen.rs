//! The HTTP side: so many connections, so much time and so many bytes, and no more.

use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::handler::Handler;
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderValue, Method, StatusCode};
use http_body_util::BodyExt;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::api::Explorer;
use super::guard::{Guard, protect};
use super::limits::{AT_WORK, BODY_TIME, CONNECTIONS, DRAIN, HEAD_TIME, LARGEST_BODY};
use super::page;
use super::told::{Refused, told};

/// How long to wait when no connection can be accepted (out of file descriptors, mostly).
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

pub(crate) struct Server {
    pub(crate) explorer: Explorer,
    pub(crate) guard: Guard,
    at_work: Semaphore,
}

impl Server {
    pub(crate) fn new(explorer: Explorer, guard: Guard) -> Self {
        Self {
            explorer,
            guard,
            at_work: Semaphore::new(AT_WORK),
        }
    }
}

/// Answers until `shutdown` is ready.
pub(crate) async fn run(
    server: Arc<Server>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) {
    let app: Router = Router::new().fallback_service(answer.with_state(server));
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                // One too many is dropped, which closes it.
                Ok((stream, _)) => if let Ok(place) = Arc::clone(&places).try_acquire_owned() {
                    let app = app.clone();
                    connections.spawn(async move {
                        converse(app, stream).await;
                        drop(place);
                    });
                },
                Err(_) => sleep(ACCEPT_PAUSE).await,
            },
            Some(_) = connections.join_next() => {}
            () = &mut shutdown => return,
        }
    }
}

async fn converse(app: Router, stream: TcpStream) {
    // Small answers should not wait for a full segment; if it cannot be set, they wait.
    let _ = stream.set_nodelay(true);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(app));
    // A connection that breaks has nobody left to be told.
    let _ = connection.await;
}

async fn answer(
    State(server): State<Arc<Server>>,
    request: Request,
) -> Result<Response, Infallible> {
    let (head, body) = request.into_parts();
    let mut response = match server.guard.refuses(&head) {
        Some((status, why)) => plain(status, why),
        None => respond(&server, &head, body).await,
    };
    protect(response.headers_mut());
    Ok(response)
}

async fn respond(server: &Server, head: &http::request::Parts, body: Body) -> Response {
    let path = head.uri.path();
    match (&head.method, path.starts_with("/api/")) {
        (&Method::GET, false) => match page::file(path, server.guard.token()) {
            Some((kind, text)) => of(StatusCode::OK, kind, text.into()),
            None => plain(StatusCode::NOT_FOUND, "there is no such page"),
        },
        (&Method::POST, true) => {
            let Ok(_place) = server.at_work.acquire().await else {
                return plain(StatusCode::SERVICE_UNAVAILABLE, "the explorer ends");
            };
            match timeout(BODY_TIME, read(head, body)).await {
                Ok(Ok(bytes)) => api(server, path, bytes).await,
                Ok(Err(refused)) => of_refused(StatusCode::PAYLOAD_TOO_LARGE, &refused),
                Err(_) => plain(StatusCode::REQUEST_TIMEOUT, "the request took too long"),
            }
        }
        _ => plain(
            StatusCode::METHOD_NOT_ALLOWED,
            "GET for the page, POST for /api",
        ),
    }
}

async fn api(server: &Server, path: &str, body: Bytes) -> Response {
    match server.explorer.answer(path, body).await {
        // Wiped once it is sent.
        Some(Ok(text)) => of(StatusCode::OK, "application/json", Bytes::from_owner(text)),
        Some(Err(refused)) => of_refused(StatusCode::OK, &refused),
        None => plain(StatusCode::NOT_FOUND, "there is no such page"),
    }
}

/// A body, whole. One that is too large is read all the same, as far as anybody can be expected to.
async fn read(head: &http::request::Parts, mut body: Body) -> Result<Bytes, Refused> {
    let stated = head.headers.get(CONTENT_LENGTH);
    let stated = stated.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let mut kept = Some(BytesMut::with_capacity(
        stated.unwrap_or_default().min(LARGEST_BODY),
    ));
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
    let kept = kept.map(BytesMut::freeze);
    kept.ok_or_else(|| {
        too_large(
            "that is more than 32 MiB, and no service takes a picture of that size; choose a smaller file",
            "内容超过 32 MiB，任何服务都不接受这样大的图片；请选择更小的文件",
        )
    })
}

fn too_large(en: &str, zh: &str) -> Refused {
    Refused {
        message: told(en, zh),
        ..Refused::new(super::told::Check::Request, "", "")
    }
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
