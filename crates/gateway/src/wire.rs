//! Answers on the wire, and the faults that happen there whatever the answer says.

use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::header::{CONTENT_TYPE, HeaderValue, LOCATION};
use http::{Response, StatusCode};
use hyper::body::{Body, Bytes, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

use crate::Fault;
use crate::cloud::Reply;

/// In how many pieces a body trickles.
const TRICKLE: usize = 10;

/// Bytes of an oversize answer: well over any sensible cap, in pieces of [`CHUNK`].
const OVERSIZE: usize = 64 * 1024 * 1024;
const CHUNK: usize = 64 * 1024;

/// How long the first half of a broken body has to leave the machine.
const FLUSH_TIME: Duration = Duration::from_millis(50);

/// The connection is closed at once, without an answer.
#[derive(Debug)]
pub(crate) struct Dropped;

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is dropped")
    }
}

impl std::error::Error for Dropped {}

/// The HTTP response for a finished answer, or what the fault makes of it.
pub(crate) async fn send(
    reply: Reply,
    fault: Option<Fault>,
    delay: Duration,
) -> Result<Response<WireBody>, Dropped> {
    let Reply {
        status,
        headers,
        body,
        ..
    } = reply;
    let answer = Bytes::from(body);
    let json = |body| {
        let mut response = with_type(status, "application/json", body);
        response.headers_mut().extend(headers);
        response
    };
    let response = match fault {
        Some(Fault::DropConnection) => return Err(Dropped),
        Some(Fault::SlowHeader) => {
            sleep(delay).await;
            json(WireBody::whole(answer))
        }
        Some(Fault::SlowBody) => json(WireBody::trickling(&answer, delay)),
        Some(Fault::TruncateBody) => json(WireBody::truncated(answer)),
        Some(Fault::Http500) => page(
            StatusCode::INTERNAL_SERVER_ERROR,
            "<html><body>500</body></html>",
        ),
        Some(Fault::Redirect) => {
            let mut response = page(StatusCode::TEMPORARY_REDIRECT, "");
            let elsewhere = HeaderValue::from_static("/elsewhere");
            response.headers_mut().insert(LOCATION, elsewhere);
            response
        }
        Some(Fault::OversizeReply) => json(WireBody::oversize()),
        Some(Fault::BadJson) => json(WireBody::whole(answer.slice(..answer.len() / 2))),
        Some(Fault::EmptyReply) => json(WireBody::whole(Bytes::new())),
        _ => json(WireBody::whole(answer)),
    };
    Ok(response)
}

/// The answer to a request that no cloud claims.
pub(crate) fn not_found() -> Response<WireBody> {
    page(StatusCode::NOT_FOUND, "<html><body>404</body></html>")
}

fn page(status: StatusCode, html: &'static str) -> Response<WireBody> {
    let body = WireBody::whole(Bytes::from_static(html.as_bytes()));
    with_type(status, "text/html", body)
}

fn with_type(status: StatusCode, kind: &'static str, body: WireBody) -> Response<WireBody> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let kind = HeaderValue::from_static(kind);
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

/// A body in pieces, which may promise more than it keeps. The pause comes before every piece, or before the break.
pub(crate) struct WireBody {
    pieces: VecDeque<Bytes>,
    /// What Content-Length says; none for a chunked body.
    promised: Option<u64>,
    end: End,
    pause: Duration,
    pausing: Option<Pin<Box<Sleep>>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Clean,
    Broken,
}

impl WireBody {
    fn whole(bytes: Bytes) -> Self {
        WireBody {
            promised: Some(bytes.len() as u64),
            pieces: if bytes.is_empty() {
                VecDeque::new()
            } else {
                VecDeque::from([bytes])
            },
            end: End::Clean,
            pause: Duration::ZERO,
            pausing: None,
        }
    }

    fn trickling(bytes: &Bytes, delay: Duration) -> Self {
        let piece = bytes.len().div_ceil(TRICKLE).max(1);
        WireBody {
            promised: Some(bytes.len() as u64),
            pieces: bytes.chunks(piece).map(Bytes::copy_from_slice).collect(),
            end: End::Clean,
            pause: delay / TRICKLE as u32,
            pausing: None,
        }
    }

    fn truncated(bytes: Bytes) -> Self {
        WireBody {
            promised: Some(bytes.len() as u64),
            pieces: VecDeque::from([bytes.slice(..bytes.len() / 2)]),
            end: End::Broken,
            // While it waits, the server flushes; an error at once would take the first half with it.
            pause: FLUSH_TIME,
            pausing: None,
        }
    }

    /// Valid JSON, were anyone to read it all: only a cap on the size can refuse it.
    fn oversize() -> Self {
        let blanks = Bytes::from(vec![b' '; CHUNK]);
        let mut pieces = VecDeque::from(vec![blanks; OVERSIZE / CHUNK]);
        pieces.push_back(Bytes::from_static(b"{\"Response\":{}}"));
        WireBody {
            promised: None,
            pieces,
            end: End::Clean,
            pause: Duration::ZERO,
            pausing: None,
        }
    }
}

impl Body for WireBody {
    type Data = Bytes;
    type Error = Dropped;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Dropped>>> {
        let is_due = match self.end {
            End::Clean => !self.pieces.is_empty(),
            End::Broken => self.pieces.is_empty(),
        };
        if is_due && !self.pause.is_zero() {
            let pause = self.pause;
            let pausing = self.pausing.get_or_insert_with(|| Box::pin(sleep(pause)));
            ready!(pausing.as_mut().poll(context));
            self.pausing = None;
        }
        Poll::Ready(match (self.pieces.pop_front(), self.end) {
            (Some(piece), _) => Some(Ok(Frame::data(piece))),
            (None, End::Broken) => Some(Err(Dropped)),
            (None, End::Clean) => None,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.pieces.is_empty() && self.end == End::Clean
    }

    fn size_hint(&self) -> SizeHint {
        match self.promised {
            Some(promised) => SizeHint::with_exact(promised),
            None => SizeHint::default(),
        }
    }
}
