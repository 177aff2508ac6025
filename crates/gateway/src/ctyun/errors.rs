//! The gateway's error codes and the shape they are answered in.
//!
//! Two codes are known from anywhere: `CTAPI_10002`, access or secret key not valid, and `CTAPI_10009`, signature
//! verification failed. The rest has words in the number's place, so that nobody takes them for the vendor's. The
//! two known ones come with status 200, since callers must not rely on it; the others with the status that says the
//! same. The messages are ours.

use std::borrow::Cow;
use std::fmt;

use http::StatusCode;
use serde_json::{Value, json};

/// The part that stands before each code in `statusCode`.
const PREFIX: &str = "CTAPI_";

/// A refusal by the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceError {
    status: StatusCode,
    code: Cow<'static, str>,
    message: Cow<'static, str>,
}

impl ServiceError {
    fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        ServiceError {
            status,
            code: code.into(),
            message: message.into(),
        }
    }

    /// The value of `statusCode`, such as `CTAPI_10009`.
    pub fn code(&self) -> &str {
        &self.code
    }

    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    /// The answer's body, in the shape of a published refusal.
    pub(super) fn to_body(&self, request_id: &str) -> Value {
        let number = self.code.strip_prefix(PREFIX).unwrap_or(&self.code);
        json!({
            "requestId": request_id,
            "error": number,
            "code": number,
            "message": format!("ctyun-EOP: {}", self.message),
            "eopErrCode": number,
            "statusCode": self.code,
            "returnObj": {},
        })
    }
}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for ServiceError {}

// One function an error: the list to read when looking for what the gateway can answer.

// Authentication

pub(super) fn unknown_key(what: &'static str) -> ServiceError {
    ServiceError::new(StatusCode::OK, "CTAPI_10002", what)
}

/// A signature that is malformed, wrong or too old: one code, as far as anybody knows.
pub(super) fn signature_failure(why: &'static str) -> ServiceError {
    let message = format!("signature verification failed: {why}");
    ServiceError::new(StatusCode::OK, "CTAPI_10009", message)
}

pub(super) fn missing_header(name: &'static str) -> ServiceError {
    let message = format!("the header {name} is missing");
    ServiceError::new(StatusCode::BAD_REQUEST, "CTAPI_MISSING_HEADER", message)
}

// The request as a whole

pub(super) fn body_too_large() -> ServiceError {
    ServiceError::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "CTAPI_BODY_TOO_LARGE",
        "the request body is over 32 MB",
    )
}

pub(super) fn no_such_api() -> ServiceError {
    ServiceError::new(
        StatusCode::NOT_FOUND,
        "CTAPI_NO_SUCH_API",
        "there is no API at this path",
    )
}

pub(super) fn only_post() -> ServiceError {
    ServiceError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "CTAPI_ONLY_POST",
        "use POST for this API",
    )
}

pub(super) fn not_json_content() -> ServiceError {
    bad_request("Content-Type must be application/json")
}

pub(super) fn body_not_json() -> ServiceError {
    bad_request("the request body is not a JSON object, or names a member twice")
}

pub(super) fn throttled() -> ServiceError {
    ServiceError::new(
        StatusCode::TOO_MANY_REQUESTS,
        "CTAPI_THROTTLED",
        "too many requests a second",
    )
}

pub(super) fn internal() -> ServiceError {
    ServiceError::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "CTAPI_INTERNAL",
        "something went wrong inside the service",
    )
}

// Members and pictures

/// `what` is ours: nothing a caller wrote is in it.
pub(super) fn bad_request(what: impl Into<Cow<'static, str>>) -> ServiceError {
    ServiceError::new(StatusCode::BAD_REQUEST, "CTAPI_BAD_REQUEST", what)
}

pub(super) fn bad_image(why: &'static str) -> ServiceError {
    ServiceError::new(StatusCode::BAD_REQUEST, "CTAPI_BAD_IMAGE", why)
}

pub(super) fn from_fixture(code: &str) -> ServiceError {
    ServiceError::new(
        StatusCode::OK,
        code.to_owned(),
        "the fixture asks for this error",
    )
}
