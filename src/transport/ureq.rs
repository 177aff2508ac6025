//! The network of the blocking driver: ureq.

mod stream;
mod dial;

use core::time::Duration;
use std::io;

use bytes::Bytes;
use http::{Request, Response};
use ureq::config::AutoHeaderValue;
use ureq::{Agent, Error};

use super::dial::Dialer;
use super::{OwnHeaders, TransportFailure, TransportOptions, encoding, tls};
use crate::error::printable;

/// A pool of connections.
#[derive(Clone)]
pub(crate) struct Ureq {
    agent: Agent,
    own_headers: OwnHeaders,
    largest_reply: usize,
}

impl Ureq {
    pub(crate) fn new(options: &TransportOptions) -> Result<Self, TransportFailure> {
        let config = Agent::config_builder()
            // The service answers 200 to everything; the reader of the reply handles other statuses.
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            // The dialler handles the proxy; ureq must not follow the environment's.
            .proxy(None)
            .max_idle_age(options.idle_timeout)
            .max_idle_connections_per_host(if options.idle_timeout.is_zero() {
                0
            } else {
                options.idle_connections
            })
            // Only the limit per host counts, as in the other driver.
            .max_idle_connections(usize::MAX)
            // The request has one.
            .user_agent(AutoHeaderValue::None)
            .accept_encoding(AutoHeaderValue::Provided(
                super::ACCEPT_ENCODING.to_owned().into(),
            ))
            .build();
        let dial = dial::Dial::new(Dialer::new(options)?);
        Ok(Self {
            agent: Agent::with_parts(config, dial, dial::NoLookUp),
            own_headers: options.own_headers.clone(),
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
            return Err(TransportFailure::set_up(
                "`ureq_proto` logs at TRACE here, which is every byte it sends and reads, tokens and cards among them; \
                 keep it from that, as RUST_LOG=trace,ureq_proto=debug does",
            ));
        }
        let (mut parts, body) = request.into_parts();
        self.own_headers.add_to(&mut parts.headers);
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
        // One byte more than allowed, because the library's limit must not be reached: a reply of exactly the allowed
        // size must pass.
        let largest = u64::try_from(self.largest_reply).unwrap_or(u64::MAX);
        let bytes = body
            .into_with_config()
            .limit(largest.saturating_add(1))
            .read_to_vec()
            .map_err(|error| self.failure(error))?;
        encoding::undo(
            Response::from_parts(parts, Bytes::from(bytes)),
            self.largest_reply,
        )
    }

    fn failure(&self, error: Error) -> TransportFailure {
        let reason = printable(&error.to_string());
        match error {
            // A failure before there was a connection has its own type.
            Error::Other(failure) => match failure.downcast::<TransportFailure>() {
                Ok(failure) => *failure,
                Err(_) => TransportFailure::Broken { reason },
            },
            Error::Timeout(_) => TransportFailure::TimedOut,
            Error::Io(io) if io.kind() == io::ErrorKind::TimedOut => TransportFailure::TimedOut,
            Error::BodyExceedsLimit(_) => TransportFailure::ReplyTooLarge {
                most: self.largest_reply,
            },
            Error::Io(io) => tls::failure(&io).unwrap_or(TransportFailure::Broken { reason }),
            _ => TransportFailure::Broken { reason },
        }
    }
}

/// True if the logger accepts ureq's dumps of everything it sends and reads; they cannot be turned off otherwise.
fn is_overheard() -> bool {
    log::log_enabled!(target: "ureq_proto::util", log::Level::Trace)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ureq::Timeout;

    /// The retry decision depends on this: whether anything was sent, and whether a reply may have been lost.
    #[test]
    fn each_failure_of_the_library_is_one_of_ours() {
        use TransportFailure as F;
        let ureq = Ureq::new(&TransportOptions::default().largest_reply(7)).unwrap();
        let io = |kind: io::ErrorKind| Error::Io(kind.into());
        let reason = |error: &Error| printable(&error.to_string());
        let tls = || rustls::Error::General("x".to_owned());
        let of_tls = F::Tls {
            reason: tls().to_string(),
        };
        let not_connected = F::not_connected("x");
        let broken = [
            io(io::ErrorKind::ConnectionReset),
            io(io::ErrorKind::UnexpectedEof),
            io(io::ErrorKind::ConnectionRefused),
            Error::BadUri("x".to_owned()),
            Error::Other("x".into()),
        ]
        .map(|error| {
            (
                F::Broken {
                    reason: reason(&error),
                },
                error,
            )
        });
        let others = [
            (not_connected.clone(), Error::Other(Box::new(not_connected))),
            (of_tls.clone(), Error::Io(io::Error::other(tls()))),
            (of_tls, Error::Io(io::Error::other(io::Error::other(tls())))),
            (F::TimedOut, Error::Timeout(Timeout::Global)),
            (F::TimedOut, Error::Timeout(Timeout::RecvBody)),
            (F::TimedOut, io(io::ErrorKind::TimedOut)),
            (F::ReplyTooLarge { most: 7 }, Error::BodyExceedsLimit(8)),
        ];
        for (ours, theirs) in broken.into_iter().chain(others) {
            let shown = format!("{theirs:?}");
            assert_eq!(ureq.failure(theirs), ours, "{shown}");
        }
    }
}
