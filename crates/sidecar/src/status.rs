//! What needs no token: whether the sidecar lives, whether it can be given work, and its figures.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::Serialize;
use utoipa::ToSchema;

use crate::json::Json;
use crate::openers;
use crate::problem::Problem;
use crate::refusals::AtTheDoor;
use crate::shared::Shared;

/// All is well.
#[derive(Serialize, ToSchema)]
pub(crate) struct Status {
    /// `ok`.
    status: &'static str,
}

fn ok() -> Response {
    match Json::write(&Status { status: "ok" }) {
        Ok(json) => json.into_response(),
        Err(problem) => problem.into_response(),
    }
}

/// Whether the process answers.
#[utoipa::path(get, path = "/healthz", tag = "state",
    responses((status = 200, description = "It lives", body = Status), AtTheDoor))]
pub(crate) async fn healthz() -> Response {
    ok()
}

/// Whether it can be given work.
#[utoipa::path(get, path = "/readyz", tag = "state", responses(
    (status = 200, description = "It can", body = Status),
    (status = 503, description = "It stops, or keeps as many openers as fit", body = crate::problem::ErrorReply),
    AtTheDoor))]
pub(crate) async fn readyz(State(shared): State<Arc<Shared>>) -> Response {
    if shared.is_stopping() {
        return Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            "the sidecar is stopping; send nothing new",
        )
        .into_response();
    }
    match shared.openers.is_full() {
        true => openers::full().into_response(),
        false => ok(),
    }
}

/// Counts and times, as Prometheus reads them.
#[utoipa::path(get, path = "/metrics", tag = "state", responses(
    (status = 200, description = "The figures", body = String,
     content_type = "application/openmetrics-text"),
    AtTheDoor))]
pub(crate) async fn metrics(State(shared): State<Arc<Shared>>) -> Response {
    let kept = i64::try_from(shared.openers.count()).unwrap_or(i64::MAX);
    shared.metrics.openers.set(kept);
    match shared.metrics.text() {
        Some(text) => (
            [(
                CONTENT_TYPE,
                "application/openmetrics-text; version=1.0.0; charset=utf-8",
            )],
            text,
        )
            .into_response(),
        None => Problem::bug("the figures cannot be written; please report it").into_response(),
    }
}
