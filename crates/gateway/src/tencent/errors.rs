//! The service's error codes and the shape they are answered in.
//!
//! Codes: the common list (pages 1232/56237 and 1124/51868) and the OCR product's own (API pages of IDCardOCR and
//! RecognizeEncryptedIDCardOCR). The messages are ours.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

/// A refusal by the service: the content of `Response.Error`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceError {
    code: Cow<'static, str>,
    message: Cow<'static, str>,
    /// Which step failed, for the log only.
    step: Option<&'static str>,
}

impl ServiceError {
    pub(super) fn new(
        code: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        let (code, message) = (code.into(), message.into());
        ServiceError {
            code,
            message,
            step: None,
        }
    }

    /// The same answer, and which step failed, for the log.
    pub(super) fn at(mut self, step: &'static str) -> Self {
        self.step = Some(step);
        self
    }

    pub(super) fn step(&self) -> Option<&'static str> {
        self.step
    }

    /// The code, such as `AuthFailure.SignatureFailure`.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The answer's body: `{"Response":{"Error":{"Code":…,"Message":…},"RequestId":…}}`.
    pub(super) fn to_body(&self, request_id: &str) -> String {
        let error = Error {
            code: &self.code,
            message: &self.message,
        };
        let response = Refusal { error, request_id };
        to_body(&response)
    }
}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for ServiceError {}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Refusal<'a> {
    error: Error<'a>,
    request_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Error<'a> {
    code: &'a str,
    message: &'a str,
}

/// `{"Response":…}` as JSON.
pub(super) fn to_body<T: Serialize>(response: &T) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Wrapper<'a, T> {
        response: &'a T,
    }
    // Structs of strings and numbers always serialise; an empty body is what a server that cannot would send.
    serde_json::to_string(&Wrapper { response }).unwrap_or_default()
}

// One function an error: the list to read when looking for what the gateway can answer.

// Authentication

pub(super) fn invalid_authorization(what: &'static str) -> ServiceError {
    ServiceError::new("AuthFailure.InvalidAuthorization", what)
}

pub(super) fn secret_id_not_found() -> ServiceError {
    ServiceError::new(
        "AuthFailure.SecretIdNotFound",
        "The SecretId is not known here.",
    )
}

pub(super) fn signature_failure() -> ServiceError {
    ServiceError::new(
        "AuthFailure.SignatureFailure",
        "The signature does not match the request.",
    )
}

/// A POST signed by TC3 whose URL has a query, which no signature covers.
pub(super) fn signature_of_a_query() -> ServiceError {
    let message = "The query of a POST must be empty; move its parameters into the body.";
    ServiceError::new("AuthFailure.SignatureFailure", message)
}

pub(super) fn signature_expired() -> ServiceError {
    let message = "The timestamp is more than five minutes away from the server's time.";
    ServiceError::new("AuthFailure.SignatureExpire", message)
}

/// The code that the service answers to a request too large for signature v1, with the way out in its message.
pub(super) fn too_large_for_v1() -> ServiceError {
    let message = "Signature v1 allows 32 KB by GET and 1 MB by POST; sign with TC3-HMAC-SHA256.";
    ServiceError::new("AuthFailure.SignatureFailure", message)
}

pub(super) fn token_failure() -> ServiceError {
    let message = "The token does not belong to the SecretId.";
    ServiceError::new("AuthFailure.TokenFailure", message)
}

pub(super) fn role_refused() -> ServiceError {
    ServiceError::new("UnauthorizedOperation", "The role may not be assumed.")
}

// The request as a whole

pub(super) fn request_too_large() -> ServiceError {
    ServiceError::new(
        "RequestSizeLimitExceeded",
        "The request body is over 10 MB.",
    )
}

pub(super) fn query_too_large() -> ServiceError {
    let message = "The query is over 32 KB; send the parameters by POST.";
    ServiceError::new("RequestSizeLimitExceeded", message)
}

pub(super) fn only_get_and_post() -> ServiceError {
    ServiceError::new("UnsupportedProtocol", "Use POST or GET for this API.")
}

pub(super) fn not_a_get() -> ServiceError {
    let message =
        "A GET request has no body and the Content-Type application/x-www-form-urlencoded.";
    ServiceError::new("UnsupportedProtocol", message)
}

