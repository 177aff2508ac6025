//! IAM: `POST /v3/auth/tokens` hands out tokens, and calls bring them back in X-Auth-Token.
//!
//! Source: the IAM page "Obtaining a User Token Through Password Authentication" (api-iam/iam_30_0001): the token is the
//! header X-Subject-Token of a 201, it lives 24 hours, a new one does not end the old ones, and OCR needs one whose
//! scope is a project.

use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderName, HeaderValue, StatusCode};
use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::Answer;
use super::errors::{self, ServiceError};
use crate::gateway::Gateway;
use crate::handout::HandOutFault;
use crate::iam_tokens::Scope;
use crate::{entropy, signing, strict_json};

const LIFE: Duration = Duration::from_secs(24 * 60 * 60);

/// Bytes of a token before Base64: the real ones are large too, and callers should find out here.
const LENGTH: usize = 1536;

/// Checks a login and answers with a token.
pub(super) fn create(gateway: &Gateway, body: &[u8]) -> Result<Answer, ServiceError> {
    let request = strict_json::parse_object(body)
        .map_err(|_| errors::malformed_login("The request body is not a JSON object."))?;
    let request = Value::Object(request);
    let scope = check(gateway, &request)?;
    match (gateway.config.hand_out)().fault {
        Some(HandOutFault::Error) => return Err(errors::internal()),
        Some(HandOutFault::Refuse) => return Err(errors::wrong_login()),
        _ => {}
    }

    let mut random = vec![0; LENGTH];
    entropy::fill(&mut random).map_err(|_| errors::internal())?;
    let token = STANDARD.encode(random);
    let now = gateway.now();
    let expires = gateway.end_of_life(LIFE).ok_or_else(errors::internal)?;
    let body = describe(gateway, scope, now, expires).ok_or_else(errors::internal)?;
    let header = HeaderValue::from_str(&token).map_err(|_| errors::internal())?;
    gateway.tokens.add(&token, expires, scope);
    Ok(Answer {
        status: StatusCode::CREATED,
        headers: vec![(HeaderName::from_static("x-subject-token"), header)],
        body: body.to_string(),
    })
}

fn check(gateway: &Gateway, request: &Value) -> Result<Scope, ServiceError> {
    let iam = &gateway.config.iam;
    let text = |path| request.pointer(path).and_then(Value::as_str);
    if request.pointer("/auth/identity/methods") != Some(&json!(["password"])) {
        return Err(errors::malformed_login("The one method must be password."));
    }
    let (Some(user), Some(password), Some(domain)) = (
        text("/auth/identity/password/user/name"),
        text("/auth/identity/password/user/password"),
        text("/auth/identity/password/user/domain/name"),
    ) else {
        return Err(errors::malformed_login(
            "The user's name, password and domain name are needed.",
        ));
    };
    let known = iam.password.expose_secret().as_bytes();
    if user != iam.user || domain != iam.domain || !signing::same(password.as_bytes(), known) {
        return Err(errors::wrong_login());
    }
    scope_of(gateway, request.pointer("/auth/scope"))
}

/// Without a scope the token is the user's own account's.
fn scope_of(gateway: &Gateway, scope: Option<&Value>) -> Result<Scope, ServiceError> {
    let iam = &gateway.config.iam;
    let Some(scope) = scope else {
        return Ok(Scope::Domain);
    };
    match (scope.get("project"), scope.get("domain")) {
        (Some(project), None) if is_named(project, &iam.project, &iam.project_id) => {
            Ok(Scope::Project)
        }
        (None, Some(domain)) if is_named(domain, &iam.domain, &iam.domain_id) => Ok(Scope::Domain),
        (Some(_), None) | (None, Some(_)) => Err(errors::wrong_login()),
        _ => Err(errors::malformed_login(
            "The scope must be one project or one domain.",
        )),
    }
}

/// By name, by id, or by both.
fn is_named(scope: &Value, name: &str, id: &str) -> bool {
    match (scope.get("name"), scope.get("id")) {
        (None, None) => false,
        (by_name, by_id) => {
            by_name.is_none_or(|by_name| by_name == name) && by_id.is_none_or(|by_id| by_id == id)
        }
    }
}

fn describe(
    gateway: &Gateway,
    scope: Scope,
    issued: SystemTime,
    expires: SystemTime,
) -> Option<Value> {
    let iam = &gateway.config.iam;
    let domain = json!({"name": iam.domain, "id": iam.domain_id});
    let mut token = json!({
        "issued_at": timestamp(issued)?,
        "expires_at": timestamp(expires)?,
        "methods": ["password"],
        "user": {"name": iam.user, "domain": domain.clone()},
        "roles": [],
        "catalog": [],
    });
    let (name, value) = match scope {
        Scope::Project => {
            let project = json!({"name": iam.project, "id": iam.project_id, "domain": domain});
            ("project", project)
        }
        Scope::Domain => ("domain", domain),
    };
    token.as_object_mut()?.insert(name.to_owned(), value);
    Some(json!({ "token": token }))
}

/// Keystone's form: UTC to the microsecond.
fn timestamp(at: SystemTime) -> Option<String> {
    let at = Timestamp::try_from(at).ok()?;
    Some(at.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string())
}
