//! Making a connection: what both drivers keep to. The name is looked up, its addresses are raced (RFC 8305), a proxy
//! opens its tunnel, TLS is agreed on; all of it within one bound, and nothing of the request is sent before.

use core::fmt;
use core::net::{IpAddr, SocketAddr};
use core::time::Duration;
use std::sync::Arc;

use http::Uri;
use rustls::ClientConfig;

use super::names::Names;
use super::{Proxy, TransportFailure, TransportOptions, tls};
use crate::error::printable;

/// How long one address is waited for before the next is tried beside it: RFC 8305, section 5.
pub(super) const NEXT_ADDRESS: Duration = Duration::from_millis(250);

/// What a client connects with.
pub(super) struct Dialer {
    pub(super) names: Arc<Names>,
    pub(super) tls: Arc<ClientConfig>,
    pub(super) timeout: Duration,
    proxy: Option<Proxy>,
}

/// Where a connection goes.
pub(super) struct Route<'d> {
    /// The host to reach by TCP: the proxy, where one serves.
    pub(super) host: &'d str,
    pub(super) port: u16,
    /// The tunnel to ask for, and whom.
    pub(super) tunnel: Option<(&'d Proxy, String, u16)>,
}

impl Dialer {
    pub(super) fn new(options: &TransportOptions) -> Result<Self, TransportFailure> {
        Ok(Self {
            names: Names::new(&options.addresses),
            tls: Arc::new(tls::config(options)?),
            timeout: options.connect_timeout,
            proxy: options.proxy.clone(),
        })
    }

    pub(super) fn route<'d>(&'d self, uri: &'d Uri) -> Result<Route<'d>, TransportFailure> {
        let host = uri
            .host()
            .ok_or_else(|| TransportFailure::set_up("the URI names no host"))?;
        let usual = if uri.scheme_str() == Some("http") {
            80
        } else {
            443
        };
        let port = uri.port_u16().unwrap_or(usual);
        let Some(proxy) = self.proxy.as_ref().filter(|proxy| proxy.serves(uri)) else {
            return Ok(Route {
                host,
                port,
                tunnel: None,
            });
        };
        // A name that was given an address is not the proxy's to look up.
        let target = match self.names.given(host).next() {
            Some(IpAddr::V6(address)) => format!("[{address}]"),
            Some(IpAddr::V4(address)) => address.to_string(),
            None => host.to_owned(),
        };
        Ok(Route {
            host: proxy.host(),
            port: proxy.port(),
            tunnel: Some((proxy, target, port)),
        })
    }
}

/// What the time ran out in.
pub(super) enum Phase<'p> {
    LookUp(&'p str),
    Tcp(&'p Route<'p>, usize),
    Tunnel(&'p Proxy),
    Tls,
}

impl Phase<'_> {
    /// The failure where this phase has not ended within `allowed`.
    pub(super) fn timed_out(&self, allowed: Duration) -> TransportFailure {
        TransportFailure::not_connected(format!("{self} within {allowed:?}"))
    }

    /// The failure where this phase ended so.
    pub(super) fn failed(&self, reason: &dyn fmt::Display) -> TransportFailure {
        TransportFailure::not_connected(format!("{self}: {}", printable(&reason.to_string())))
    }
}

impl fmt::Display for Phase<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LookUp(host) => write!(f, "the name {} was not resolved", printable(host)),
            Self::Tcp(route, addresses) => {
                let whose = if route.tunnel.is_some() {
                    "the proxy "
                } else {
                    ""
                };
                let (host, port) = (printable(route.host), route.port);
                match addresses {
                    1 => write!(f, "{whose}{host}:{port} was not reached"),
                    more => write!(
                        f,
                        "{whose}{host}:{port} was not reached at any of {more} addresses"
                    ),
                }
            }
            Self::Tunnel(proxy) => {
                write!(
                    f,
                    "the proxy {}:{} opened no tunnel",
                    printable(proxy.host()),
                    proxy.port()
                )
            }
            Self::Tls => f.write_str("TLS was not agreed on"),
        }
    }
}

/// The addresses in the order to try them: as the system sorted them, but IPv6 and IPv4 by turns (RFC 8305, section 4).
pub(super) fn by_turns(addresses: &[IpAddr], port: u16) -> Vec<SocketAddr> {
    let Some(first) = addresses.first() else {
        return Vec::new();
    };
    let (mut one, mut other): (Vec<_>, Vec<_>) = addresses
        .iter()
        .map(|address| SocketAddr::new(*address, port))
        .partition(|address| address.is_ipv4() == first.is_ipv4());
    one.reverse();
    other.reverse();
    let mut order = Vec::with_capacity(addresses.len());
    while !one.is_empty() || !other.is_empty() {
        order.extend(one.pop());
        order.extend(other.pop());
    }
    order
}

/// Whether a URI's host is this very machine.
pub(super) fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost")
        || bare
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_families_take_turns() {
        let of = |texts: &[&str]| {
            texts
                .iter()
                .map(|text| text.parse().unwrap())
                .collect::<Vec<IpAddr>>()
        };
        let shown = |texts: &[&str]| {
            let order = by_turns(&of(texts), 1);
            order
                .iter()
                .map(|address| address.ip().to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            shown(&[
                "2001:db8::1",
                "2001:db8::2",
                "192.0.2.1",
                "192.0.2.2",
                "192.0.2.3"
            ]),
            [
                "2001:db8::1",
                "192.0.2.1",
                "2001:db8::2",
                "192.0.2.2",
                "192.0.2.3"
            ]
        );
        assert_eq!(
            shown(&["192.0.2.1", "192.0.2.2"]),
            ["192.0.2.1", "192.0.2.2"]
        );
        assert!(shown(&[]).is_empty());
    }
}
