//! Bodies: read within bounds of size and time, into memory that is wiped.

use std::time::Duration;

use axum::body::Body;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, EXPECT};
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::problem::Problem;

/// A body that is refused is read up to here and thrown away, so that its sender gets to read why.
const DRAIN_LIMIT: usize = 64 << 20;

/// Senders are not waited for longer than this once they are refused.
const DRAIN_TIME: Duration = Duration::from_secs(5);

/// What a sender says of a body's length; a body that comes in chunks may have all that is allowed.
pub(crate) fn room(headers: &HeaderMap, most: usize) -> Result<usize, Problem> {
    let Some(length) = headers.get(CONTENT_LENGTH) else {
        return Ok(most);
    };
    let length = length.to_str().ok().and_then(|text| text.parse().ok());
    length
        .filter(|&length| length <= most)
        .ok_or_else(|| too_large(most))
}

/// A page of another origin can send text and forms unasked, and JSON only where it is allowed to. What says two things of
/// itself is neither.
pub(crate) fn is_json(headers: &HeaderMap) -> Result<(), Problem> {
    let refused = |message: &str| {
        Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "media_type",
            message,
        ))
    };
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let text = types.next().and_then(|it| it.to_str().ok());
    let essence = text
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default();
    if types.next().is_some() || !essence.trim().eq_ignore_ascii_case("application/json") {
        return refused("the body must be JSON; send it with Content-Type: application/json");
    }
    let is_identity = |it: &http::HeaderValue| it.as_bytes().eq_ignore_ascii_case(b"identity");
    if !headers.get_all(CONTENT_ENCODING).iter().all(is_identity) {
        return refused("the body must not be compressed; send it without Content-Encoding");
    }
    Ok(())
}

/// The whole body.
pub(crate) async fn read(
    body: Body,
    room: usize,
    most: usize,
    patience: Duration,
) -> Result<Zeroizing<Vec<u8>>, Problem> {
    match timeout(patience, read_all(body, room, most)).await {
        Ok(read) => read,
        Err(_) => Err(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "timeout",
            "the body did not arrive in time; nothing was done; send the request again",
        )),
    }
}

async fn read_all(mut body: Body, room: usize, most: usize) -> Result<Zeroizing<Vec<u8>>, Problem> {
    // What is promised is not given before it comes: a sender pays for its memory.
    let mut read = Zeroizing::new(Vec::with_capacity(room.min(64 * 1024)));
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Problem::malformed("the body was truncated"))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        let length = read.len().saturating_add(data.len());
        if length > most {
            drop(read);
            drain(body).await;
            return Err(too_large(most));
        }
        if length > read.capacity() {
            // Memory that grew by itself would leave its old contents behind.
            let more = read
                .capacity()
                .saturating_mul(2)
                .clamp(length, room.max(length));
            let mut larger = Zeroizing::new(Vec::with_capacity(more));
            larger.extend_from_slice(&read);
            read = larger;
        }
        read.extend_from_slice(&data);
    }
    Ok(read)
}

/// Reads what is refused, where its sender does not wait to be asked for it.
pub(crate) async fn refuse(headers: &HeaderMap, body: Body) {
    if !headers.contains_key(EXPECT) {
        let _ = timeout(DRAIN_TIME, drain(body)).await;
    }
}

async fn drain(mut body: Body) {
    let mut length = 0_usize;
    while let Some(Ok(frame)) = body.frame().await {
        length = length.saturating_add(frame.data_ref().map_or(0, bytes::Bytes::len));
        if length > DRAIN_LIMIT {
            break;
        }
    }
}

fn too_large(most: usize) -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "too_large",
        format!("the body is too large; at most {most} bytes are read"),
    )
}
