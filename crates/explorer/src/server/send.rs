//! Sends a signed request as it stands on the page, edited or not, and tells what came back.

use std::time::{Instant, SystemTime};

use bytes::Bytes;
use cardseal::{Client, Credentials, Error, RawAnswer, Settled, TransportFailure};
use cardseal_explain::RequestText;
use http::{HeaderMap, Request, Response, Uri};
use secrecy::ExposeSecret;
use serde::Serialize;
use tokio::runtime::Handle;
use tokio::sync::watch;
use zeroize::Zeroizing;

use super::accounts::{Accounts, Aim, Target};
use super::config::Chinese;
use super::hidden::Hidden;
use super::mask::Mask;
use super::sign;
use super::told::{Check, Refused, Told, told};
use super::usage::{CallMade, UsageSource};

/// What came back.
#[derive(Serialize)]
pub(crate) struct Reply {
    status: u16,
    /// Text that is no UTF-8 has signs of replacement in it.
    body: Zeroizing<String>,
    milliseconds: u64,
    /// Where it is a refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<Refused>,
    /// Where the call was not recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_recorded: Option<Told>,
}

impl Reply {
    /// The same, what is told of it in Chinese too.
    pub(crate) fn in_chinese(mut self, chinese: &Chinese) -> Self {
        self.refused = self.refused.map(|refused| refused.in_chinese(chinese));
        if let Some(told) = &mut self.not_recorded {
            told.zh = chinese(&told.en);
        }
        self
    }
}

/// The way to the services: its network is driven by another thread.
pub(crate) struct Way<'a> {
    pub(crate) client: &'a Client,
    pub(crate) network: &'a Handle,
    /// Turns true when the explorer ends.
    pub(crate) ended: watch::Receiver<bool>,
}

impl Way<'_> {
    /// The reply. A call that is on its way when the explorer ends has none, and is one all the same.
    fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportFailure> {
        let mut ended = self.ended.clone();
        self.network.block_on(async {
            tokio::select! {
                outcome = self.client.send(request) => outcome,
                _ = ended.wait_for(|ended| *ended) => Err(TransportFailure::Broken {
                    reason: "the explorer ended before a reply came".to_owned(),
                }),
            }
        })
    }
}

pub(crate) fn send(
    accounts: &Accounts,
    way: &Way<'_>,
    usage: Option<&dyn UsageSource>,
    aim: Aim<'_>,
    text: &str,
) -> Result<Reply, Refused> {
    let credentials = accounts.credentials(aim.action.cloud, aim.target)?;
    let mask = Mask::of(&credentials);
    // Where the library would send it, and the credentials that belong into it.
    let usual = sign::unsigned(accounts, aim, b"{}")?;
    let values = signed_by(accounts, aim)?;
    let request = request(text, &mask, &usual, &values)?;
    if aim.target == Target::Endpoint {
        check_is_this_call(&request, &usual)?;
    }
    let hidden = hidden(accounts, aim, &credentials, &values);
    let hide = |text: String| hidden.hide(text);

    let (started, at, sent) = (Instant::now(), SystemTime::now(), request.body().len());
    let outcome = way.send(request);
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
    let not_recorded = not_recorded.map(|line| told(line, ""));
    let refused = failed
        .err()
        .map(|error| Refused::by(Check::Service, &error).with_each(hide));
    let reply = match (outcome, &refused) {
        (Ok(reply), _) => reply,
        (Err(_), Some(refused)) => return Err(refused.clone()),
        (Err(failure), None) => return Err(Refused::by(Check::Network, &failure.into())),
    };
    Ok(Reply {
        status: reply.status().as_u16(),
        body: Zeroizing::new(hide(String::from_utf8_lossy(reply.body()).into_owned())),
        milliseconds: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
        refused,
        not_recorded,
    })
}

/// What a service may give back of the credentials: one that says what it was sent says who signed it, too.
pub(crate) fn hidden_in(accounts: &Accounts, aim: Aim<'_>) -> Result<Hidden, Refused> {
    let credentials = accounts.credentials(aim.action.cloud, aim.target)?;
    let values = signed_by(accounts, aim)?;
    Ok(hidden(accounts, aim, &credentials, &values))
}

fn hidden(
    accounts: &Accounts,
    aim: Aim<'_>,
    credentials: &Credentials,
    values: &HeaderMap,
) -> Hidden {
    let secret = accounts.secret(aim.action.cloud, aim.target);
    let secret = secret.as_ref().map_or("", |secret| secret.expose_secret());
    Hidden::of(credentials.id(), secret, values)
}

/// The headers of a signature by these credentials, for their values.
fn signed_by(accounts: &Accounts, aim: Aim<'_>) -> Result<HeaderMap, Refused> {
    let mut call = accounts.call(aim, b"{}")?;
    match call.next(SystemTime::now()) {
        Ok(cardseal::Next::Send(request)) => Ok(request.headers().clone()),
        _ => Ok(HeaderMap::new()),
    }
}

fn request(
    text: &str,
    mask: &Mask,
    usual: &Request<Bytes>,
    values: &HeaderMap,
) -> Result<Request<Bytes>, Refused> {
    let mut read = RequestText::parse(text.as_bytes()).map_err(|error| {
        Refused::quoting(
            Check::Http,
            "the signed request is no HTTP request: ",
            "签名后的请求不是 HTTP 请求：",
            error,
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

/// At a real endpoint the process's credentials are for the call that the page shows, and for no other.
fn check_is_this_call(request: &Request<Bytes>, usual: &Request<Bytes>) -> Result<(), Refused> {
    let all = |request: &Request<Bytes>, name: &str| {
        let values = request.headers().get_all(name).into_iter();
        values.cloned().collect::<Vec<_>>()
    };
    let same = |name: &str| all(request, name) == all(usual, name);
    let is_this = request.method() == usual.method()
        && request.uri().path() == usual.uri().path()
        && request.uri().query() == usual.uri().query();
    match is_this && same("host") && same("x-tc-action") && same("x-tc-version") {
        true => Ok(()),
        false => Err(Refused::new(
            Check::Http,
            "method, path, query, Host or action are not those of the chosen call, and nothing else goes to a real endpoint; \
             choose the embedded gateway to try it",
            "方法、路径、查询串、Host 或接口与所选调用不符，而真实接入点只接收所选调用；如需尝试，请选择内置网关",
        )),
    }
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
