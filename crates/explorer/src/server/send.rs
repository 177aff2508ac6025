//! Sends a signed request as it stands on the page, edited or not, and tells what came back.

use std::time::{Instant, SystemTime};

use bytes::Bytes;
use cardseal::{Client, Error, RawAnswer, Settled, TransportFailure};
use cardseal_explain::RequestText;
use http::{Request, Response, Uri};
use serde::Serialize;
use zeroize::Zeroizing;

use super::accounts::{Accounts, Aim, Target};
use super::mask::Mask;
use super::sign;
use super::told::{Check, Refused};
use super::usage::{CallMade, UsageSource};

/// What came back.
#[derive(Serialize)]
pub(crate) struct Reply {
    status: u16,
    headers: String,
    /// Text that is no UTF-8 has signs of replacement in it.
    body: Zeroizing<String>,
    milliseconds: u64,
    /// Where it is a refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<Refused>,
    /// Where the call was not recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_recorded: Option<String>,
}

pub(crate) async fn send(
    accounts: &Accounts,
    client: &Client,
    usage: Option<&dyn UsageSource>,
    aim: Aim<'_>,
    text: &str,
) -> Result<Reply, Refused> {
    let credentials = accounts.credentials(aim.action.cloud, aim.target)?;
    let mask = Mask::of(&credentials);
    // Where the library would send it, and the credentials that belong into it.
    let usual = sign::unsigned(accounts, aim, b"{}")?;
    let request = request(text, &mask, &usual, &signed_by(accounts, aim)?)?;

    let (started, at, sent) = (Instant::now(), SystemTime::now(), request.body().len());
    let outcome = client.send(request).await;
    let elapsed = started.elapsed();
    let failed = match &outcome {
        Ok(reply) => settle(accounts, aim, reply.clone())?.map(|answer| answer.request_id),
        Err(failure) => Err(failure.clone().into()),
    };
    let request_id = match &failed {
        Ok(id) => id.as_str(),
        Err(error) => error.request_id().unwrap_or_default(),
    };
    let made = CallMade {
        cloud: aim.action.cloud.name(),
        action: aim.action.name,
        region: aim.region,
        credential_id: credentials.id(),
        error: failed.as_ref().err(),
        request_id,
        at,
        elapsed,
        sent,
        received: outcome.as_ref().map_or(0, |reply| reply.body().len()),
    };
    // What goes to the embedded gateway, or nowhere, is nobody's usage.
    let left = !matches!(
        outcome,
        Err(TransportFailure::NotConnected { .. }
            | TransportFailure::Tls { .. }
            | TransportFailure::NoTimeLeft
            | TransportFailure::SetUp { .. })
    );
    let usage = usage.filter(|_| aim.target == Target::Endpoint && left);
    let not_recorded = usage.and_then(|usage| usage.record(&made).err());
    let refused = failed
        .err()
        .map(|error| Refused::by(Check::Service, &error));
    let reply = match (outcome, &refused) {
        (Ok(reply), _) => reply,
        (Err(_), Some(refused)) => return Err(refused.clone()),
        (Err(failure), None) => return Err(Refused::by(Check::Network, &failure.into())),
    };
    Ok(Reply {
        status: reply.status().as_u16(),
        headers: headers_of(&reply),
        body: Zeroizing::new(
            mask.hide_in_reply(String::from_utf8_lossy(reply.body()).into_owned()),
        ),
        milliseconds: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
        refused,
        not_recorded,
    })
}

/// The headers of a signature by these credentials, for their values.
fn signed_by(accounts: &Accounts, aim: Aim<'_>) -> Result<http::HeaderMap, Refused> {
    let mut call = accounts.call(aim, b"{}")?;
    match call.next(SystemTime::now()) {
        Ok(cardseal::Next::Send(request)) => Ok(request.headers().clone()),
        _ => Ok(http::HeaderMap::new()),
    }
}

fn request(
    text: &str,
    mask: &Mask,
    usual: &Request<Bytes>,
    values: &http::HeaderMap,
) -> Result<Request<Bytes>, Refused> {
    let mut read = RequestText::parse(text.as_bytes()).map_err(|error| {
        Refused::new(
            Check::Http,
            format!("the signed request is no HTTP request: {error}"),
            format!("签名后的请求不是 HTTP 请求：{error}"),
        )
    })?;
    mask.restore(&mut read.headers, values);
    let origin = usual.uri();
    let scheme = origin.scheme_str().unwrap_or("https");
    let authority = origin
        .authority()
        .map_or("", |authority| authority.as_str());
    let mut uri = format!("{scheme}://{authority}{}", read.path);
    if !read.query.is_empty() {
        uri.push('?');
        uri.push_str(&read.query);
    }
    let uri: Uri = uri.parse().map_err(|_| {
        Refused::new(
            Check::Http,
            "the signed request's target is no path of a URL",
            "签名后的请求的目标不是 URL 路径",
        )
    })?;
    let mut request = Request::new(read.body);
    *request.method_mut() = read.method;
    *request.uri_mut() = uri;
    *request.headers_mut() = read.headers;
    Ok(request)
}

/// What the library says of a reply that comes in clear.
pub(crate) fn settle(
    accounts: &Accounts,
    aim: Aim<'_>,
    reply: Response<Bytes>,
) -> Result<Result<RawAnswer, Error>, Refused> {
    let mut call = accounts.call(aim, b"{}")?;
    Ok(match call.settle_at(Ok(reply), SystemTime::now()) {
        Settled::Done(answer) => Ok(answer),
        Settled::Fail(error) => Err(error),
        // Another attempt would be made; here there is none.
        _ => Err(call.out_of_time()),
    })
}

fn headers_of(reply: &Response<Bytes>) -> String {
    let lines = reply.headers().iter().map(|(name, value)| {
        let value = value.to_str().unwrap_or("?");
        format!("{name}: {value}")
    });
    lines.collect::<Vec<_>>().join("\n")
}
