//! Tencent Cloud: requests signed with TC3 or v1 in any of their forms, answered in the `{"Response":{…}}` shape, always
//! with HTTP 200.
//!
//! Source: API 3.0 pages "签名方法 v3" and "返回结果" (cloud.tencent.com/document/product/866), and the pages of OCR and
//! faceid.

mod ciphers;
mod errors;
mod members;
mod parameters;
mod multipart;
mod verify_tc3;
mod verify_v1;
mod action;
mod id_card;
mod general_text;
mod received;
mod sts;
mod answer;
mod faults;
mod session;
mod envelope;
mod faceid;
mod actions;

use http::StatusCode;
use http::request::Parts;
use serde_json::Value;

use crate::cloud::{Cloud, Inbound, Reply};
use crate::gateway::Gateway;
use crate::{echo, request_id};
use action::{Action, Call};
use actions::Product;

pub use errors::ServiceError;
pub use verify_tc3::{Verified, verify};
pub use verify_v1::{VerifiedV1, verify_v1};

/// The one cloud this folder plays.
pub(crate) struct Tencent;

/// The largest body that is looked at: 10 MB for TC3-signed requests (document 1278/46710).
const BODY_LIMIT: usize = 10 * 1024 * 1024;

impl Cloud for Tencent {
    fn name(&self) -> &'static str {
        "tencent"
    }

    fn claims(&self, head: &Parts) -> bool {
        head.uri.path() == "/"
    }

    fn body_limit(&self, _: &Parts) -> usize {
        BODY_LIMIT
    }

    fn answer(&self, gateway: &Gateway, request: &Inbound<'_>) -> Reply {
        let mut action = None;
        let (request_id, answer) = match request_id::fresh() {
            Ok(request_id) => {
                let answer = perform(gateway, request, &request_id, &mut action);
                (request_id, answer)
            }
            Err(_) => (String::new(), Err(errors::internal())),
        };
        let step = answer.as_ref().err().and_then(ServiceError::step);
        let (code, body) = match answer {
            Ok(body) => (None, body),
            Err(error) => {
                let body = error.to_body(&request_id);
                (Some(error.code().to_owned()), body)
            }
        };
        let body = body.into_bytes();
        let action = action.map(|action: &Action| action.name);
        Reply {
            status: StatusCode::OK,
            headers: Vec::new(),
            action,
            code,
            step,
            request_id,
            body,
        }
    }
}

/// The whole service, in the order of its checks: size, form, signature, action, quota, body, business.
fn perform(
    gateway: &Gateway,
    request: &Inbound<'_>,
    request_id: &str,
    known_action: &mut Option<&'static Action>,
) -> Result<String, ServiceError> {
    let received = received::receive(gateway, request)?;
    if gateway.config.echo {
        gateway.take_quota().map_err(|_| errors::throttled())?;
        return Ok(echoed(request, received, request_id));
    }
    let product = Product::of(&received.service, received.host);
    let action = actions::find(product, &received.action, &received.version)?;
    *known_action = Some(action);

    if action.service == "sts" {
        // The quota and the faults are those of recognition.
        request
            .header("x-tc-region")
            .ok_or_else(|| errors::missing_parameter("Region"))?;
        return run(gateway, request_id, received, action);
    }
    gateway.take_quota().map_err(|_| errors::throttled())?;
    if let Some(refusal) = faults::refusal(gateway.config.fault) {
        return Err(refusal);
    }
    run(gateway, request_id, received, action)
}

/// Any action of any service, as it was received.
fn echoed(request: &Inbound<'_>, received: received::Received<'_>, request_id: &str) -> String {
    let mut answer = echo::of(request, request.body.unwrap_or_default());
    for (name, value) in [
        ("Action", received.action),
        ("Version", received.version),
        ("Service", received.service),
        ("RequestId", request_id.to_owned()),
    ] {
        answer.insert(name.to_owned(), Value::from(value));
    }
    errors::to_body(&answer)
}

fn run(
    gateway: &Gateway,
    request_id: &str,
    received: received::Received<'_>,
    action: &Action,
) -> Result<String, ServiceError> {
    let members = received.members(action.forms, action.members)?;
    members::check(&members, action.members)?;
    let call = Call {
        gateway,
        request_id,
    };
    (action.run)(&call, &members)
}
