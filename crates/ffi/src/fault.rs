//! Errors for other languages: a number, the kind's name, and the service's code.

use core::fmt;

use cardseal::{Error, ErrorKind, KeyRejected};
use zeroize::Zeroizing;

/// An error for another language. What it prints contains no key, no body, and no text recognised on a card.
pub struct Fault {
    exit: u8,
    kind: &'static str,
    message: String,
    code: Option<String>,
    request_id: Option<String>,
    opened: Option<Zeroizing<Vec<u8>>>,
}

impl Fault {
    /// Bad usage or bad input; `message` says what happened and what to do.
    pub fn input(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Input, message)
    }

    /// A defect on this side.
    pub fn bug(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Bug, message)
    }

    fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            exit: exit_code(kind),
            kind: kind.name(),
            message: message.into(),
            code: None,
            request_id: None,
            opened: None,
        }
    }

    /// The same error with another exit code, set by a caller that knows the cause better.
    pub(crate) fn exiting(self, exit: u8) -> Self {
        Self { exit, ..self }
    }

    /// The same error with the request's id, where it had none.
    pub(crate) fn of_request(mut self, id: Option<&str>) -> Self {
        if self.request_id.is_none() {
            self.request_id = id.map(|id| id.chars().filter(|c| !c.is_control()).collect());
        }
        self
    }

    /// The exit code of the command line: 2 usage or bad input, 3 key, 4 credential or signing, 5 transport, 6
    /// throttled, 7 the service refused, 8 the reply cannot be opened, 70 a bug.
    pub fn exit(&self) -> u8 {
        self.exit
    }

    /// The name of its [`ErrorKind`] in lower case, such as `service`.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// What happened, whose fault it is, and what to do. One line.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The service's own code, such as `FailedOperation.ImageBlur`.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The service's request id.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// What a billed answer opened to that cannot be read, as [`Error::opened_text`] has it. It is personal data.
    pub fn opened_text(&self) -> Option<&[u8]> {
        Some(self.opened.as_ref()?.as_slice())
    }

    /// The same, for an error that is told in parts.
    #[cfg(feature = "c")]
    pub(crate) fn take_opened_text(&mut self) -> Option<Zeroizing<Vec<u8>>> {
        self.opened.take()
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fault")
            .field("exit", &self.exit)
            .field("kind", &self.kind)
            .field("message", &self.message)
            .field("code", &self.code)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl core::error::Error for Fault {}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self {
            code: error.service_code().map(str::to_owned),
            request_id: error.request_id().map(str::to_owned),
            opened: error
                .opened_text()
                .map(|text| Zeroizing::new(text.to_vec())),
            ..Self::new(error.kind(), error.to_string())
        }
    }
}

impl From<KeyRejected> for Fault {
    fn from(reason: KeyRejected) -> Self {
        Error::from(reason).into()
    }
}

/// As on the command line.
fn exit_code(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::Input => 2,
        ErrorKind::Key => 3,
        ErrorKind::Credential | ErrorKind::Signing => 4,
        ErrorKind::Transport => 5,
        ErrorKind::Throttled => 6,
        ErrorKind::Service => 7,
        ErrorKind::Protocol | ErrorKind::Open => 8,
        // `Provider`, `Bug`, and kinds that are not known here.
        _ => 70,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_code_and_its_own_name_in_lower_case() {
        for (kind, exit) in [
            (ErrorKind::Input, 2),
            (ErrorKind::Key, 3),
            (ErrorKind::Credential, 4),
            (ErrorKind::Signing, 4),
            (ErrorKind::Transport, 5),
            (ErrorKind::Throttled, 6),
            (ErrorKind::Service, 7),
            (ErrorKind::Protocol, 8),
            (ErrorKind::Open, 8),
            (ErrorKind::Provider, 70),
            (ErrorKind::Bug, 70),
        ] {
            let fault = Fault::new(kind, "it happened");
            assert_eq!(fault.exit(), exit, "{kind:?}");
            assert_eq!(fault.kind(), format!("{kind:?}").to_lowercase());
        }
    }
}
