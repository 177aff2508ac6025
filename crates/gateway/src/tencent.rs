//! Tencent Cloud: TC3-signed JSON over POST, answered in the `{"Response":{…}}` shape, always with HTTP 200.
//!
//! Source: API 3.0 pages "签名方法 v3" and "返回结果" (cloud.tencent.com/document/product/866), and the OCR API's own.

mod actions;
mod ciphers;
mod envelope;
mod errors;
mod faults;
mod id_card;
mod members;
mod verify_tc3;

use http::Method;
use http::header::CONTENT_TYPE;

use crate::entropy;
use crate::registry::{Cloud, Gateway, Inbound, Reply};
use crate::strict_json;
use actions::{Action, Call, Product};

pub use errors::ServiceError;
pub use verify_tc3::{SignedRequest, Verified, verify};

/// The one cloud this folder plays.
pub(crate) struct Tencent;

impl Cloud for Tencent {
    fn name(&self) -> &'static str {
        "tencent"
    }

    fn claims(&self, request: &Inbound<'_>) -> bool {
        request.path == "/"
    }

    fn answer(&self, gateway: &Gateway, request: &Inbound<'_>) -> Reply {
        let mut action = None;
        let (request_id, answer) = match request_id() {
            Ok(request_id) => {
                let answer = perform(gateway, request, &request_id, &mut action);
                (request_id, answer)
            }
            Err(error) => (String::new(), Err(error)),
        };
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
            action,
            code,
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
    let body = request.body.ok_or_else(errors::request_too_large)?;
    if request.method != Method::POST {
        return Err(errors::only_post());
    }
    let signed = SignedRequest {
        method: request.method.as_str(),
        query: request.query,
        headers: request.headers,
        body,
    };
    let name = signed.required("X-TC-Action")?;
    let version = signed.required("X-TC-Version")?;
    let verified = verify(
        &signed,
        &gateway.config.secret_id,
        &gateway.config.secret_key,
        gateway.now(),
    )?;
    let product = Product::of(&verified.service, signed.required("Host")?);
    let action = actions::find(product, name, version)?;
    *known_action = Some(action);

    gateway.take_quota().map_err(|_| errors::throttled())?;
    if let Some(refusal) = faults::refusal(gateway.config.fault) {
        return Err(refusal);
    }
    if !is_json(request) {
        return Err(errors::not_json_content());
    }
    let members = strict_json::parse_object(body).map_err(|_| errors::body_not_json())?;
    (action.run)(
        &Call {
            gateway,
            request_id,
        },
        &members,
    )
}

fn is_json(request: &Inbound<'_>) -> bool {
    let kind = request
        .headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let essence = kind
        .and_then(|kind| kind.split(';').next())
        .unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

/// A random UUID (RFC 9562 §5.4), the form of the service's request ids.
fn request_id() -> Result<String, ServiceError> {
    let mut random = [0; 16];
    entropy::fill(&mut random).map_err(|_| errors::internal())?;
    let version_4 = (u128::from_be_bytes(random) & !(0xf << 76)) | (0x4 << 76);
    let variant_rfc = (version_4 & !(0b11 << 62)) | (0b10 << 62);
    Ok(format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        variant_rfc >> 96,
        (variant_rfc >> 80) & 0xffff,
        (variant_rfc >> 64) & 0xffff,
        (variant_rfc >> 48) & 0xffff,
        variant_rfc & 0xffff_ffff_ffff,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_ids_are_version_4_uuids() {
        for _ in 0..100 {
            let id = request_id().unwrap();
            let parts: Vec<_> = id.split('-').map(str::len).collect();
            assert_eq!(parts, [8, 4, 4, 4, 12]);
            assert_eq!(id.as_bytes()[14], b'4');
            assert!(b"89ab".contains(&id.as_bytes()[19]), "{id}");
        }
    }
}
