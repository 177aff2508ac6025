//! The error codes of IAM, the API gateway, the AI platform and OCR, and the shapes they are answered in.
//!
//! Source: the error-code pages of OCR (`AIS.*`), ModelArts and APIG. They give the status of some codes only (400,
//! 401, 403, 404, 413); where they are silent the status here is the one that says the same. The messages are ours.

use std::borrow::Cow;
use std::fmt;

use http::StatusCode;
use serde_json::json;

use super::Answer;

/// A refusal by the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceError {
    status: StatusCode,
    code: Cow<'static, str>,
    message: Cow<'static, str>,
    shape: Shape,
}

/// OCR and the gateway speak one language, IAM another (OpenStack Keystone's).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Flat,
    Keystone,
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
            shape: Shape::Flat,
        }
    }

    fn keystone(status: StatusCode, message: &'static str) -> Self {
        ServiceError {
            shape: Shape::Keystone,
            ..ServiceError::new(status, status.as_str().to_owned(), message)
        }
    }

    /// The code, such as `APIG.0301`; for IAM, the status.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The HTTP status the refusal is answered with.
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    pub(super) fn into_answer(self) -> Answer {
        let body = match self.shape {
            Shape::Flat => json!({"error_code": self.code, "error_msg": self.message}),
            Shape::Keystone => json!({"error": {
                "code": self.status.as_u16(),
                "message": self.message,
                "title": self.status.canonical_reason(),
            }}),
        };
        Answer {
            status: self.status,
            headers: Vec::new(),
            body: body.to_string(),
        }
    }
}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for ServiceError {}

// One function an error: the list to read when looking for what the gateway can answer.

// The gateway

pub(super) fn no_such_api() -> ServiceError {
    ServiceError::new(
        StatusCode::NOT_FOUND,
        "APIG.0101",
        "The API does not exist or has not been published.",
    )
}

pub(super) fn body_too_large() -> ServiceError {
    ServiceError::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "APIGW.0201",
        "Request entity too large.",
    )
}

/// A signature that is malformed, wrong or too old, and a key that is not known: one code.
pub(super) fn bad_signature(why: &'static str) -> ServiceError {
    let message = format!("Incorrect IAM authentication information: {why}.");
    ServiceError::new(StatusCode::UNAUTHORIZED, "APIG.0301", message)
}

pub(super) fn token_unknown() -> ServiceError {
    let message = "Incorrect IAM authentication information: decrypt token fail.";
    ServiceError::new(StatusCode::UNAUTHORIZED, "APIG.0301", message)
}

pub(super) fn token_expired() -> ServiceError {
    ServiceError::new(
        StatusCode::UNAUTHORIZED,
        "APIG.0307",
        "The token must be updated.",
    )
}

pub(super) fn throttled() -> ServiceError {
    ServiceError::new(
        StatusCode::TOO_MANY_REQUESTS,
        "APIG.0308",
        "The throttling threshold has been reached.",
    )
}

pub(super) fn project_unavailable() -> ServiceError {
    ServiceError::new(
        StatusCode::FORBIDDEN,
        "APIG.0310",
        "The project is unavailable.",
    )
}

// The AI platform

pub(super) fn empty_token() -> ServiceError {
    ServiceError::new(
        StatusCode::UNAUTHORIZED,
        "ModelArts.4101",
        "X-Auth-Token is empty or sent twice.",
    )
}

pub(super) fn token_without_project() -> ServiceError {
    ServiceError::new(
        StatusCode::FORBIDDEN,
        "ModelArts.0212",
        "The token has no project scope.",
    )
}

pub(super) fn not_json() -> ServiceError {
    ServiceError::new(
        StatusCode::BAD_REQUEST,
        "ModelArts.4105",
        "The request body is not a JSON object, or is not said to be one.",
    )
}

pub(super) fn image_not_fetched() -> ServiceError {
    ServiceError::new(
        StatusCode::BAD_REQUEST,
        "ModelArts.4704",
        "The image cannot be fetched from its URL.",
    )
}

pub(super) fn internal() -> ServiceError {
    ServiceError::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "APIG.0601",
        "Something went wrong inside the service.",
    )
}

// OCR

/// `what` is ours or was checked to be plain.
pub(super) fn bad_parameter(what: impl Into<Cow<'static, str>>) -> ServiceError {
    ServiceError::new(StatusCode::BAD_REQUEST, "AIS.0101", what)
}

pub(super) fn image_not_base64() -> ServiceError {
    ServiceError::new(
        StatusCode::BAD_REQUEST,
        "AIS.0102",
        "The image is not Base64.",
    )
}

pub(super) fn image_too_large() -> ServiceError {
    ServiceError::new(
        StatusCode::BAD_REQUEST,
        "AIS.0103",
        "The image's Base64 is over 10 MB.",
    )
}

pub(super) fn image_not_supported() -> ServiceError {
    ServiceError::new(
        StatusCode::BAD_REQUEST,
        "AIS.0104",
        "The image is no PNG, JPEG, BMP or TIFF.",
    )
}

pub(super) fn no_such_side() -> ServiceError {
    ServiceError::new(
        StatusCode::BAD_REQUEST,
        "AIS.0105",
        "The image does not show that side of a card.",
    )
}

pub(super) fn from_fixture(code: &str) -> ServiceError {
    ServiceError::new(
        StatusCode::BAD_REQUEST,
        code.to_owned(),
        "The fixture asks for this error.",
    )
}

// IAM

pub(super) fn malformed_login(what: &'static str) -> ServiceError {
    ServiceError::keystone(StatusCode::BAD_REQUEST, what)
}

pub(super) fn wrong_login() -> ServiceError {
    ServiceError::keystone(
        StatusCode::UNAUTHORIZED,
        "The username or password is wrong.",
    )
}
