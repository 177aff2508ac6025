//! Sends a signed request as it stands on the page, edited or not, and tells what came back.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use cardseal::{Client, Settled};
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

    let (started, sent_at) = (Instant::now(), SystemTime::now());
    let outcome = client.send(request).await;
    let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let refused = match &outcome {
        Ok(reply) => settle(accounts, aim, reply.clone()).err(),
        Err(failure) => Some(Refused::by(Check::Network, &failure.clone().into())),
    };
    let request_id = refused
        .as_ref()
        .and_then(|refused| refused.request_id.clone());
    let made = CallMade {
        cloud: aim.action.cloud.name(),
        action: aim.action.name,
        code: refused.as_ref().map(|refused| match &refused.code {
            Some(code) => code.clone(),
            None => "transport".to_owned(),
        }),
        request_id: request_id.unwrap_or_default(),
        latency_ms: milliseconds,
        sent_at_ms: milliseconds_of(sent_at),
        credential: credentials.id().to_owned(),
    };
    // What goes to the embedded gateway is nobody's usage.
    let usage = usage.filter(|_| aim.target == Target::Endpoint);
    let not_recorded = usage.and_then(|usage| usage.record(&made).err());
    let reply = match outcome {
        Ok(reply) => reply,
        Err(_) => return Err(refused.unwrap_or_else(no_reply)),
    };
    Ok(Reply {
        status: reply.status().as_u16(),
        headers: headers_of(&reply),
        body: Zeroizing::new(
            mask.hide_in_reply(String::from_utf8_lossy(reply.body()).into_owned()),
        ),
        milliseconds,
        refused,
        not_recorded,
    })
}

fn no_reply() -> Refused {
    Refused::new(Check::Network, "no reply came", "没有收到应答")
}

fn milliseconds_of(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
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
) -> Result<cardseal::RawAnswer, Refused> {
    let mut call = accounts.call(aim, b"{}")?;
    match call.settle_at(Ok(reply), SystemTime::now()) {
        Settled::Done(answer) => Ok(answer),
        Settled::Fail(error) => Err(Refused::by(Check::Service, &error)),
        // Another attempt would be made; here there is none.
        _ => Err(Refused::by(Check::Service, &call.out_of_time())),
    }
}

fn headers_of(reply: &Response<Bytes>) -> String {
    let lines = reply.headers().iter().map(|(name, value)| {
        let value = value.to_str().unwrap_or("?");
        format!("{name}: {value}")
    });
    lines.collect::<Vec<_>>().join("\n")
}
