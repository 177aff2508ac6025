//! Errors, grouped by whose fault they are.
//!
//! An [`Error`] says what happened and what to do next, and has the service's request id if there is one. It never
//! contains a key, a body, or text recognised on a card. Control characters in outside text are escaped, so that they
//! cannot control a terminal.

mod key_rejected;
mod remedy;

use core::error::Error as StdError;
use core::fmt;
use core::time::Duration;
use std::sync::Arc;
use std::time::SystemTime;

pub(crate) use key_rejected::{KeyCoding, Step};
pub use key_rejected::{KeyFormat, KeyRejected};
pub(crate) use remedy::Remedy;

use cardseal_crypto::{ProviderError, ProviderErrorKind, Wiped};

use crate::secret_like::{looks_secret, not_shown};
use crate::unprintable::is_unprintable;

/// Whose fault an [`Error`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The caller's input: a missing image, one that is too large, a malformed option.
    Input,
    /// The recipient's public key was rejected.
    Key,
    /// The credentials are missing or malformed, or could not be fetched.
    Credential,
    /// The request cannot be signed in its present form, or the service refused the signature.
    Signing,
    /// The network: no connection, TLS, a time limit, a reply that is too large or is cut short.
    Transport,
    /// The service limits the rate; the same request may succeed later.
    Throttled,
    /// The service understood the request and refused it.
    Service,
    /// The service's reply is not what its documentation promises.
    Protocol,
    /// The encrypted reply cannot be opened.
    Open,
    /// The crypto provider failed: the module is gone, or lacks a needed function.
    Provider,
    /// A defect in this library, or a failed random generator.
    Bug,
}

impl ErrorKind {
    /// The name in lower case, for programs: `input`, `key`, `credential` and so on.
    pub fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Key => "key",
            Self::Credential => "credential",
            Self::Signing => "signing",
            Self::Transport => "transport",
            Self::Throttled => "throttled",
            Self::Service => "service",
            Self::Protocol => "protocol",
            Self::Open => "open",
            Self::Provider => "provider",
            Self::Bug => "bug",
        }
    }
}

/// The one error type of the public interface.
pub struct Error {
    kind: ErrorKind,
    message: String,
    details: Option<Box<Details>>,
}

/// Kept apart so that a `Result` stays small.
#[derive(Clone, Default)]
struct Details {
    remedy: Remedy,
    request_id: Option<String>,
    service_code: Option<String>,
    retry_after: Option<Duration>,
    service_time: Option<SystemTime>,
    nothing_was_sent: bool,
    /// The service's own fault, which may be gone the next moment.
    may_pass: bool,
    /// What an answer opened to that cannot be read.
    opened: Option<Arc<Wiped>>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
    /// The message says already what the source says.
    source_is_told: bool,
}