pub(super) fn no_multipart() -> ServiceError {
    let message = "This action does not take multipart/form-data.";
    ServiceError::new("UnsupportedProtocol", message)
}

pub(super) fn bad_multipart() -> ServiceError {
    let message = "The multipart/form-data body cannot be read.";
    ServiceError::new("InvalidRequest", message)
}

pub(super) fn parameters_not_readable() -> ServiceError {
    let message = "The parameters cannot be read, or one of them is duplicated.";
    ServiceError::new("InvalidParameter", message)
}

pub(super) fn not_json_content() -> ServiceError {
    ServiceError::new("InvalidParameter", "Content-Type must be application/json.")
}

pub(super) fn body_not_json() -> ServiceError {
    let message = "The request body is not a JSON object, or names a member twice.";
    ServiceError::new("InvalidParameter", message)
}

pub(super) fn no_such_product() -> ServiceError {
    let message = "The service in the credential scope is not offered here.";
    ServiceError::new("NoSuchProduct", message)
}

pub(super) fn invalid_action() -> ServiceError {
    ServiceError::new("InvalidAction", "The service has no such action.")
}

pub(super) fn no_such_version() -> ServiceError {
    ServiceError::new("NoSuchVersion", "The action has no such version.")
}

pub(super) fn throttled() -> ServiceError {
    ServiceError::new("RequestLimitExceeded", "Too many requests a second.")
}

pub(super) fn internal() -> ServiceError {
    ServiceError::new("InternalError", "Something went wrong inside the service.")
}

// Members. The names in these messages are ours or were checked to be plain.

pub(super) fn missing_parameter(name: &str) -> ServiceError {
    ServiceError::new("MissingParameter", format!("{name} is missing."))
}

pub(super) fn unknown_parameter() -> ServiceError {
    ServiceError::new(
        "UnknownParameter",
        "The request has a member that this action does not know.",
    )
}

pub(super) fn wrong_type(name: &str, wanted: &str) -> ServiceError {
    ServiceError::new("InvalidParameter", format!("{name} must be {wanted}."))
}

pub(super) fn image_in_clear() -> ServiceError {
    let message = "The image belongs into EncryptedBody, not beside it.";
    ServiceError::new("InvalidParameter", message)
}

pub(super) fn value_not_allowed(name: &str) -> ServiceError {
    let message = format!("{name} has a value that is not allowed.");
    ServiceError::new("InvalidParameterValue.InvalidParameterValueLimit", message)
}

pub(super) fn config_format() -> ServiceError {
    let message = "Config must be a string that holds a JSON object of known switches.";
    ServiceError::new("InvalidParameter.ConfigFormatError", message)
}

// Faceid

pub(super) fn cannot_decrypt() -> ServiceError {
    let message = "The encrypted fields cannot be opened.";
    ServiceError::new("FailedOperation.DecryptSystemError", message)
}

pub(super) fn field_not_encryptable() -> ServiceError {
    let message = "EncryptList names a field that this action does not take encrypted.";
    ServiceError::new("InvalidParameter.UnsupportEncryptField", message)
}

// OCR

/// What the real service was seen to answer to a garbled envelope, whatever is wrong with it.
pub(super) fn bad_envelope() -> ServiceError {
    ServiceError::new("FailedOperation.UnKnowError", "Unknown error.")
}

pub(super) fn no_image() -> ServiceError {
    ServiceError::new("FailedOperation.EmptyImageError", "There is no image.")
}

pub(super) fn image_not_decodable() -> ServiceError {
    ServiceError::new(
        "FailedOperation.ImageDecodeFailed",
        "The image cannot be decoded.",
    )
}

pub(super) fn image_too_large() -> ServiceError {
    ServiceError::new(
        "LimitExceeded.TooLargeFileError",
        "The image's Base64 is over 10M.",
    )
}

pub(super) fn image_not_downloadable() -> ServiceError {
    ServiceError::new(
        "FailedOperation.DownLoadError",
        "The image cannot be downloaded.",
    )
}

pub(super) fn no_such_side() -> ServiceError {
    ServiceError::new(
        "FailedOperation.CardSideError",
        "The image does not show that side of a card.",
    )
}

pub(super) fn from_fixture(code: &str) -> ServiceError {
    ServiceError::new(code.to_owned(), "The fixture asks for this error.")
}
