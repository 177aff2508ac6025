//! A connection of the blocking driver: TCP with a deadline for all reads and writes, with or without TLS.

use core::fmt;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Instant;

use rustls::{ClientConnection, StreamOwned};
use ureq::Error;
use ureq::unversioned::transport::{Buffers, LazyBuffers, NextTimeout, Transport};

/// TCP with a deadline; `None` means no deadline. The socket's timeout is set before each read and write, because a
/// timeout that is set once restarts with every byte.
#[derive(Debug)]
pub(super) struct Timed {
    pub(super) tcp: TcpStream,
    pub(super) until: Option<Instant>,
}

impl Timed {
    fn left(&self) -> io::Result<Option<core::time::Duration>> {
        let Some(until) = self.until else {
            return Ok(None);
        };
        match until.saturating_duration_since(Instant::now()) {
            left if left.is_zero() => Err(io::ErrorKind::TimedOut.into()),
            left => Ok(Some(left)),
        }
    }
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            self.tcp.set_read_timeout(self.left()?)?;
            match self.tcp.read(buffer) {
                Err(error) if is_pause(&error) => {}
                read => return read,
            }
        }
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            self.tcp.set_write_timeout(self.left()?)?;
            match self.tcp.write(bytes) {
                Err(error) if is_pause(&error) => {}
                written => return written,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.tcp.flush()
    }
}

/// A socket timeout (under its names on different systems) or a signal; the deadline decides whether time is up.
fn is_pause(error: &io::Error) -> bool {
    use io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), Interrupted | TimedOut | WouldBlock)
}

/// A connection as ureq uses it.
pub(super) struct Stream {
    over: Over,
    buffers: LazyBuffers,
}

pub(super) enum Over {
    Tcp(Timed),
    Tls(Box<StreamOwned<ClientConnection, Timed>>),
}

impl Stream {
    pub(super) fn new(over: Over, input: usize, output: usize) -> Self {
        Self {
            over,
            buffers: LazyBuffers::new(input, output),
        }
    }
}

impl Over {
    fn timed(&mut self) -> &mut Timed {
        match self {
            Self::Tcp(timed) => timed,
            Self::Tls(stream) => &mut stream.sock,
        }
    }

    fn until(&mut self, timeout: &NextTimeout) {
        self.timed().until = Instant::now().checked_add(*timeout.after);
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(timed) => timed.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
        }
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Tcp(timed) => timed.write_all(bytes),
            Self::Tls(stream) => stream.write_all(bytes).and_then(|()| stream.flush()),
        }
    }
}

impl Transport for Stream {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.over.until(&timeout);
        let output = self.buffers.output().get(..amount).unwrap_or_default();
        self.over
            .write_all(output)
            .map_err(|error| named(error, &timeout))
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.over.until(&timeout);
        let read = self.over.read(self.buffers.input_append_buf());
        let amount = read.map_err(|error| named(error, &timeout))?;
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    /// Whether the other side has neither closed the connection nor sent anything more.
    fn is_open(&mut self) -> bool {
        let tcp = &self.over.timed().tcp;
        if tcp.set_nonblocking(true).is_err() {
            return false;
        }
        let silent = tcp
            .peek(&mut [0])
            .is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock);
        tcp.set_nonblocking(false).is_ok() && silent
    }

    fn is_tls(&self) -> bool {
        matches!(self.over, Over::Tls(_))
    }
}

fn named(error: io::Error, timeout: &NextTimeout) -> Error {
    if error.kind() == io::ErrorKind::TimedOut {
        return Error::Timeout(timeout.reason);
    }
    Error::Io(error)
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream")
            .field("tls", &self.is_tls())
            .finish_non_exhaustive()
    }
}
