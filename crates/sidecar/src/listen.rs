//! Where the sidecar listens: only a Unix socket or a loopback port.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

/// Where to listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listen {
    /// A socket file.
    Unix(PathBuf),
    /// A loopback address and port; port 0 selects a free port.
    Loopback(SocketAddr),
}

/// Why a text is not a valid place to listen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotListenable {
    /// An address that other hosts can reach.
    #[error(
        "that address is not loopback, and the sidecar speaks plain HTTP; listen at 127.0.0.1:PORT or unix:PATH"
    )]
    Reachable,
    /// Neither.
    #[error("that is neither unix:PATH nor 127.0.0.1:PORT")]
    Malformed,
}

impl FromStr for Listen {
    type Err = NotListenable;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(path) = text.strip_prefix("unix:") {
            return match path.is_empty() || path.contains('\0') {
                true => Err(NotListenable::Malformed),
                false => Ok(Self::Unix(path.into())),
            };
        }
        // Names are not looked up: what they mean is somebody else's to say.
        let text = match text.strip_prefix("localhost:") {
            Some(port) => format!("127.0.0.1:{port}"),
            None => text.to_owned(),
        };
        let address: SocketAddr = text.parse().map_err(|_| NotListenable::Malformed)?;
        match address.ip().is_loopback() {
            true => Ok(Self::Loopback(address)),
            false => Err(NotListenable::Reachable),
        }
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
            Self::Loopback(address) => write!(f, "http://{address}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_or_loopback_and_nothing_that_others_reach() {
        assert_eq!("unix:/run/c".parse(), Ok(Listen::Unix("/run/c".into())));
        for text in ["127.0.0.1:0", "127.0.0.5:80", "[::1]:8080", "localhost:7"] {
            assert!(matches!(text.parse(), Ok(Listen::Loopback(_))), "{text}");
        }
        for text in [
            "0.0.0.0:80",
            "[::]:80",
            "192.168.1.1:80",
            "[::ffff:10.0.0.1]:1",
        ] {
            assert_eq!(
                text.parse::<Listen>(),
                Err(NotListenable::Reachable),
                "{text}"
            );
        }
        for text in [
            "",
            "unix:",
            "unix:a\0b",
            "/run/c",
            "127.0.0.1",
            "localhost",
            "example.com:80",
            "127.0.0.1:99999",
        ] {
            assert_eq!(
                text.parse::<Listen>(),
                Err(NotListenable::Malformed),
                "{text}"
            );
        }
    }
}
