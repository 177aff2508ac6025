//! The middle stages: canonical request, string to sign, signed request. Texts that were edited on the page are signed
//! where they are texts that the library would write of some request; where not, the check that refuses them says so.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use cardseal::signing::{self, Payload, Signed, SigningInput};
use cardseal::{Credentials, Next};
use http::{HeaderMap, Method, Request};
use serde::Serialize;
use zeroize::Zeroizing;

use super::accounts::{Accounts, Aim, Target};
use super::edited;
use super::mask::Mask;
use super::told::{Check, Refused};
use crate::catalogue::Cloud;

/// The stages, as the page shows them: without anything of the credentials.
#[derive(Serialize)]
pub(crate) struct Stages {
    pub(crate) canonical_request: String,
    pub(crate) string_to_sign: String,
    pub(crate) signed_request: Zeroizing<String>,
}

/// Texts that somebody changed.
#[derive(Default)]
pub(crate) struct Edits<'a> {
    pub(crate) canonical_request: Option<&'a str>,
    pub(crate) string_to_sign: Option<&'a str>,
}

/// The headers that a signature sets, in any of the clouds' schemes.
const OF_A_SIGNATURE: [&str; 8] = [
    "authorization",
    "x-tc-timestamp",
    "x-tc-token",
    "eop-authorization",
    "eop-date",
    "appkey",
    "x-sdk-date",
    "x-security-token",
];

/// How far from this host's clock a text for a real endpoint is signed.
const MOST_APART: Duration = Duration::from_secs(300);

/// The scheme that requests of a cloud are signed by.
pub(crate) fn scheme(cloud: Cloud) -> &'static str {
    match cloud {
        Cloud::Tencent => "tc3-hmac-sha256",
        Cloud::Ctyun => "ctyun-eop",
        Cloud::Huawei => "sdk-hmac-sha256",
    }
}

/// The request that the library would send, before it is signed.
pub(crate) fn unsigned(
    accounts: &Accounts,
    aim: Aim<'_>,
    body: &[u8],
) -> Result<Request<Bytes>, Refused> {
    let mut call = accounts.call(aim, body)?;
    match call.next(SystemTime::now()) {
        Ok(Next::Send(mut request)) => {
            for name in OF_A_SIGNATURE {
                request.headers_mut().remove(name);
            }
            Ok(request)
        }
        Ok(_) => Err(Refused::new(
            Check::Credentials,
            "the credentials have to be fetched first; put them into the environment",
            "凭证需要先获取：请直接在环境变量中设置",
        )),
        Err(error) => Err(Refused::by(Check::Request, &error)),
    }
}

/// Signs the body, and gives every stage of it.
pub(crate) fn sign(
    accounts: &Accounts,
    aim: Aim<'_>,
    body: &str,
    edits: &Edits<'_>,
) -> Result<Stages, Refused> {
    let credentials = accounts.credentials(aim.action.cloud, aim.target)?;
    let mut request = unsigned(accounts, aim, body.as_bytes())?;
    let mask = Mask::of(&credentials);
    let now = edited::time_of(edits.string_to_sign)?.unwrap_or_else(SystemTime::now);
    let service = edited::service_of(edits.string_to_sign)?;
    let service = service.unwrap_or(aim.action.service);
    if aim.target == Target::Endpoint && (service != aim.action.service || !is_about_now(now)) {
        return Err(edited::of_another_call());
    }
    let signed = match edits.canonical_request {
        Some(text) if aim.action.cloud == Cloud::Tencent => {
            let read = edited::Canonical::parse(text)?;
            if aim.target == Target::Endpoint && !read.is_for(request.headers()) {
                return Err(edited::of_another_call());
            }
            stages(&read.input(service), &credentials, aim, now)?
        }
        _ => {
            let (method, headers) = (request.method().clone(), request.headers().clone());
            let input = input(&request, &method, &headers, service, aim.region);
            stages(&input, &credentials, aim, now)?
        }
    };
    signed.set_headers(request.headers_mut());
    let shown = |text: &str| mask.hide(text, request.headers());
    let stages = Stages {
        canonical_request: shown(&signed.canonical_request),
        string_to_sign: shown(&signed.string_to_sign),
        signed_request: text_of(&request, &mask, signed.query.as_deref()),
    };
    edited::check_is_written_so(edits.canonical_request, &stages.canonical_request)?;
    edited::check_names(edits.string_to_sign, &stages.string_to_sign)?;
    Ok(stages)
}

/// Within what a service takes.
fn is_about_now(time: SystemTime) -> bool {
    let now = SystemTime::now();
    let apart = time
        .duration_since(now)
        .or_else(|_| now.duration_since(time));
    apart.is_ok_and(|apart| apart <= MOST_APART)
}

fn input<'a>(
    request: &'a Request<Bytes>,
    method: &'a Method,
    headers: &'a HeaderMap,
    service: &'a str,
    region: &'a str,
) -> SigningInput<'a> {
    SigningInput {
        method,
        path: request.uri().path(),
        query: request.uri().query().unwrap_or_default(),
        headers,
        payload: Payload::Bytes(request.body()),
        service,
        region,
        signed_headers: None,
    }
}

fn stages(
    input: &SigningInput<'_>,
    credentials: &Credentials,
    aim: Aim<'_>,
    now: SystemTime,
) -> Result<Signed, Refused> {
    let scheme = scheme(aim.action.cloud);
    let signer = signing::by_scheme(scheme).ok_or_else(|| {
        Refused::new(
            Check::Canonical,
            "there is no such scheme",
            "没有这种签名方法",
        )
    })?;
    signer
        .sign(input, credentials, now)
        .map_err(|error| Refused::by(Check::Canonical, &error.into()))
}

/// The request as HTTP/1.1 text.
fn text_of(request: &Request<Bytes>, mask: &Mask, query: Option<&str>) -> Zeroizing<String> {
    let body = std::str::from_utf8(request.body()).unwrap_or_default();
    let mut text = Zeroizing::new(String::with_capacity(body.len().saturating_add(4096)));
    text.push_str(request.method().as_str());
    text.push(' ');
    text.push_str(request.uri().path());
    let query = query.or(request.uri().query());
    if let Some(query) = query.filter(|query| !query.is_empty()) {
        text.push('?');
        text.push_str(query);
    }
    text.push_str(" HTTP/1.1\n");
    let mut lines: Vec<String> = request
        .headers()
        .iter()
        .map(|(name, value)| mask.line(name.as_str(), value))
        .collect();
    lines.sort_by_key(|line| (!line.starts_with("host:"), line.clone()));
    text.push_str(&lines.join("\n"));
    text.push_str("\n\n");
    text.push_str(body);
    text
}
