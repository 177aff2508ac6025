//! The security token service: `AssumeRole`, and `AssumeRoleWithWebIdentity`, which nobody signs.
//!
//! Source: the API pages of sts 2018-08-13. Any role may be assumed. The region must be named, as the service demands.

use std::time::{Duration, SystemTime};

use serde_json::json;

use super::action::{Action, Call, Forms};
use super::errors::{self, ServiceError};
use super::members::{self, Kind, Object};
use crate::handout::HandOutFault;

const LIFE: Duration = Duration::from_secs(2 * 60 * 60);

pub(super) static ACTIONS: &[Action] = &[
    Action {
        service: "sts",
        name: "AssumeRole",
        version: "2018-08-13",
        members: &[&[
            ("RoleArn", Kind::Text),
            ("RoleSessionName", Kind::Text),
            ("DurationSeconds", Kind::Number),
            ("Policy", Kind::Text),
            ("ExternalId", Kind::Text),
            ("SourceIdentity", Kind::Text),
        ]],
        forms: Forms::JsonOrQuery,
        run: assume,
    },
    Action {
        service: "sts",
        name: "AssumeRoleWithWebIdentity",
        version: "2018-08-13",
        members: &[&[
            ("ProviderId", Kind::Text),
            ("WebIdentityToken", Kind::Text),
            ("RoleArn", Kind::Text),
            ("RoleSessionName", Kind::Text),
            ("DurationSeconds", Kind::Number),
        ]],
        forms: Forms::JsonOrQuery,
        run: assume_with_identity,
    },
];

fn assume_with_identity(call: &Call<'_>, request: &Object) -> Result<String, ServiceError> {
    members::required_text(request, "ProviderId")?;
    members::required_text(request, "WebIdentityToken")?;
    assume(call, request)
}

fn assume(call: &Call<'_>, request: &Object) -> Result<String, ServiceError> {
    members::required_text(request, "RoleArn")?;
    members::required_text(request, "RoleSessionName")?;
    let gateway = call.gateway;
    match (gateway.config.hand_out)().fault {
        Some(HandOutFault::Error) => return Err(errors::throttled()),
        Some(HandOutFault::Refuse) => return Err(errors::role_refused()),
        _ => {}
    }
    let asked = request
        .get("DurationSeconds")
        .and_then(|life| life.as_u64());
    let usual = asked.map_or(LIFE, Duration::from_secs);
    let key = gateway
        .hand_out_key(usual)
        .map_err(|_| errors::internal())?;
    Ok(errors::to_body(&json!({
        "Credentials": {
            "TmpSecretId": key.id,
            "TmpSecretKey": key.secret_text,
            "Token": key.token,
        },
        "ExpiredTime": seconds(key.expires),
        "RequestId": call.request_id,
    })))
}

/// Since 1970.
fn seconds(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH);
    since.unwrap_or_default().as_secs()
}
