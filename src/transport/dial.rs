//! Making a connection, for both drivers: resolve the name, race its addresses (RFC 8305), open the proxy's tunnel,
//! negotiate TLS. One time limit covers all of it, and nothing of the request is sent before it is done.

use core::fmt;
use core::net::{IpAddr, SocketAddr};
use core::time::Duration;
use std::sync::Arc;

use http::Uri;
use rustls::ClientConfig;

use super::names::Names;
use super::{Proxy, TransportFailure, TransportOptions, tls};
use crate::error::printable;

/// The head start of each address on the next: RFC 8305, section 5.
pub(super) const NEXT_ADDRESS: Duration = Duration::from_millis(250);

/// The connection settings of a client.
pub(super) struct Dialer {
    pub(super) names: Arc<Names>,
    pub(super) tls: Arc<ClientConfig>,
    pub(super) timeout: Duration,
    proxy: Option<Proxy>,
}

/// The target of a connection.
pub(super) struct Route<'d> {
    /// The host to connect to by TCP: the proxy, if there is one.
    pub(super) host: &'d str,
    pub(super) port: u16,
    /// The tunnel to request, and the proxy to ask.
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
        // If the name was given an address, the proxy must not resolve it.
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

/// A phase of connecting.
pub(super) enum Phase<'p> {
    LookUp(&'p str),
    Tcp(&'p Route<'p>, usize),
    Tunnel(&'p Proxy),
    Tls,
}

impl Phase<'_> {
    /// The failure if this phase has not ended within `allowed`.
    pub(super) fn timed_out(&self, allowed: Duration) -> TransportFailure {
        TransportFailure::not_connected(format!("{self} within {allowed:?}"))
    }

    /// The failure of this phase with this reason.
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
            Self::Tls => f.write_str("TLS could not be negotiated"),
        }
    }
}

/// The addresses in the order to try them: as the system sorted them, but alternating IPv6 and IPv4 (RFC 8305, section
/// 4).
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

/// Whether a URI's host is this machine.
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
