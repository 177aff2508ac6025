//! Errors for callers: an HTTP status and `{"error":{"kind","message","code","request_id","opened"}}`.

use std::fmt;
use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use cardseal::{Error, ErrorKind, KeyRejected};
use http::StatusCode;
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;
use zeroize::Zeroizing;

/// More than stands around a message and an opened text.
const AROUND: usize = 1024;

/// The body of every answer that is an error.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorReply {
    error: ErrorDetail,
}

#[derive(Debug, Serialize, ToSchema)]
struct ErrorDetail {
    /// Whose fault it is. Of the library: input, key, credential, signing, transport, throttled, service, protocol, open,
    /// provider, bug. Of the sidecar: unauthorized, forbidden, not_found, method, media_type, too_large, timeout, busy.
    kind: &'static str,
    /// What happened and what to do. One line.
    message: String,
    /// The service's own code, such as FailedOperation.ImageBlur.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    code: Option<String>,
    /// The service's request id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    request_id: Option<String>,
    /// The base64 of what a billed answer opened to that cannot be read: its tag is right and it is not JSON, or it is no
    /// card. It is personal data.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<String>)]
    opened: Option<OpenedText>,
}

/// Base64 of personal data, for the caller alone.
struct OpenedText(Zeroizing<String>);

impl fmt::Debug for OpenedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OpenedText")
    }
}

impl Serialize for OpenedText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// An error for a caller. What it prints contains no key, no body, and no text recognised on a card.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    detail: Box<ErrorDetail>,
    retry_after: Option<Duration>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, kind: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            detail: Box::new(ErrorDetail {
                kind,
                message: message.into(),
                code: None,
                request_id: None,
                opened: None,
            }),
            retry_after: None,
        }
    }

    /// The request's body is not what the description says.
    pub(crate) fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "input", message)
    }

    /// The body is as described, and what it holds cannot be used.
    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "input", message)
    }

    /// A defect here.
    pub(crate) fn bug(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "bug", message)
    }

    /// Nothing is wrong but the time.
    pub(crate) fn busy(message: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", message).after(Duration::from_secs(1))
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// The same error with another status: what is at fault is known better where it is seen.
    pub(crate) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// The same error with the request's id, where it had none.
    pub(crate) fn of_request(mut self, id: Option<&str>) -> Self {
        if self.detail.request_id.is_none() {
            self.detail.request_id =
                id.map(|id| id.chars().filter(|c| !c.is_control()).take(128).collect());
        }
        self
    }

    fn after(self, time: Duration) -> Self {
        Self {
            retry_after: Some(time),
            ..self
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let (status, kind) = told(error.kind());
        let message = in_its_words(&error.to_string()).replace(char::is_control, " ");
        let mut problem = Self::new(status, kind, message);
        problem.detail.code = error.service_code().map(str::to_owned);
        let opened = error.opened_text();
        problem.detail.opened =
            opened.map(|text| OpenedText(Zeroizing::new(STANDARD.encode(text))));
        problem.retry_after = error.retry_after();
        problem.of_request(error.request_id())
    }
}

impl From<KeyRejected> for Problem {
    fn from(reason: KeyRejected) -> Self {
        Error::from(reason).into()
    }
}

/// What the library advises its own callers, for who calls over HTTP: the sidecar was started with options.
fn in_its_words(message: &str) -> String {
    const NAMES: [(&str, &str); 4] = [
        (
            "TransportOptions::root_certificate or native_roots, on the command line --ca-file",
            "start the sidecar with --ca-file or --native-roots",
        ),
        (
            "set it with TransportOptions::proxy, on the command line --proxy",
            "start the sidecar with --proxy",
        ),
        (
            "give one with TransportOptions::client_certificate",
            "start the sidecar with --client-cert and --client-key",
        ),
        (
            "; or take it as it is with `Image::from_bytes_unchecked`, where the service takes it",
            "",
        ),
    ];
    let names = NAMES.iter();
    names.fold(message.to_owned(), |message, (theirs, ours)| {
        message.replace(theirs, ours)
    })
}

/// The status and the name of a kind. Credentials are the sidecar's own, and the network, the service and its answer lie
/// beyond it.
fn told(kind: ErrorKind) -> (StatusCode, &'static str) {
    match kind {
        ErrorKind::Input => (StatusCode::UNPROCESSABLE_ENTITY, "input"),
        ErrorKind::Key => (StatusCode::UNPROCESSABLE_ENTITY, "key"),
        ErrorKind::Credential => (StatusCode::SERVICE_UNAVAILABLE, "credential"),
        ErrorKind::Signing => (StatusCode::BAD_GATEWAY, "signing"),
        ErrorKind::Transport => (StatusCode::BAD_GATEWAY, "transport"),
        ErrorKind::Throttled => (StatusCode::TOO_MANY_REQUESTS, "throttled"),
        ErrorKind::Service => (StatusCode::UNPROCESSABLE_ENTITY, "service"),
        ErrorKind::Protocol => (StatusCode::BAD_GATEWAY, "protocol"),
        ErrorKind::Open => (StatusCode::BAD_GATEWAY, "open"),
        ErrorKind::Provider => (StatusCode::INTERNAL_SERVER_ERROR, "provider"),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, "bug"),
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let opened = self.detail.opened.as_ref();
        let room = opened.map_or(0, |opened| opened.0.len());
        let room = room
            .saturating_add(self.detail.message.len())
            .saturating_add(AROUND);
        let mut body = Zeroizing::new(Vec::with_capacity(room));
        let error = ErrorReply {
            error: *self.detail,
        };
        // Texts alone: nothing there fails.
        let _ = serde_json::to_writer(&mut *body, &error);
        let body = Body::from(Bytes::from_owner(body));
        let mut response =
            (self.status, [(CONTENT_TYPE, "application/json")], body).into_response();
        let headers = response.headers_mut();
        if let Some(time) = self.retry_after {
            headers.insert(RETRY_AFTER, time.as_secs().max(1).into());
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, http::HeaderValue::from_static("Bearer"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_own_name_in_lower_case_and_a_status_that_says_whose_fault_it_is() {
        for (kind, status) in [
            (ErrorKind::Input, 422),
            (ErrorKind::Key, 422),
            (ErrorKind::Credential, 503),
            (ErrorKind::Signing, 502),
            (ErrorKind::Transport, 502),
            (ErrorKind::Throttled, 429),
            (ErrorKind::Service, 422),
            (ErrorKind::Protocol, 502),
            (ErrorKind::Open, 502),
            (ErrorKind::Provider, 500),
            (ErrorKind::Bug, 500),
        ] {
            let (told_status, name) = told(kind);
            assert_eq!(told_status, status, "{kind:?}");
            assert_eq!(name, format!("{kind:?}").to_lowercase());
        }
    }
}
