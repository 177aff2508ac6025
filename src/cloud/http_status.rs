//! Errors from the HTTP status, for a reply whose body says nothing that this library knows.

use bytes::Bytes;
use http::{Response, StatusCode};

use crate::error::{Error, ErrorKind};

/// The error for a reply that is neither an answer nor a refusal by the service.
pub(crate) fn unexpected(reply: &Response<Bytes>) -> Error {
    let status = reply.status();
    if status == StatusCode::TOO_MANY_REQUESTS {
        return Error::new(
            ErrorKind::Throttled,
            "the reply has HTTP status 429: send fewer requests a second",
        );
    }
    let why = if status.is_redirection() {
        "a redirect, which is never followed, because it would carry the signed request elsewhere"
    } else {
        "without an error of the service; check the proxies and gateways in between"
    };
    Error::new(
        ErrorKind::Transport,
        format!("the reply has HTTP status {}, {why}", status.as_u16()),
    )
}

/// Whose fault a refusal with an unknown code is.
pub(crate) fn kind_of(status: StatusCode) -> ErrorKind {
    match status {
        StatusCode::TOO_MANY_REQUESTS => ErrorKind::Throttled,
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => ErrorKind::Credential,
        _ => ErrorKind::Service,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_without_a_body_is_the_networks_but_for_429() {
        for (status, kind) in [
            (302, ErrorKind::Transport),
            (404, ErrorKind::Transport),
            (429, ErrorKind::Throttled),
            (502, ErrorKind::Transport),
        ] {
            let reply = Response::builder()
                .status(status)
                .body(Bytes::new())
                .unwrap();
            let error = unexpected(&reply);
            assert_eq!(error.kind(), kind, "{status}");
            assert!(error.message().contains(&status.to_string()), "{error}");
        }
    }

    #[test]
    fn an_unknown_code_is_judged_by_its_status() {
        for (status, kind) in [
            (200, ErrorKind::Service),
            (400, ErrorKind::Service),
            (401, ErrorKind::Credential),
            (403, ErrorKind::Credential),
            (429, ErrorKind::Throttled),
            (500, ErrorKind::Service),
        ] {
            assert_eq!(kind_of(StatusCode::from_u16(status).unwrap()), kind);
        }
    }
}
