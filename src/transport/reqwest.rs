//! The async driver's network: reqwest on tokio.

use core::error::Error as StdError;
use core::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use reqwest::redirect::Policy;

use super::{TransportFailure, TransportOptions, tls};
use crate::error::printable;

/// A pool of connections.
#[derive(Clone)]
pub(crate) struct Reqwest {
    client: reqwest::Client,
    largest_reply: usize,
}

impl Reqwest {
    pub(crate) fn new(options: &TransportOptions) -> Result<Self, TransportFailure> {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::config(options)?)
            .redirect(Policy::none())
            .referer(false)
            .no_proxy()
            .user_agent(super::USER_AGENT)
            .build()
            .map_err(|error| tls::set_up(printable(&error.to_string())))?;
        Ok(Self {
            client,
            largest_reply: options.largest_reply,
        })
    }

    /// Sends a request and reads the whole reply within `left`.
    pub(crate) async fn send(
        &self,
        request: Request<Bytes>,
        left: Duration,
    ) -> Result<Response<Bytes>, TransportFailure> {
        let mut request: reqwest::Request = request
            .try_into()
            .map_err(|error: reqwest::Error| tls::set_up(printable(&error.to_string())))?;
        *request.timeout_mut() = Some(left);
        let mut reply = self
            .client
            .execute(request)
            .await
            .map_err(|error| failure(&error))?;

        let mut body = BytesMut::new();
        while let Some(chunk) = reply.chunk().await.map_err(|error| failure(&error))? {
            if body.len().saturating_add(chunk.len()) > self.largest_reply {
                return Err(TransportFailure::ReplyTooLarge {
                    most: self.largest_reply,
                });
            }
            body.extend_from_slice(&chunk);
        }
        let mut whole = Response::new(body.freeze());
        *whole.status_mut() = reply.status();
        *whole.headers_mut() = core::mem::take(reply.headers_mut());
        Ok(whole)
    }
}

fn failure(error: &reqwest::Error) -> TransportFailure {
    let reason = printable(&innermost(error).to_string());
    if causes(error).any(tls::is_failure) {
        return TransportFailure::Tls { reason };
    }
    if error.is_connect() && !error.is_timeout() {
        return TransportFailure::NotConnected { reason };
    }
    if error.is_timeout() {
        return TransportFailure::TimedOut;
    }
    TransportFailure::Broken { reason }
}

fn causes<'e>(
    error: &'e (dyn StdError + 'static),
) -> impl Iterator<Item = &'e (dyn StdError + 'static)> {
    core::iter::successors(Some(error), |error| (*error).source())
}

/// The last cause says most, and no URL.
fn innermost<'e>(error: &'e (dyn StdError + 'static)) -> &'e (dyn StdError + 'static) {
    causes(error).last().unwrap_or(error)
}
