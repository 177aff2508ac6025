//! The network of the async driver: hyper on tokio.

mod dial;

use core::error::Error as StdError;
use core::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT, ACCEPT_ENCODING};
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::capture_connection;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::dial::Dialer;
use super::{OwnHeaders, TransportFailure, TransportOptions, encoding, tls};
use crate::error::printable;
use dial::Dial;

/// A pool of connections.
#[derive(Clone)]
pub(crate) struct Hyper {
    client: Client<Dial, Full<Bytes>>,
    own_headers: OwnHeaders,
    largest_reply: usize,
}

impl Hyper {
    pub(crate) fn new(options: &TransportOptions) -> Result<Self, TransportFailure> {
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(options.idle_timeout)
            // For hyper, zero connections means that none is kept.
            .pool_max_idle_per_host(if options.idle_timeout.is_zero() {
                0
            } else {
                options.idle_connections
            })
            .build(Dial::new(Dialer::new(options)?));
        Ok(Self {
            client,
            own_headers: options.own_headers.clone(),
            largest_reply: options.largest_reply,
        })
    }

    /// Sends a request and reads the whole reply within `left`.
    pub(crate) async fn send(
        &self,
        request: Request<Bytes>,
        left: Duration,
    ) -> Result<Response<Bytes>, TransportFailure> {
        let mut request = request.map(Full::new);
        let headers = request.headers_mut();
        self.own_headers.add_to(headers);
        headers.insert(
            ACCEPT_ENCODING,
            HeaderValue::from_static(super::ACCEPT_ENCODING),
        );
        headers
            .entry(ACCEPT)
            .or_insert(HeaderValue::from_static("*/*"));
        let connected = capture_connection(&mut request);
        match tokio::time::timeout(left, self.exchange(request)).await {
            Ok(reply) => encoding::undo(reply?, self.largest_reply),
            Err(_) if connected.connection_metadata().is_none() => Err(
                TransportFailure::not_connected(format!("the attempt's {left:?} were over first")),
            ),
            Err(_) => Err(TransportFailure::TimedOut),
        }
    }

    async fn exchange(
        &self,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Bytes>, TransportFailure> {
        let reply = self
            .client
            .request(request)
            .await
            .map_err(|error| failure(&error))?;
        let (parts, mut body) = reply.into_parts();
        let mut whole = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let Ok(chunk) = frame.map_err(|error| failure(&error))?.into_data() else {
                continue;
            };
            if whole.len().saturating_add(chunk.len()) > self.largest_reply {
                return Err(TransportFailure::ReplyTooLarge {
                    most: self.largest_reply,
                });
            }
            whole.extend_from_slice(&chunk);
        }
        Ok(Response::from_parts(parts, whole.freeze()))
    }
}

fn failure(error: &(dyn StdError + 'static)) -> TransportFailure {
    // A failure before there was a connection has its own type.
    let dialling = causes(error).find_map(|cause| cause.downcast_ref::<TransportFailure>());
    let ours = dialling
        .cloned()
        .or_else(|| causes(error).find_map(tls::failure));
    ours.unwrap_or_else(|| TransportFailure::Broken {
        reason: printable(&innermost(error).to_string()),
    })
}

fn causes<'e>(
    error: &'e (dyn StdError + 'static),
) -> impl Iterator<Item = &'e (dyn StdError + 'static)> {
    core::iter::successors(Some(error), |error| (*error).source())
}

/// The innermost cause is the most specific, and has no URL.
fn innermost<'e>(error: &'e (dyn StdError + 'static)) -> &'e (dyn StdError + 'static) {
    causes(error).last().unwrap_or(error)
}
