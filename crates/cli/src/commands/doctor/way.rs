//! The way to the endpoint: one request that asks for nothing and is signed by nobody, and how far it came.

use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use cardseal::{BlockingClient, Proxy, TransportFailure, TransportOptions};
use http::Request;
use http::header::DATE;
use jiff::fmt::rfc2822::DateTimeParser;

use crate::args::Network;
use crate::network;

/// The longest that making a connection may take here, whatever the calls are allowed.
const CONNECT: Duration = Duration::from_secs(10);

/// The longest that all of it may take.
const WHOLE: Duration = Duration::from_secs(20);

/// How far the request came.
pub(super) enum Reached {
    /// Nowhere: the client itself could not be made.
    Nowhere,
    /// To the proxy, or not even there.
    Proxy(String),
    /// Not to the endpoint.
    Nothing(String),
    /// To the endpoint, which did not agree on TLS.
    Connection(String),
    /// There was a connection and no answer on it.
    Silence(String),
    Answer(Answer),
}

pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) elapsed: Duration,
    /// How far the endpoint's clock is ahead of this host's, in seconds; `None` if it does not say the time.
    pub(super) ahead: Option<i64>,
}

/// What the request goes out with, as far as it could be set up, and what could not.
pub(super) struct Way {
    pub(super) proxy: Result<Option<Proxy>, String>,
    pub(super) certificates: Result<(), String>,
    pub(super) reached: Reached,
}

/// Asks the endpoint. What is wrong with the proxy or with certificates is left out, so that the rest can be looked at.
pub(super) fn ask(arguments: &Network, url: &str) -> Way {
    let plain = TransportOptions::default()
        .connect_timeout(Duration::from_secs(arguments.connect_timeout).min(CONNECT))
        .deadline(WHOLE);
    let plain = network::with_addresses(plain.clone(), arguments).unwrap_or(plain);
    let proxy = network::proxy(arguments).map_err(|failure| failure.message().to_owned());
    let through = |options: TransportOptions| match &proxy {
        Ok(Some(proxy)) => options.proxy(proxy.clone()),
        _ => options,
    };
    let trusting = network::with_trust(plain.clone(), arguments)
        .and_then(|options| Ok(BlockingClient::with_options(&through(options))?))
        .map_err(|failure| failure.message().to_owned());
    let (client, certificates) = match trusting {
        Ok(client) => (Some(client), Ok(())),
        Err(why) => (BlockingClient::with_options(&through(plain)).ok(), Err(why)),
    };
    let reached = client.map_or(Reached::Nowhere, |client| send(&client, url));
    Way {
        proxy,
        certificates,
        reached,
    }
}

fn send(client: &BlockingClient, url: &str) -> Reached {
    let Ok(request) = Request::get(url).body(Bytes::new()) else {
        return Reached::Nowhere;
    };
    let (started, at) = (Instant::now(), SystemTime::now());
    let reply = match client.send(request) {
        Ok(reply) => reply,
        Err(failure) => return short_of(failure),
    };
    let elapsed = started.elapsed();
    let date = reply.headers().get(DATE).and_then(|value| {
        DateTimeParser::new()
            .parse_timestamp(value.to_str().ok()?)
            .ok()
    });
    // The endpoint wrote it half-way, more or less.
    let here = at
        .checked_add(elapsed / 2)
        .and_then(|at| jiff::Timestamp::try_from(at).ok());
    let ahead = date
        .zip(here)
        .map(|(date, here)| date.as_second().saturating_sub(here.as_second()));
    Reached::Answer(Answer {
        status: reply.status().as_u16(),
        elapsed,
        ahead,
    })
}

/// Where a failure says that it happened. The library tells the phases of connecting by how its reason begins.
fn short_of(failure: TransportFailure) -> Reached {
    let told = failure.to_string();
    match failure {
        TransportFailure::NotConnected { reason } if reason.starts_with("the proxy ") => {
            Reached::Proxy(told)
        }
        TransportFailure::NotConnected { reason } if reason.starts_with("TLS ") => {
            Reached::Connection(told)
        }
        TransportFailure::NotConnected { .. } => Reached::Nothing(told),
        TransportFailure::Tls { .. } => Reached::Connection(told),
        TransportFailure::SetUp { .. } => Reached::Nowhere,
        _ => Reached::Silence(told),
    }
}
