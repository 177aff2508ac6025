//! Which path is answered by what.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use http::{Method, StatusCode, Uri};

use crate::document::description;
use crate::problem::Problem;
use crate::shared::Shared;
use crate::{routes, status};

/// The paths, by the names that the figures know them by.
const PATHS: [&str; 8] = [
    "/v1/seal",
    "/v1/open",
    "/v1/sign",
    "/v1/recognize",
    "/healthz",
    "/readyz",
    "/metrics",
    "/openapi.json",
];

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/v1/seal", post(routes::seal))
        .route("/v1/open", post(routes::open))
        .route("/v1/sign", post(routes::sign))
        .route("/v1/recognize", post(routes::recognize))
        .route("/healthz", get(status::healthz))
        .route("/readyz", get(status::readyz))
        .route("/metrics", get(status::metrics))
        .route("/openapi.json", get(description))
        .method_not_allowed_fallback(other_method)
        .fallback(elsewhere)
        .with_state(shared)
}

/// A path's name for the figures; strangers' paths are all called alike.
pub(crate) fn name_of(uri: &Uri) -> &'static str {
    let found = PATHS.iter().find(|path| **path == uri.path());
    found.copied().unwrap_or("other")
}

async fn other_method(method: Method) -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method",
        match method {
            Method::GET => "this path takes POST, and a body of JSON",
            _ => "this path takes another method; /openapi.json says which",
        },
    )
}

async fn elsewhere() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "not_found",
        "there is no such path; /openapi.json lists them",
    )
}
