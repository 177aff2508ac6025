//! Signs a request that is given as text.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cardseal::signing::{SignError, Signed};
use cardseal::{Credentials, Error, signing};
use cardseal_explain::{RequestText, service_of};
use secrecy::SecretString;
use serde::Serialize;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::json;
use crate::fault::Fault;

/// What is signed, with what, and when.
pub struct Sign<'a> {
    /// Such as `tc3-hmac-sha256`; `cardseal sign --help` lists them.
    pub scheme: &'a str,
    /// An HTTP/1.1 request as text.
    pub request: &'a [u8],
    /// The id of the credentials.
    pub secret_id: &'a str,
    /// Their secret.
    pub secret_key: SecretString,
    /// Unix seconds; now if there are none.
    pub time: Option<u64>,
    /// The headers to sign; `None` for the scheme's own.
    pub signed_headers: Option<Vec<&'a str>>,
}

#[derive(Serialize)]
struct Shown<'a> {
    canonical_request: &'a str,
    string_to_sign: &'a str,
    signature: &'a str,
    headers: Map<String, Value>,
    /// What to send in place of the request's own, where the signature goes there.
    #[serde(skip_serializing_if = "Option::is_none")]
    query: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
}

/// `{"canonical_request","string_to_sign","signature","headers"}`, as `cardseal sign --json` prints it; with `query` or
/// `body` if the signature goes there.
///
/// # Errors
/// Exit code 2 if the scheme, the text or the time is invalid; 4 if the credentials are invalid, or the request cannot
/// be signed.
pub fn sign(what: Sign<'_>) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let signer = signing::by_scheme(what.scheme).ok_or_else(no_such_scheme)?;
    let request = RequestText::parse(what.request)
        .map_err(|error| Fault::input(format!("the request's text is malformed: {error}")))?;
    let credentials = Credentials::new(what.secret_id, what.secret_key)?;
    let host = request.headers.get("host");
    let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
    let signed_headers = what.signed_headers.as_deref();
    let input = request.signing_input(service_of(host).unwrap_or_default(), "", signed_headers);
    let signed = signer
        .sign(&input, &credentials, time(what.time)?)
        .map_err(unsigned)?;
    json::write(&Shown {
        canonical_request: &signed.canonical_request,
        string_to_sign: &signed.string_to_sign,
        signature: &signed.signature,
        headers: headers(&signed),
        query: signed.query.as_deref(),
        body: signed.body.as_deref().map(lossy),
    })
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

fn time(seconds: Option<u64>) -> Result<SystemTime, Fault> {
    match seconds {
        None => Ok(SystemTime::now()),
        Some(seconds) => UNIX_EPOCH
            .checked_add(Duration::from_secs(seconds))
            .ok_or_else(|| Fault::input("the time is out of range; give Unix seconds")),
    }
}

/// What a scheme signs beside the request is bad input where the request does not have it.
fn unsigned(error: SignError) -> Fault {
    match error {
        SignError::MissingScope { part } => Fault::input(format!(
            "this scheme signs the {part}, which the request's host does not name; sign a request to the service's own \
             host"
        )),
        error => Error::from(error).into(),
    }
}

fn no_such_scheme() -> Fault {
    let names: Vec<_> = signing::REGISTRY.iter().map(|it| it.scheme()).collect();
    Fault::input(format!(
        "there is no such scheme; there are {}",
        names.join(", ")
    ))
}