impl Error {
    /// An error of this kind. `message` says what happened and what to do.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            details: None,
        }
    }

    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Input, message)
    }

    /// An error of your own credentials source: its credentials cannot be used, or it refused. A chain stops with this
    /// error and does not try another account's credentials.
    pub fn credential(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Credential, message)
    }

    /// An error of your own credentials source: it could not be reached, or did not answer in time. The call asks it
    /// again, according to its retry policy.
    pub fn transport(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Transport, message)
    }

    /// What a provider could not do, and what became of the request.
    pub(crate) fn of_provider(error: ProviderError, outcome: &str) -> Self {
        let kind = match error.kind() {
            ProviderErrorKind::Unsupported | ProviderErrorKind::Lost => ErrorKind::Provider,
            _ => ErrorKind::Bug,
        };
        Self::new(kind, format!("{error}; {outcome}")).made_of(error)
    }

    /// Keeps the cause: [`source`](StdError::source) gives it. It must hold no secret, since it will be logged.
    #[must_use]
    pub fn caused_by(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.details_mut().source = Some(Arc::new(source));
        self
    }

    /// Keeps a cause that the message says already: a chain of errors that is printed shows it once.
    pub(crate) fn made_of(mut self, cause: impl StdError + Send + Sync + 'static) -> Self {
        let details = self.details_mut();
        details.source = Some(Arc::new(cause));
        details.source_is_told = true;
        self
    }

    /// The same error for another call that waited for the same thing.
    pub(crate) fn again(&self) -> Self {
        Self {
            kind: self.kind,
            message: self.message.clone(),
            details: self.details.clone(),
        }
    }

    /// Appends the outcome of the call to the message.
    pub(crate) fn with_outcome(mut self, what: &str) -> Self {
        self.message.push_str("; ");
        self.message.push_str(what);
        self
    }

    /// Stores the service's time.
    pub(crate) fn with_service_time(mut self, time: Option<SystemTime>) -> Self {
        if time.is_some() {
            self.details_mut().service_time = time;
        }
        self
    }

    pub(crate) fn service_time(&self) -> Option<SystemTime> {
        self.details.as_ref()?.service_time
    }

    /// Stores how long the service asks the client to wait.
    pub(crate) fn with_retry_after(mut self, time: Option<Duration>) -> Self {
        if time.is_some() {
            self.details_mut().retry_after = time;
        }
        self
    }

    /// Notes that nothing of the request was sent, so that sending it again does no harm.
    pub(crate) fn with_nothing_sent(mut self) -> Self {
        self.details_mut().nothing_was_sent = true;
        self
    }

    /// Notes that it is the service's own fault and may be gone the next moment.
    pub(crate) fn with_may_pass(mut self, may_pass: bool) -> Self {
        if may_pass {
            self.details_mut().may_pass = true;
        }
        self
    }

    /// Keeps what an answer opened to, so that what was paid for is not lost.
    pub(crate) fn with_opened(mut self, plaintext: Wiped) -> Self {
        self.details_mut().opened = Some(Arc::new(plaintext));
        self
    }

    pub(crate) fn with_request_id(mut self, id: Option<&str>) -> Self {
        if let Some(id) = id.filter(|id| !id.is_empty()) {
            self.details_mut().request_id = Some(printable(id));
        }
        self
    }

    pub(crate) fn with_service_code(mut self, code: &str) -> Self {
        self.details_mut().service_code = Some(printable(code));
        self
    }

    /// Puts what was being done in front of the message.
    pub(crate) fn while_doing(mut self, what: &str) -> Self {
        self.message = format!("{what}: {}", self.message);
        self
    }

    pub(crate) fn with_remedy(mut self, remedy: Remedy) -> Self {
        if remedy != Remedy::None {
            self.details_mut().remedy = remedy;
        }
        self
    }

    fn details_mut(&mut self) -> &mut Details {
        self.details.get_or_insert_default()
    }

    /// Whose fault it is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The service's id of the failed request, to quote to its support.
    pub fn request_id(&self) -> Option<&str> {
        self.details.as_ref()?.request_id.as_deref()
    }

    /// The service's own error code, such as `FailedOperation.ImageBlur`; unknown codes are kept as they came.
    pub fn service_code(&self) -> Option<&str> {
        self.details.as_ref()?.service_code.as_deref()
    }

    /// Why the recipient's key was rejected, if it was.
    pub fn key_rejected(&self) -> Option<&KeyRejected> {
        self.cause()?.downcast_ref()
    }

    /// What it was made of, to be downcast: a [`KeyRejected`], a [`TransportFailure`](crate::TransportFailure), a
    /// credentials source's own error. Unlike [`source`](StdError::source), also where the message says it already.
    pub fn cause(&self) -> Option<&(dyn StdError + 'static)> {
        let source: &(dyn StdError + 'static) = &**self.details.as_ref()?.source.as_ref()?;
        Some(source)
    }

    /// What a billed answer opened to that cannot be read: it has the right tag and is not JSON, or it is no card. It is
    /// personal data. `None` for every other error.
    pub fn opened_text(&self) -> Option<&[u8]> {
        Some(self.details.as_ref()?.opened.as_ref()?.as_slice())
    }

    pub(crate) fn remedy(&self) -> Remedy {
        self.details
            .as_ref()
            .map_or(Remedy::None, |details| details.remedy)
    }

    /// The message without the request id.
    #[cfg(test)]
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// True if sending the same sealed request again later is safe and may succeed: the rate is limited, or there was
    /// no connection and nothing was sent. A call's own retries use this too.
    pub fn is_retryable(&self) -> bool {
        self.kind == ErrorKind::Throttled || self.says_nothing_was_sent()
    }

    pub(crate) fn says_nothing_was_sent(&self) -> bool {
        let nothing_was_sent = |details: &Details| details.nothing_was_sent;
        self.details.as_deref().is_some_and(nothing_was_sent)
    }

    /// How long the service asked the client to wait before the next request, if it did.
    pub fn retry_after(&self) -> Option<Duration> {
        self.details.as_ref()?.retry_after
    }

    /// True if the failed request may succeed later and repeating it costs nothing, such as fetching credentials.
    pub(crate) fn is_transient(&self) -> bool {
        use ErrorKind::{Protocol, Throttled, Transport};
        let details = self.details.as_deref();
        matches!(self.kind, Throttled | Transport | Protocol)
            || details.is_some_and(|details| details.may_pass)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(id) = self.request_id() {
            write!(f, " (request id {id})")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.kind)
            .field("message", &self.message)
            .field("request_id", &self.request_id())
            .field("service_code", &self.service_code())
            .field("cause", &self.cause())
            .finish()
    }
}

impl StdError for Error {
    /// What the message does not say yet.
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self.details.as_ref()?.source_is_told {
            true => self.cause()?.source(),
            false => self.cause(),
        }
    }
}

/// An encrypted reply could not be opened. All reasons give the same error and the same text: telling a wrong padding
/// from a wrong tag or from broken JSON would help a forger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OpenError;

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the encrypted answer cannot be opened: it is damaged, forged, or belongs to another request; \
             do not use it, and seal a new request",
        )
    }
}

impl StdError for OpenError {}

impl From<OpenError> for Error {
    fn from(error: OpenError) -> Self {
        Self::new(ErrorKind::Open, error.to_string()).made_of(error)
    }
}

impl From<KeyRejected> for Error {
    fn from(reason: KeyRejected) -> Self {
        Self::new(
            ErrorKind::Key,
            format!("the public key is refused: {reason}"),
        )
        .made_of(reason)
    }
}

impl From<ProviderError> for Error {
    fn from(error: ProviderError) -> Self {
        Self::of_provider(error, "nothing was sealed or sent")
    }
}

/// The name of a member that nobody knows, as [`printable`]; not shown where it looks like a secret.
pub(crate) fn printable_name(name: &str) -> String {
    match looks_secret(name) {
        true => not_shown(name),
        false => printable(name),
    }
}

/// Outside text, cut to a length that fits a log line, with every character escaped that a terminal would obey or a reader
/// not see.
pub(crate) fn printable(text: &str) -> String {
    const LONGEST: usize = 512;
    let mut out = String::with_capacity(text.len().min(LONGEST));
    for (count, c) in text.chars().enumerate() {
        if count >= LONGEST {
            out.push('…');
            break;
        }
        match is_unprintable(c) {
            true if c.is_control() => out.extend(c.escape_default()),
            true => out.extend(c.escape_unicode()),
            false => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests;
