//! The interface of a cloud in the gateway: it claims requests and answers them.

use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

use crate::gateway::Gateway;
use crate::{SignedRequest, signing};

/// One cloud's API.
pub(crate) trait Cloud: Sync {
    /// The cloud's name in the log.
    fn name(&self) -> &'static str;
    /// Whether the request belongs to this cloud, by its signature or its path.
    fn claims(&self, head: &Parts) -> bool;
    /// The maximum body of this request, in bytes.
    fn body_limit(&self, head: &Parts) -> usize;
    /// The whole service: checks everything and answers.
    fn answer(&self, gateway: &Gateway, request: &Inbound<'_>) -> Reply;
}

/// A received request.
pub(crate) struct Inbound<'a> {
    pub method: &'a Method,
    pub path: &'a str,
    /// As received, without the question mark.
    pub query: &'a str,
    pub headers: &'a HeaderMap,
    /// None when it was over [`Cloud::body_limit`].
    pub body: Option<&'a [u8]>,
}

impl<'a> Inbound<'a> {
    /// The single value of a header; `None` if it is empty, repeated or non-ASCII.
    pub(crate) fn header(&self, name: &str) -> Option<&'a str> {
        signing::single(self.headers, name)
    }

    /// The parts that a signature covers, with a body within the limit.
    pub(crate) fn signed(&self, body: &'a [u8]) -> SignedRequest<'a> {
        SignedRequest {
            method: self.method.as_str(),
            path: self.path,
            query: self.query,
            headers: self.headers,
            body,
        }
    }

    /// Whether Content-Type is JSON.
    pub(crate) fn is_json(&self) -> bool {
        self.media_type().eq_ignore_ascii_case("application/json")
    }

    /// Content-Type without its parameters.
    pub(crate) fn media_type(&self) -> &'a str {
        let kind = self.header("content-type").unwrap_or_default();
        kind.split(';').next().unwrap_or_default().trim()
    }
}

/// An answer before it is sent.
pub(crate) struct Reply {
    pub status: StatusCode,
    /// Beside Content-Type, which is JSON.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The action, when it is known and was allowed.
    pub action: Option<&'static str>,
    /// The error code in the body, for the log.
    pub code: Option<String>,
    /// Which step of opening an envelope failed, for the log and never in the body.
    pub step: Option<&'static str>,
    pub request_id: String,
    pub body: Vec<u8>,
}
