//! The metadata services inside a virtual machine: Tencent's, which gives the key of the machine's CAM role, and
//! Huawei's, which gives the key of its agency. Both speak plain HTTP and ask for no proof.
//!
//! Source: Tencent's page "Instance roles" (213/47668) and Huawei's page "Obtaining metadata" of ECS.

use std::time::{Duration, SystemTime};

use http::request::Parts;
use http::{Method, StatusCode};
use jiff::Timestamp;
use serde_json::json;

use crate::cloud::{Cloud, Inbound, Reply};
use crate::gateway::Gateway;
use crate::handout::{HandOutFault, Key};

/// Neither cloud's API, but what stands beside a machine of either.
pub(crate) struct Metadata;

const ROLES: &str = "/latest/meta-data/cam/security-credentials/";
const ROLE: &str = "cardseal-role";
const AGENCY: &str = "/openstack/latest/securitykey";
const TOKEN: &str = "/meta-data/latest/api/token";

/// How long a role's key lives, and an agency's.
const ROLE_LIFE: Duration = Duration::from_secs(6 * 60 * 60);
const AGENCY_LIFE: Duration = Duration::from_secs(60 * 60);

impl Cloud for Metadata {
    fn name(&self) -> &'static str {
        "metadata"
    }

    fn claims(&self, head: &Parts) -> bool {
        let path = head.uri.path();
        path.starts_with(ROLES) || path == AGENCY || path == TOKEN
    }

    fn body_limit(&self, _: &Parts) -> usize {
        1024
    }

    fn answer(&self, gateway: &Gateway, request: &Inbound<'_>) -> Reply {
        if request.path == TOKEN && request.method == Method::PUT {
            return reply(StatusCode::OK, None, "metadata-token".to_owned());
        }
        if request.path == ROLES {
            return reply(StatusCode::OK, None, ROLE.to_owned());
        }
        let (action, usual): (_, Duration) = match request.path == AGENCY {
            true => ("EcsAgency", AGENCY_LIFE),
            false => ("CvmRole", ROLE_LIFE),
        };
        let status = match (gateway.config.hand_out)().fault {
            Some(HandOutFault::Error) => StatusCode::INTERNAL_SERVER_ERROR,
            Some(HandOutFault::Refuse) => StatusCode::NOT_FOUND,
            _ if request.method != Method::GET => StatusCode::METHOD_NOT_ALLOWED,
            _ => StatusCode::OK,
        };
        let key = gateway.hand_out_key(usual);
        match (status, key) {
            (StatusCode::OK, Ok(key)) => reply(status, Some(action), describe(action, &key)),
            (StatusCode::OK, Err(_)) => reply(
                StatusCode::INTERNAL_SERVER_ERROR,
                Some(action),
                String::new(),
            ),
            (status, _) => reply(status, Some(action), String::new()),
        }
    }
}

fn describe(action: &str, key: &Key) -> String {
    if action == "EcsAgency" {
        let end = Timestamp::try_from(key.expires).unwrap_or_default();
        return json!({"credential": {
            "access": key.id,
            "secret": key.secret_text,
            "securitytoken": key.token,
            "expires_at": end.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string(),
        }})
        .to_string();
    }
    let end = key.expires.duration_since(SystemTime::UNIX_EPOCH);
    json!({
        "TmpSecretId": key.id,
        "TmpSecretKey": key.secret_text,
        "Token": key.token,
        "ExpiredTime": end.unwrap_or_default().as_secs(),
        "Code": "Success",
    })
    .to_string()
}

fn reply(status: StatusCode, action: Option<&'static str>, body: String) -> Reply {
    Reply {
        status,
        headers: Vec::new(),
        action,
        code: (!status.is_success()).then(|| status.as_str().to_owned()),
        step: None,
        request_id: String::new(),
        body: body.into_bytes(),
    }
}
