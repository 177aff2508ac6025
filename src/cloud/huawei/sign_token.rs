//! A token instead of a signature: `X-Auth-Token`.
//!
//! Nothing is signed, so this is not a scheme of the registry. Source: the IAM page "Obtaining a user token"
//! (api-iam/iam_30_0001).

use std::time::SystemTime;

use http::header::AUTHORIZATION;
use secrecy::ExposeSecret;

use crate::credential::Credentials;
use crate::sign::outgoing::Outgoing;
use crate::sign::{Scheme, SignError, Signed, SigningInput};

const TOKEN: &str = "x-auth-token";

/// Sets `x-auth-token`.
pub(super) struct AuthToken;

impl Scheme for AuthToken {
    fn name(&self) -> &'static str {
        "x-auth-token"
    }

    fn stages(
        &self,
        input: &SigningInput<'_>,
        credentials: &Credentials,
        _: SystemTime,
    ) -> Result<Signed, SignError> {
        let mut outgoing = Outgoing::of(input, &AUTHORIZATION)?;
        let token = credentials.token().ok_or(SignError::MissingHeader {
            name: TOKEN.to_owned(),
        })?;
        outgoing.set_sensitive(TOKEN, token.expose_secret())?;
        Ok(Signed {
            headers: outgoing.into_added(),
            query: None,
            body: None,
            canonical_request: String::new(),
            string_to_sign: String::new(),
            signature: String::new(),
            derived_keys: Vec::new(),
        })
    }
}
