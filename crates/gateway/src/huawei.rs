//! Huawei Cloud and G42: AK/SK-signed or token-bearing JSON, and the IAM service that hands out the tokens.
//!
//! Source: the signing guide (support.huaweicloud.com/devg-apisign), the IAM page "Obtaining a User Token"
//! (api-iam/iam_30_0001) and the OCR product's pages. Unlike the other clouds', statuses say what happened.

mod errors;
mod faults;
mod ocr;
mod id_card;
mod actions;
mod token;
mod authenticate;
mod verify_sdk_hmac;

use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, StatusCode};

use crate::cloud::{Cloud, Inbound, Reply};
use crate::gateway::Gateway;
use crate::{echo, request_id, strict_json};

pub use errors::ServiceError;
pub use verify_sdk_hmac::{Verified, verify};

/// The one cloud this folder plays.
pub(crate) struct Huawei;

/// The signing guide: a signed request has at most 12 MB, larger ones need a token.
const SIGNED_LIMIT: usize = 12 * 1024 * 1024;

/// Ours, for requests with a token: OCR takes no more than 10 MB of picture in any case.
const TOKEN_LIMIT: usize = 32 * 1024 * 1024;

const TOKENS_PATH: &str = "/v3/auth/tokens";

/// An answer, and the name of the action for the log.
struct Answer {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: String,
}

impl Cloud for Huawei {
    fn name(&self) -> &'static str {
        "huawei"
    }

    fn claims(&self, head: &Parts) -> bool {
        let authorization = head.headers.get("authorization");
        let authorization = authorization.map_or(b"".as_slice(), HeaderValue::as_bytes);
        let path = head.uri.path();
        head.headers.contains_key("x-auth-token")
            || verify_sdk_hmac::is_a_scheme(authorization)
            || path == TOKENS_PATH
            || path.starts_with("/v2/")
    }

    fn body_limit(&self, head: &Parts) -> usize {
        if head.headers.contains_key("x-auth-token") {
            TOKEN_LIMIT
        } else {
            SIGNED_LIMIT
        }
    }

    fn answer(&self, gateway: &Gateway, request: &Inbound<'_>) -> Reply {
        let mut action = None;
        let (request_id, answer) = match request_id::fresh() {
            Ok(request_id) => (request_id, perform(gateway, request, &mut action)),
            Err(_) => (String::new(), Err(errors::internal())),
        };
        let (code, answer) = match answer {
            Ok(answer) => (None, answer),
            Err(error) => (Some(error.code().to_owned()), error.into_answer()),
        };
        let mut headers = answer.headers;
        if let Ok(request_id) = HeaderValue::from_str(&request_id) {
            headers.push((HeaderName::from_static("x-request-id"), request_id));
        }
        Reply {
            status: answer.status,
            headers,
            action,
            code,
            step: None,
            request_id,
            body: answer.body.into_bytes(),
        }
    }
}

/// The whole service, in the order of its checks: size, path, identity, project, quota, body, business.
fn perform(
    gateway: &Gateway,
    request: &Inbound<'_>,
    known_action: &mut Option<&'static str>,
) -> Result<Answer, ServiceError> {
    let body = request.body.ok_or_else(errors::body_too_large)?;
    if request.path == TOKENS_PATH {
        if request.method != Method::POST {
            return Err(errors::no_such_api());
        }
        *known_action = Some("CreateToken");
        return token::create(gateway, body);
    }
    if gateway.config.echo {
        // Any project: the path may name none.
        authenticate::check(gateway, request, body, &gateway.config.iam.project_id)?;
        gateway.take_quota().map_err(|_| errors::throttled())?;
        return Ok(Answer {
            status: StatusCode::OK,
            headers: Vec::new(),
            body: serde_json::json!({ "result": echo::of(request, body) }).to_string(),
        });
    }
    let (project, action) =
        actions::find(request.method, request.path).ok_or_else(errors::no_such_api)?;
    authenticate::check(gateway, request, body, project)?;
    *known_action = Some(action.name);

    gateway.take_quota().map_err(|_| errors::throttled())?;
    if let Some(refusal) = faults::refusal(gateway.config.fault) {
        return Err(refusal);
    }
    if !request.is_json() {
        return Err(errors::not_json());
    }
    let members = strict_json::parse_object(body).map_err(|_| errors::not_json())?;
    let result = (action.run)(gateway, &members)?;
    Ok(Answer {
        status: StatusCode::OK,
        headers: Vec::new(),
        body: serde_json::json!({ "result": result }).to_string(),
    })
}
