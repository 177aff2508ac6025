//! A connection for the blocking driver.

use core::fmt;
use core::time::Duration;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Instant;

use http::Uri;
use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};
use ureq::Error;
use ureq::config::Config;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{ConnectionDetails, Connector, NextTimeout};

use super::super::dial::{Dialer, NEXT_ADDRESS, Phase, Route, by_turns};
use super::super::{Proxy, TransportFailure, tls, tunnel};
use super::stream::{Over, Stream, Timed};

/// Makes the connections of one client.
pub(super) struct Dial {
    dialer: Dialer,
}

impl Dial {
    pub(super) fn new(dialer: Dialer) -> Self {
        Self { dialer }
    }
}

impl Connector for Dial {
    type Out = Stream;

    fn connect(&self, details: &ConnectionDetails, _: Option<()>) -> Result<Option<Stream>, Error> {
        let left = *details.timeout.after;
        let over = dial(&self.dialer, details.uri, left)
            .map_err(|failure| Error::Other(Box::new(failure)))?;
        let (input, output) = (
            details.config.input_buffer_size(),
            details.config.output_buffer_size(),
        );
        Ok(Some(Stream::new(over, input, output)))
    }
}

/// Connects within the time for connecting or the rest of the attempt's time, whichever is shorter.
fn dial(dialer: &Dialer, uri: &Uri, left: Duration) -> Result<Over, TransportFailure> {
    let until = Until::within(dialer.timeout.min(left));
    let route = dialer.route(uri)?;
    let addresses = look_up(dialer, &route, &until)?;
    let phase = Phase::Tcp(&route, addresses.len());
    let tcp = race(&addresses, &until).map_err(|error| until.failed(&phase, &error))?;
    // Small messages should not wait for a full segment; if it cannot be set, they wait.
    let _ = tcp.set_nodelay(true);
    let mut timed = Timed {
        tcp,
        until: until.at,
    };
    if let Some((proxy, host, port)) = &route.tunnel {
        open_tunnel(&mut timed, proxy, host, *port, &until)?;
    }
    if uri.scheme_str() == Some("http") {
        return Ok(Over::Tcp(timed));
    }
    let connection = agree(dialer, uri, &mut timed).map_err(|error| {
        tls::failure(&error).unwrap_or_else(|| until.failed(&Phase::Tls, &error))
    })?;
    Ok(Over::Tls(Box::new(StreamOwned::new(connection, timed))))
}

/// The deadline for connecting.
struct Until {
    /// `None` if it is beyond the range of the clock.
    at: Option<Instant>,
    allowed: Duration,
}

impl Until {
    fn within(allowed: Duration) -> Self {
        Self {
            at: Instant::now().checked_add(allowed),
            allowed,
        }
    }

    /// The time left; zero if it is over.
    fn left(&self) -> Duration {
        self.at.map_or(Duration::MAX, |at| {
            at.saturating_duration_since(Instant::now())
        })
    }

    fn failed(&self, phase: &Phase<'_>, error: &io::Error) -> TransportFailure {
        match error.kind() {
            io::ErrorKind::TimedOut if self.left().is_zero() => phase.timed_out(self.allowed),
            _ => phase.failed(error),
        }
    }
}

fn look_up(
    dialer: &Dialer,
    route: &Route<'_>,
    until: &Until,
) -> Result<Vec<SocketAddr>, TransportFailure> {
    let mut addresses = dialer.names.known(route.host);
    if addresses.is_empty() {
        let phase = Phase::LookUp(route.host);
        let (tell, told) = mpsc::sync_channel(1);
        dialer
            .names
            .look_up(route.host, Box::new(move |found| drop(tell.send(found))));
        let found = told
            .recv_timeout(until.left())
            .map_err(|_| phase.timed_out(until.allowed))?;
        addresses = found.map_err(|reason| phase.failed(&reason))?;
    }
    Ok(by_turns(&addresses, route.port))
}

/// The first connection that succeeds. Each address has a head start on the next, or none if it fails.
fn race(addresses: &[SocketAddr], until: &Until) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    if let [only] = addresses {
        return connect(only, until.left());
    }
    let (tell, told) = mpsc::channel();
    let mut rest = addresses.iter().copied();
    let mut under_way = 0_usize;
    loop {
        if let Some(address) = rest.next() {
            let (tell, left) = (tell.clone(), until.left());
            // The losing attempts end by the same deadline; nobody reads their results.
            thread::Builder::new()
                .name("cardseal connect".to_owned())
                .spawn(move || drop(tell.send(connect(&address, left))))?;
            under_way = under_way.saturating_add(1);
        } else if under_way == 0 {
            return Err(last);
        }
        let patience = if rest.len() == 0 {
            until.left()
        } else {
            until.left().min(NEXT_ADDRESS)
        };
        match told.recv_timeout(patience) {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => {
                last = error;
                under_way = under_way.saturating_sub(1);
            }
            Err(_) if until.left().is_zero() => return Err(io::ErrorKind::TimedOut.into()),
            Err(_) => {}
        }
    }
}

fn connect(address: &SocketAddr, left: Duration) -> io::Result<TcpStream> {
    if left.is_zero() {
        return Err(io::ErrorKind::TimedOut.into());
    }
    TcpStream::connect_timeout(address, left)
}

fn open_tunnel(
    timed: &mut Timed,
    proxy: &Proxy,
    host: &str,
    port: u16,
    until: &Until,
) -> Result<(), TransportFailure> {
    let failed = |error: io::Error| until.failed(&Phase::Tunnel(proxy), &error);
    timed
        .write_all(&tunnel::request(proxy, host, port))
        .map_err(failed)?;
    let mut answer = tunnel::Answer::default();
    let mut buffer = [0; 1024];
    loop {
        let read = timed.read(&mut buffer).map_err(failed)?;
        if answer.take(proxy, buffer.get(..read).unwrap_or_default())? {
            return Ok(());
        }
    }
}

fn agree(dialer: &Dialer, uri: &Uri, timed: &mut Timed) -> io::Result<ClientConnection> {
    let host = uri.host().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let name = ServerName::try_from(bare.to_owned()).map_err(io::Error::other)?;
    let mut connection =
        ClientConnection::new(Arc::clone(&dialer.tls), name).map_err(io::Error::other)?;
    while connection.is_handshaking() {
        connection.complete_io(timed)?;
    }
    Ok(connection)
}

impl fmt::Debug for Dial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dial").finish_non_exhaustive()
    }
}

/// The dialler resolves names within its time limit; ureq would do it earlier, without a limit.
#[derive(Debug)]
pub(super) struct NoLookUp;

impl Resolver for NoLookUp {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        Ok(self.empty())
    }
}
