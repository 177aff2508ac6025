//! The ways a request may come, each of them checked and taken to one shape: who calls which action with what.
//!
//! | signature | request | parameters |
//! |---|---|---|
//! | TC3 | POST, JSON | the body |
//! | TC3 | POST, multipart/form-data | its parts; few actions take it |
//! | TC3 | GET, application/x-www-form-urlencoded | the query |
//! | v1 | POST, application/x-www-form-urlencoded | the body |
//! | v1 | GET | the query |

use http::Method;
use secrecy::ExposeSecret;

use super::action::Forms;
use super::errors::{self, ServiceError};
use super::members::{Known, Object};
use super::parameters::{self, Parameters};
use super::verify_v1::{GET_LIMIT, VerifiedV1, verify_v1};
use super::{multipart, verify_tc3};
use crate::cloud::Inbound;
use crate::gateway::Gateway;
use crate::{SignedRequest, signing, strict_json};

const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";

/// A request whose signature was good.
pub(super) struct Received<'a> {
    pub action: String,
    pub version: String,
    /// The service in the credential scope; for v1, the first label of the host.
    pub service: String,
    pub host: &'a str,
    content: Content<'a>,
}

enum Content<'a> {
    Json(&'a [u8]),
    Multipart(&'a str, &'a [u8]),
    Query(&'a str),
    Decoded(Parameters),
    /// Signed well, but in no form there is.
    Other,
}

/// Checks the signature, whichever it is.
pub(super) fn receive<'a>(
    gateway: &Gateway,
    request: &Inbound<'a>,
) -> Result<Received<'a>, ServiceError> {
    let body = request.body.ok_or_else(errors::request_too_large)?;
    let signed = request.signed(body);
    if is_v1(request) {
        receive_v1(gateway, &signed)
    } else {
        receive_tc3(gateway, request, &signed)
    }
}

impl Received<'_> {
    /// The action's parameters as an object.
    pub(super) fn members(self, forms: Forms, known: &[&[Known]]) -> Result<Object, ServiceError> {
        match self.content {
            Content::Json(body) => {
                strict_json::parse_object(body).map_err(|_| errors::body_not_json())
            }
            Content::Multipart(content_type, body) if forms == Forms::AlsoMultipart => {
                parameters::to_object(multipart::parse(content_type, body)?, known)
            }
            Content::Multipart(..) => Err(errors::no_multipart()),
            Content::Query(query) => parameters::to_object(parameters::parse(query)?, known),
            Content::Decoded(parameters) => parameters::to_object(parameters, known),
            Content::Other => Err(errors::not_json_content()),
        }
    }
}

/// Signature v1 stands among the parameters, and puts nothing into the header.
fn is_v1(request: &Inbound<'_>) -> bool {
    let in_header = request.headers.contains_key("authorization")
        || request.headers.contains_key("x-tc-action");
    let is_form = request.media_type().eq_ignore_ascii_case(FORM);
    !in_header && (request.method == Method::GET || is_form)
}

fn receive_v1<'a>(
    gateway: &Gateway,
    signed: &SignedRequest<'a>,
) -> Result<Received<'a>, ServiceError> {
    let config = &gateway.config;
    let VerifiedV1 {
        action,
        version,
        token,
        parameters,
    } = verify_v1(signed, &config.secret_id, &config.secret_key, gateway.now())?;
    check_token(gateway, token.as_deref())?;
    let host = verify_tc3::required(signed, "Host")?;
    let first_label = host.split(['.', ':']).next().unwrap_or_default();
    Ok(Received {
        action,
        version,
        service: first_label.to_owned(),
        host,
        content: Content::Decoded(parameters),
    })
}

fn receive_tc3<'a>(
    gateway: &Gateway,
    request: &Inbound<'a>,
    signed: &SignedRequest<'a>,
) -> Result<Received<'a>, ServiceError> {
    let content = tc3_content(request, signed.body)?;
    let action = verify_tc3::required(signed, "X-TC-Action")?.to_owned();
    let version = verify_tc3::required(signed, "X-TC-Version")?.to_owned();
    let service = service_of(gateway, signed, &action)?;
    Ok(Received {
        action,
        version,
        service,
        host: verify_tc3::required(signed, "Host")?,
        content,
    })
}

/// Checks the signature, by the one known key or by one that was handed out, and its token.
fn service_of(
    gateway: &Gateway,
    signed: &SignedRequest<'_>,
    action: &str,
) -> Result<String, ServiceError> {
    let authorization = signed.header("Authorization").unwrap_or_default();
    if authorization == "SKIP" && action == "AssumeRoleWithWebIdentity" {
        return Ok("sts".to_owned());
    }
    let now = gateway.now();
    let keys = &gateway.keys_handed_out;
    if let Some(key) = keys.named_in(authorization, "Credential=", '/') {
        let verified = verify_tc3::verify(signed, &key.id, &key.secret, now)?;
        let sent = signed.header("X-TC-Token").unwrap_or_default();
        if key.expires <= now || !signing::same(key.token.as_bytes(), sent.as_bytes()) {
            return Err(errors::token_failure());
        }
        return Ok(verified.service);
    }
    let config = &gateway.config;
    let verified = verify_tc3::verify(signed, &config.secret_id, &config.secret_key, now)?;
    check_token(gateway, signed.header("X-TC-Token"))?;
    Ok(verified.service)
}

fn tc3_content<'a>(request: &Inbound<'a>, body: &'a [u8]) -> Result<Content<'a>, ServiceError> {
    let kind = request.media_type();
    if request.method == Method::GET {
        if !kind.eq_ignore_ascii_case(FORM) || !body.is_empty() {
            return Err(errors::not_a_get());
        }
        if request.query.len() > GET_LIMIT {
            return Err(errors::query_too_large());
        }
        return Ok(Content::Query(request.query));
    }
    if request.method != Method::POST {
        return Err(errors::only_get_and_post());
    }
    let content_type = request.header("content-type").unwrap_or_default();
    Ok(if request.is_json() {
        Content::Json(body)
    } else if kind.eq_ignore_ascii_case(MULTIPART) {
        Content::Multipart(content_type, body)
    } else {
        Content::Other
    })
}

fn check_token(gateway: &Gateway, sent: Option<&str>) -> Result<(), ServiceError> {
    let fits = gateway.config.session_token.as_ref().is_none_or(|known| {
        let sent = sent.unwrap_or_default();
        signing::same(known.expose_secret().as_bytes(), sent.as_bytes())
    });
    fits.then_some(()).ok_or_else(errors::token_failure)
}
