//! Ctyun: EOP-signed JSON over POST to the AI gateway, answered as `{"statusCode":…,"message":…,"returnObj":…}`.
//!
//! Source: the gateway's page "网关EOP签名说明" and the product's pages (ctyun.cn/document/10007766). What those pages
//! leave open is marked where it is decided: the codes in `errors.rs`, the members of `returnObj` in `id_card.rs`. The
//! page on encrypted interfaces is not public, so nothing here is encrypted.

mod errors;
mod faults;
mod ocr;
mod id_card;
mod actions;
mod verify_eop;

use http::request::Parts;
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::cloud::{Cloud, Inbound, Reply};
use crate::gateway::Gateway;
use crate::{echo, request_id, strict_json};
use actions::Action;

pub use errors::ServiceError;
pub use verify_eop::{Verified, verify};

/// The one cloud this folder plays.
pub(crate) struct Ctyun;

/// Ours: no page gives one, and fifty pictures of 10 MB, which one does allow, are no use to a test.
const BODY_LIMIT: usize = 32 * 1024 * 1024;

/// What `statusCode` says of success: the vendor's Go SDK knows this one. Other products say other things.
const SUCCESS: u16 = 800;

impl Cloud for Ctyun {
    fn name(&self) -> &'static str {
        "ctyun"
    }

    fn claims(&self, head: &Parts) -> bool {
        head.headers.contains_key("eop-authorization") || head.uri.path().starts_with("/v1/aiop/")
    }

    fn body_limit(&self, _: &Parts) -> usize {
        BODY_LIMIT
    }

    fn answer(&self, gateway: &Gateway, request: &Inbound<'_>) -> Reply {
        let mut action = None;
        let (request_id, answer) = match request_id::fresh() {
            Ok(request_id) => (request_id, perform(gateway, request, &mut action)),
            Err(_) => (String::new(), Err(errors::internal())),
        };
        let (status, code, body) = match answer {
            Ok(found) => {
                let body = json!({"statusCode": SUCCESS, "message": "success", "returnObj": found});
                (StatusCode::OK, None, body)
            }
            Err(error) => {
                let body = error.to_body(&request_id);
                (error.status(), Some(error.code().to_owned()), body)
            }
        };
        Reply {
            status,
            headers: Vec::new(),
            action: action.map(|action: &Action| action.name),
            code,
            step: None,
            request_id,
            body: body.to_string().into_bytes(),
        }
    }
}

/// The whole service, in the order of its checks: size, path, signature, app key, quota, body, business.
fn perform(
    gateway: &Gateway,
    request: &Inbound<'_>,
    known_action: &mut Option<&'static Action>,
) -> Result<Value, ServiceError> {
    let body = request.body.ok_or_else(errors::body_too_large)?;
    let config = &gateway.config;
    if config.echo {
        verify(
            &request.signed(body),
            &config.secret_id,
            &config.secret_key,
            gateway.now(),
        )?;
        gateway.take_quota().map_err(|_| errors::throttled())?;
        return Ok(Value::Object(echo::of(request, body)));
    }
    let action = actions::find(request.path).ok_or_else(errors::no_such_api)?;
    if request.method != Method::POST {
        return Err(errors::only_post());
    }
    let signed = request.signed(body);
    verify(
        &signed,
        &config.secret_id,
        &config.secret_key,
        gateway.now(),
    )?;
    // The page: the header is required, its signature is not.
    let app_key = signed
        .header("appkey")
        .ok_or_else(|| errors::missing_header("appkey"))?;
    verify_eop::check_app_key(config.app_key.as_ref(), app_key)?;
    *known_action = Some(action);

    gateway.take_quota().map_err(|_| errors::throttled())?;
    if let Some(refusal) = faults::refusal(config.fault) {
        return Err(refusal);
    }
    if !request.is_json() {
        return Err(errors::not_json_content());
    }
    let members: Map<String, Value> =
        strict_json::parse_object(body).map_err(|_| errors::body_not_json())?;
    (action.run)(gateway, &members)
}
