//! `POST /v1/sign`: signs a request that is given as text.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cardseal::signing::{self, SignError, Signed};
use cardseal::{Credentials, Error};
use cardseal_explain::{RequestText, service_of};
use http::StatusCode;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::admission::Admitted;
use crate::cloud::Cloud;
use crate::json::Json;
use crate::problem::Problem;
use crate::shared::Shared;
use crate::text::{self, Text, present, text, whole};

/// The first second after the year 9999, which no date is written in.
const LATEST: u64 = 253_402_300_800;

/// What to sign, and with what: `secret_id` and `secret_key`, or the sidecar's own credentials at a cloud.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "scheme": "tc3-hmac-sha256", "cloud": "tencent",
    "request": "POST / HTTP/1.1\r\nHost: ocr.tencentcloudapi.com\r\nContent-Type: application/json\r\n\r\n{}"}))]
pub(crate) struct SignRequest<'a> {
    /// The scheme: tc3-hmac-sha256, tencent-v1-hmac-sha1, tencent-v1-hmac-sha256, ctyun-eop, sdk-hmac-sha256,
    /// sdk-hmac-sm3, v11-hmac-sha256.
    #[serde(borrow)]
    #[schema(value_type = String)]
    scheme: Text<'a>,
    /// An HTTP/1.1 request as text: a request line, headers, a blank line, and the body to the last byte.
    #[serde(borrow)]
    #[schema(value_type = String)]
    request: Text<'a>,
    /// The cloud whose credentials sign, if none are given; default: the cloud that the sidecar was started for.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, required = false)]
    cloud: Option<Cloud>,
    /// The id of the credentials.
    #[serde(borrow, default, deserialize_with = "present")]
    #[schema(value_type = String, nullable = false, required = false)]
    secret_id: Option<Text<'a>>,
    /// Their secret.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, format = Password, nullable = false, required = false)]
    secret_key: Option<SecretString>,
    /// Unix seconds; default: now.
    #[serde(default, deserialize_with = "whole")]
    #[schema(
        nullable = false,
        required = false,
        minimum = 0,
        maximum = 253402300799_i64
    )]
    time: Option<u64>,
    /// The headers to sign; default: the scheme's own.
    #[serde(borrow, default, deserialize_with = "present")]
    #[schema(value_type = Vec<String>, nullable = false, required = false)]
    signed_headers: Option<Vec<Text<'a>>>,
    /// The service; default: taken from the request's host.
    #[serde(borrow, default, deserialize_with = "present")]
    #[schema(value_type = String, nullable = false, required = false)]
    service: Option<Text<'a>>,
    /// The region, for a scheme that signs it.
    #[serde(borrow, default, deserialize_with = "present")]
    #[schema(value_type = String, nullable = false, required = false)]
    region: Option<Text<'a>>,
}

/// A signature and its stages.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignReply<'a> {
    canonical_request: &'a str,
    string_to_sign: &'a str,
    signature: &'a str,
    /// The headers to set.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    headers: Map<String, Value>,
    /// What to send instead of the request's own, if the signature goes there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    query: Option<&'a str>,
    /// What to send instead of the request's own, if the signature goes there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    body: Option<String>,
}

pub(crate) fn sign(from: &Admitted) -> Result<Json, Problem> {
    let mut asked: SignRequest<'_> = text::read(&from.body)?;
    let signer = signing::by_scheme(asked.scheme.as_str()).ok_or_else(no_such_scheme)?;
    let request = RequestText::parse(asked.request.as_str().as_bytes())
        .map_err(|error| Problem::input(format!("the request's text is malformed: {error}")))?;
    let time = time(asked.time)?;
    let credentials = credentials(&from.shared, &mut asked, time)?;
    let host = request.headers.get("host");
    let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
    let service = text(&asked.service).or_else(|| service_of(host));
    let region = text(&asked.region).unwrap_or_default();
    let names = asked.signed_headers.as_ref();
    let names = names.map(|names| names.iter().map(Text::as_str).collect::<Vec<_>>());
    let input = request.signing_input(service.unwrap_or_default(), region, names.as_deref());
    let signed = signer.sign(&input, &credentials, time).map_err(unsigned)?;
    Json::write(&SignReply {
        canonical_request: &signed.canonical_request,
        string_to_sign: &signed.string_to_sign,
        signature: &signed.signature,
        headers: headers(&signed),
        query: signed.query.as_deref(),
        body: signed.body.as_deref().map(lossy),
    })
}

/// Those that came with the request, or the sidecar's own at the cloud. None of either are mixed.
fn credentials(
    shared: &Shared,
    asked: &mut SignRequest<'_>,
    now: SystemTime,
) -> Result<Arc<Credentials>, Problem> {
    match (text(&asked.secret_id), asked.secret_key.take()) {
        (Some(id), Some(secret)) => Credentials::new(id, secret)
            .map(Arc::new)
            .map_err(|error| Problem::from(error).with_status(StatusCode::UNPROCESSABLE_ENTITY)),
        (None, None) => {
            let provider = shared.accounts.credentials(shared.cloud(asked.cloud)?)?;
            provider.available(now)?.ok_or_else(|| {
                Problem::busy(
                    "the sidecar's credentials must be fetched first; a call of /v1/recognize does this",
                )
            })
        }
        _ => Err(Problem::input(
            "give secret_id and secret_key together, or neither to sign with the sidecar's own credentials",
        )),
    }
}

fn headers(signed: &Signed) -> Map<String, Value> {
    let headers = signed.headers.iter();
    headers
        .map(|(name, value)| (name.as_str().to_owned(), lossy(value.as_bytes()).into()))
        .collect()
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn time(seconds: Option<u64>) -> Result<SystemTime, Problem> {
    let out_of_range = || Problem::malformed("the time is out of range; give Unix seconds");
    match seconds {
        None => Ok(SystemTime::now()),
        Some(LATEST..) => Err(out_of_range()),
        Some(seconds) => UNIX_EPOCH
            .checked_add(Duration::from_secs(seconds))
            .ok_or_else(out_of_range),
    }
}

/// The caller brought the request.
fn unsigned(error: SignError) -> Problem {
    match error {
        SignError::MissingScope { part } => Problem::input(format!(
            "this scheme signs the {part}, which the request's host does not name; give {part}"
        )),
        error => Problem::from(Error::from(error)).with_status(StatusCode::UNPROCESSABLE_ENTITY),
    }
}

fn no_such_scheme() -> Problem {
    let names: Vec<_> = signing::REGISTRY.iter().map(|it| it.scheme()).collect();
    Problem::input(format!(
        "there is no such scheme; there are {}",
        names.join(", ")
    ))
}
