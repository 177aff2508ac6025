//! Who calls, and whether the project in the path is theirs: by token where one is sent, else by signature.

use secrecy::ExposeSecret;

use super::errors::{self, ServiceError};
use super::verify;
use crate::cloud::Inbound;
use crate::gateway::Gateway;
use crate::iam_tokens::{Scope, TokenRefused};
use crate::signing;

pub(super) fn check(
    gateway: &Gateway,
    request: &Inbound<'_>,
    body: &[u8],
    project: &str,
) -> Result<(), ServiceError> {
    if request.headers.contains_key("x-auth-token") {
        let token = request
            .header("x-auth-token")
            .ok_or_else(errors::empty_token)?;
        check_token(gateway, token)?;
    } else {
        check_signature(gateway, request, body)?;
    }
    if project != gateway.config.iam.project_id {
        return Err(errors::project_unavailable());
    }
    Ok(())
}

fn check_token(gateway: &Gateway, token: &str) -> Result<(), ServiceError> {
    let now = gateway.now();
    if gateway.tokens.scope(token, now).is_ok() && gateway.expires_this_token() {
        gateway.tokens.expire(token, now);
    }
    match gateway.tokens.scope(token, now) {
        Ok(Scope::Project) => Ok(()),
        Ok(Scope::Domain) => Err(errors::token_without_project()),
        Err(TokenRefused::Expired) => Err(errors::token_expired()),
        Err(TokenRefused::Unknown) => Err(errors::token_unknown()),
    }
}

fn check_signature(
    gateway: &Gateway,
    request: &Inbound<'_>,
    body: &[u8],
) -> Result<(), ServiceError> {
    let config = &gateway.config;
    let signed = request.signed(body);
    let authorization = signed.header("Authorization").unwrap_or_default();
    let keys = &gateway.keys_handed_out;
    if let Some(key) = keys.named_in(authorization, "Access=", ',') {
        let now = gateway.now();
        verify(&signed, &key.id, &key.secret, now)?;
        let sent = request.header("x-security-token").unwrap_or_default();
        if key.expires <= now || !signing::same(key.token.as_bytes(), sent.as_bytes()) {
            return Err(errors::bad_signature("the security token is not the key's"));
        }
        return Ok(());
    }
    verify(
        &signed,
        &config.secret_id,
        &config.secret_key,
        gateway.now(),
    )?;
    if let Some(known) = &config.session_token {
        let sent = request.header("x-security-token").unwrap_or_default();
        if !signing::same(known.expose_secret().as_bytes(), sent.as_bytes()) {
            return Err(errors::bad_signature("the security token is not the key's"));
        }
    }
    // Either may be left out: the key belongs to one account, and the path names the project.
    for (header, own) in [
        ("x-project-id", &config.iam.project_id),
        ("x-domain-id", &config.iam.domain_id),
    ] {
        if request.header(header).is_some_and(|named| named != own) {
            return Err(errors::project_unavailable());
        }
    }
    Ok(())
}
