//! The blocking driver's network: ureq.

use core::time::Duration;
use std::io;

use bytes::Bytes;
use http::{Request, Response};
use ureq::config::AutoHeaderValue;
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};
use ureq::{Agent, Error, Timeout};

use super::{TransportFailure, TransportOptions, tls};
use crate::error::printable;

/// A pool of connections.
pub(crate) struct Ureq {
    agent: Agent,
    largest_reply: usize,
}

impl Ureq {
    pub(crate) fn new(options: &TransportOptions) -> Result<Self, TransportFailure> {
        let roots: Vec<_> = tls::roots(options)?
            .iter()
            .map(|root| Certificate::from_der(root).to_owned())
            .collect();
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .unversioned_rustls_crypto_provider(tls::provider())
            .root_certs(RootCerts::new_with_certs(&roots))
            .build();
        let config = Agent::config_builder()
            .tls_config(tls)
            // The service answers 200 to everything; other statuses are judged by whoever reads the reply.
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent(AutoHeaderValue::Provided(
                super::USER_AGENT.to_owned().into(),
            ))
            .accept_encoding(AutoHeaderValue::None)
            .build();
        Ok(Self {
            agent: config.new_agent(),
            largest_reply: options.largest_reply,
        })
    }

    /// Sends a request and reads the whole reply within `left`.
    pub(crate) fn send(
        &self,
        request: Request<Bytes>,
        left: Duration,
    ) -> Result<Response<Bytes>, TransportFailure> {
        if is_overheard() {
            return Err(tls::set_up(
                "`ureq_proto` logs at TRACE here, which is every byte it sends and reads, tokens and cards among them; \
                 keep it from that, as RUST_LOG=trace,ureq_proto=debug does",
            ));
        }
        let (parts, body) = request.into_parts();
        // As a slice, so that its length is known and is sent: not every gateway takes a body in chunks.
        let request = Request::from_parts(parts, &*body);
        let request = self
            .agent
            .configure_request(request)
            .timeout_global(Some(left))
            .build();
        let (parts, body) = self
            .agent
            .run(request)
            .map_err(|error| self.failure(error))?
            .into_parts();
        // One byte more than allowed tells a reply that fits exactly from one that does not: the library's limit is
        // one that must not be reached.
        let largest = u64::try_from(self.largest_reply).unwrap_or(u64::MAX);
        let bytes = body
            .into_with_config()
            .limit(largest.saturating_add(1))
            .read_to_vec()
            .map_err(|error| self.failure(error))?;
        Ok(Response::from_parts(parts, Bytes::from(bytes)))
    }

    fn failure(&self, error: Error) -> TransportFailure {
        let reason = printable(&error.to_string());
        match error {
            Error::HostNotFound
            | Error::ConnectionFailed
            | Error::Timeout(Timeout::Connect | Timeout::Resolve) => {
                TransportFailure::NotConnected { reason }
            }
            Error::Io(io) if never_connected(&io) => TransportFailure::NotConnected { reason },
            Error::Timeout(_) => TransportFailure::TimedOut,
            Error::Io(io) if io.kind() == io::ErrorKind::TimedOut => TransportFailure::TimedOut,
            Error::BodyExceedsLimit(_) => TransportFailure::ReplyTooLarge {
                most: self.largest_reply,
            },
            Error::Tls(_) | Error::Rustls(_) => TransportFailure::Tls { reason },
            Error::Io(io) if tls::is_failure(&io) => TransportFailure::Tls { reason },
            _ => TransportFailure::Broken { reason },
        }
    }
}

/// True where the logger takes ureq's dumps of everything it writes and reads, which nothing else can switch off.
fn is_overheard() -> bool {
    log::log_enabled!(target: "ureq_proto::util", log::Level::Trace)
}

/// Failures that only looking up a name or making a connection gives.
fn never_connected(error: &io::Error) -> bool {
    // The standard library gives a failed look-up no kind of its own.
    let not_found = error
        .to_string()
        .starts_with("failed to lookup address information");
    not_found
        || matches!(
            error.kind(),
            io::ErrorKind::ConnectionRefused
                | io::ErrorKind::HostUnreachable
                | io::ErrorKind::NetworkUnreachable
                | io::ErrorKind::AddrNotAvailable
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the retry decision rests on: whether anything was sent, and whether an answer may have been lost.
    #[test]
    fn each_failure_of_the_library_is_one_of_ours() {
        use TransportFailure as F;
        let ureq = Ureq::new(&TransportOptions::default().largest_reply(7)).unwrap();
        let io = |kind: io::ErrorKind| Error::Io(kind.into());
        let reason = |error: &Error| printable(&error.to_string());
        let no_name = io::Error::other("failed to lookup address information: no such name");
        let tls = rustls::Error::General("x".to_owned());
        let not_connected = [
            Error::HostNotFound,
            Error::ConnectionFailed,
            Error::Timeout(Timeout::Connect),
            Error::Timeout(Timeout::Resolve),
            Error::Io(no_name),
            io(io::ErrorKind::ConnectionRefused),
            io(io::ErrorKind::HostUnreachable),
            io(io::ErrorKind::NetworkUnreachable),
            io(io::ErrorKind::AddrNotAvailable),
        ]
        .map(|error| {
            (
                F::NotConnected {
                    reason: reason(&error),
                },
                error,
            )
        });
        let of_tls = [
            Error::Tls("x"),
            Error::Rustls(tls.clone()),
            Error::Io(io::Error::other(tls)),
        ]
        .map(|error| {
            (
                F::Tls {
                    reason: reason(&error),
                },
                error,
            )
        });
        let timed_out = [
            Error::Timeout(Timeout::Global),
            Error::Timeout(Timeout::RecvBody),
            io(io::ErrorKind::TimedOut),
        ]
        .map(|error| (F::TimedOut, error));
        let broken = [
            io(io::ErrorKind::ConnectionReset),
            io(io::ErrorKind::UnexpectedEof),
            Error::BadUri("x".to_owned()),
        ]
        .map(|error| {
            (
                F::Broken {
                    reason: reason(&error),
                },
                error,
            )
        });
        let too_large = [(F::ReplyTooLarge { most: 7 }, Error::BodyExceedsLimit(8))];

        let all = not_connected.into_iter().chain(of_tls).chain(timed_out);
        for (ours, theirs) in all.chain(broken).chain(too_large) {
            let shown = format!("{theirs:?}");
            assert_eq!(ureq.failure(theirs), ours, "{shown}");
        }
    }
}
