//! The four paths that do something.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;

use crate::admission::{answer, compute};
use crate::open::{self, OpenReply, OpenRequest};
use crate::problem::ErrorReply;
use crate::recognize::{self, RecognizeReply, RecognizeRequest};
use crate::refusals::AtWork;
use crate::seal::{self, SealReply, SealRequest};
use crate::shared::Shared;
use crate::sign::{self, SignReply, SignRequest};

/// Seal a request; its opener waits here for the reply.
#[utoipa::path(post, path = "/v1/seal", tag = "envelope", security(("token" = [])),
    request_body = SealRequest,
    responses((status = 200, description = "Sealed", body = SealReply), AtWork))]
pub(crate) async fn seal(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    answer(
        shared,
        |shared| &shared.work,
        request,
        |admitted| compute(admitted, seal::seal),
    )
    .await
}

/// Open a reply. Its opener is used up, whatever the reply is.
#[utoipa::path(post, path = "/v1/open", tag = "envelope", security(("token" = [])),
    request_body = OpenRequest,
    responses((status = 200, description = "Opened", body = OpenReply),
              (status = 404, description = "There is no such opener", body = ErrorReply),
              (status = 429, description = "The reply says that the service limits the rate", body = ErrorReply),
              AtWork))]
pub(crate) async fn open(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    answer(
        shared,
        |shared| &shared.work,
        request,
        |admitted| compute(admitted, open::open),
    )
    .await
}

/// Sign a request that is written as text.
#[utoipa::path(post, path = "/v1/sign", tag = "signing", security(("token" = [])),
    request_body = SignRequest,
    responses((status = 200, description = "Signed", body = SignReply), AtWork))]
pub(crate) async fn sign(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    answer(
        shared,
        |shared| &shared.work,
        request,
        |admitted| compute(admitted, sign::sign),
    )
    .await
}

/// Recognise one ID card, encrypted where the cloud can.
#[utoipa::path(post, path = "/v1/recognize", tag = "calls", security(("token" = [])),
    request_body = RecognizeRequest,
    responses((status = 200, description = "Recognised", body = RecognizeReply<serde_json::Value>),
              (status = 429, description = "The service limits the rate", body = ErrorReply),
              (status = 502, description = "The network, or an answer that cannot be read", body = ErrorReply),
              AtWork))]
pub(crate) async fn recognize(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    answer(
        shared,
        |shared| &shared.calls,
        request,
        recognize::recognize,
    )
    .await
}
