//! Checking a signature of version 1, HmacSHA1 or HmacSHA256, as the service does.
//!
//! Source: "签名方法" (cloud.tencent.com/document/product/866/33518) for the string to sign; 1278/46710 for the limits. The
//! nonce must be a positive number. That a repeated one is refused is not said there, so here it is not.

use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};

use super::errors::{self, ServiceError};
use super::parameters::{self, Parameters};
use super::verify_tc3::{WINDOW, parse_timestamp};
use crate::SignedRequest;
use crate::signing::{self, Hmacs};

/// The longest query of a GET request, whatever signs it.
pub(super) const GET_LIMIT: usize = 32 * 1024;

/// The longest form.
const POST_LIMIT: usize = 1024 * 1024;

/// The parameters that are no action's own.
const COMMON: &[&str] = &[
    "Action",
    "Version",
    "Region",
    "Timestamp",
    "Nonce",
    "SecretId",
    "Signature",
    "SignatureMethod",
    "Token",
    "Language",
    "RequestClient",
];

/// The facts from a valid signature.
#[derive(Debug, PartialEq, Eq)]
pub struct VerifiedV1 {
    /// The action's name.
    pub action: String,
    /// Its version.
    pub version: String,
    /// The temporary credentials' token, if one was sent.
    pub token: Option<String>,
    /// The action's own parameters, decoded.
    pub parameters: Parameters,
}

/// Checks the signature of a GET's query or a POST's form with the known key, and that its timestamp is within five
/// minutes of `now`.
pub fn verify_v1(
    request: &SignedRequest<'_>,
    secret_id: &str,
    secret_key: &SecretString,
    now: SystemTime,
) -> Result<VerifiedV1, ServiceError> {
    let host = request
        .header("Host")
        .ok_or_else(|| errors::missing_parameter("Host"))?;
    let mut parameters = parameters::parse(signed_text(request)?)?;
    for name in [
        "Action",
        "Version",
        "Timestamp",
        "Nonce",
        "SecretId",
        "Signature",
    ] {
        if parameters.get(name).is_none_or(String::is_empty) {
            return Err(errors::missing_parameter(name));
        }
    }
    let signature = parameters.remove("Signature").unwrap_or_default();
    let text = |name: &str| parameters.get(name).map(String::as_str).unwrap_or_default();
    let is_positive = text("Nonce").bytes().all(|byte| byte.is_ascii_digit())
        && text("Nonce").parse::<u64>().is_ok_and(|nonce| nonce > 0);
    if !is_positive {
        return Err(errors::wrong_type("Nonce", "a positive number"));
    }
    let signed_at = parse_timestamp("Timestamp", text("Timestamp"))?;
    if text("SecretId") != secret_id {
        return Err(errors::secret_id_not_found());
    }

    let hmac: Hmacs = match text("SignatureMethod") {
        "HmacSHA256" => signing::hmac_sha256,
        // Anything else, or nothing, means this one.
        _ => signing::hmac_sha1,
    };
    // Text that is no Base64 is as wrong as any other signature.
    let signature = STANDARD.decode(signature).unwrap_or_default();
    let mut matches = false;
    for host in [host, host.rsplit_once(':').map_or(host, |(host, _)| host)] {
        for names in [Names::AsSent, Names::Dotted] {
            let to_sign = string_to_sign(request.method, host, &parameters, names);
            let code = hmac(secret_key.expose_secret().as_bytes(), to_sign.as_bytes())
                .map_err(|_| errors::internal())?;
            matches |= signing::same(&code, &signature);
        }
    }
    if !matches {
        return Err(errors::signature_failure());
    }
    if signing::distance(now, signed_at.into()) > WINDOW {
        return Err(errors::signature_expired());
    }
    Ok(VerifiedV1 {
        action: text("Action").to_owned(),
        version: text("Version").to_owned(),
        token: parameters.get("Token").cloned(),
        parameters: own(parameters),
    })
}

/// The query of a GET, the form of a POST, each within its limit.
fn signed_text<'a>(request: &SignedRequest<'a>) -> Result<&'a str, ServiceError> {
    let (text, limit) = match request.method {
        "GET" => (request.query.as_bytes(), GET_LIMIT),
        _ => (request.body, POST_LIMIT),
    };
    if text.len() > limit {
        return Err(errors::too_large_for_v1());
    }
    std::str::from_utf8(text).map_err(|_| errors::parameters_not_readable())
}

/// The vendor's Java and Python SDKs sign an underscore in a name as a dot; the others do not.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    AsSent,
    Dotted,
}

/// By the bytes of the names, the values as they are before they are encoded.
fn string_to_sign(method: &str, host: &str, parameters: &Parameters, names: Names) -> String {
    let mut pairs: Vec<(String, &str)> = parameters
        .iter()
        .map(|(name, value)| match names {
            Names::AsSent => (name.clone(), value.as_str()),
            Names::Dotted => (name.replace('_', "."), value.as_str()),
        })
        .collect();
    pairs.sort();
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    format!("{method}{host}/?{}", pairs.join("&"))
}

fn own(mut parameters: Parameters) -> Parameters {
    parameters.retain(|name, _| !COMMON.contains(&name.as_str()));
    parameters
}
