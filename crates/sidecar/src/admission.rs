//! The way in for every request that costs something: its token, its form, a place, its body, and its time.

use std::future::Future;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::body;
use crate::gate::{Gate, Pass};
use crate::json::Json;
use crate::problem::Problem;
use crate::shared::Shared;
use crate::token::Caller;
use crate::visitor;

/// An admitted caller and the request.
pub(crate) struct Admitted {
    pub(crate) shared: Arc<Shared>,
    pub(crate) caller: Caller,
    pub(crate) body: Zeroizing<Vec<u8>>,
    pass: Pass,
}

/// Answers by `work` what is let in through `gate`.
pub(crate) async fn answer<F>(
    shared: Arc<Shared>,
    gate: fn(&Shared) -> &Gate,
    request: Request,
    work: impl FnOnce(Admitted) -> F,
) -> Response
where
    F: Future<Output = Result<Json, Problem>>,
{
    let time = shared.limits.time;
    let whole = async {
        let admitted = admit(shared, gate, request).await?;
        work(admitted).await
    };
    match timeout(time, whole).await {
        Ok(Ok(json)) => json.into_response(),
        Ok(Err(problem)) => problem.into_response(),
        Err(_) => Problem::new(
            StatusCode::GATEWAY_TIMEOUT,
            "timeout",
            "the request took longer than this sidecar allows; a call to a cloud may have been made and billed",
        )
        .into_response(),
    }
}

async fn admit(
    shared: Arc<Shared>,
    gate: fn(&Shared) -> &Gate,
    request: Request,
) -> Result<Admitted, Problem> {
    let (head, body) = request.into_parts();
    let most = shared.limits.body;
    let (caller, room) = match at_the_door(&shared, &head.headers, most) {
        Ok(known) => known,
        Err(problem) => {
            body::refuse(&head.headers, body).await;
            return Err(problem);
        }
    };
    let pass = gate(&shared).enter(room).await?;
    let body = read(&shared, body, room).await?;
    Ok(Admitted {
        shared,
        caller,
        body,
        pass,
    })
}

fn at_the_door(
    shared: &Shared,
    headers: &HeaderMap,
    most: usize,
) -> Result<(Caller, usize), Problem> {
    let caller = visitor::caller(&shared.tokens, headers)?;
    body::is_json(headers)?;
    Ok((caller, body::room(headers, most)?))
}

async fn read(shared: &Shared, body: Body, room: usize) -> Result<Zeroizing<Vec<u8>>, Problem> {
    body::read(body, room, shared.limits.body, shared.limits.patience).await
}

/// Does what takes the processor's time where it holds up nobody's connection. The place is held to its end, whether or
/// not anybody still waits.
pub(crate) async fn compute<T: Send + 'static>(
    admitted: Admitted,
    work: impl FnOnce(&Admitted) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let done = spawn_blocking(move || work(&admitted)).await;
    done.unwrap_or_else(|_| {
        Err(Problem::bug(
            "the sidecar panicked; nothing was done; please report this",
        ))
    })
}

impl Admitted {
    /// The same, as two: what is read, and the place, which a call to a cloud holds longer.
    pub(crate) fn into_parts(self) -> (Arc<Shared>, Zeroizing<Vec<u8>>, Pass) {
        (self.shared, self.body, self.pass)
    }
}
