//! The exit codes, and the one error type: whose fault it is and one line that says so.
//!
//! 0 done · 2 usage or bad input · 3 key rejected · 4 credential or signing · 5 transport · 6 throttled ·
//! 7 the service said no · 8 the answer cannot be opened · 9 cards of a batch failed · 70 a bug · 130 interrupted.

use std::fmt;

use cardseal::{ErrorKind, KeyRejected};

use crate::discretion;
use crate::language::{self, Language};
use crate::options_named;
use crate::printable::one_line;
use crate::speech;

/// Whose fault an error is. The exit code follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Arguments, input, or files and streams of the caller's that cannot be used.
    Usage,
    /// The public key was refused.
    Key,
    /// Credentials are missing or wrong, or a request cannot be signed with them.
    Credential,
    /// The network.
    Transport,
    /// The service limits the rate.
    Throttled,
    /// The service said no.
    Service,
    /// The answer cannot be opened.
    Answer,
    /// A batch ended, and some of its cards failed.
    #[cfg(feature = "batch")]
    Cards,
    /// A defect here.
    Bug,
    /// Somebody stopped it.
    #[cfg(feature = "batch")]
    Interrupted,
}

impl Whose {
    /// The process's exit code.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Usage => 2,
            Self::Key => 3,
            Self::Credential => 4,
            Self::Transport => 5,
            Self::Throttled => 6,
            Self::Service => 7,
            Self::Answer => 8,
            #[cfg(feature = "batch")]
            Self::Cards => 9,
            Self::Bug => 70,
            #[cfg(feature = "batch")]
            Self::Interrupted => 130,
        }
    }

    /// The word an error's line begins with.
    fn word(self) -> &'static str {
        if language::chosen() == Language::Chinese {
            return self.word_in_chinese();
        }
        match self {
            Self::Usage => "usage",
            Self::Key => "key",
            Self::Credential => "credential",
            Self::Transport => "transport",
            Self::Throttled => "throttled",
            Self::Service => "service",
            Self::Answer => "answer",
            #[cfg(feature = "batch")]
            Self::Cards => "cards",
            Self::Bug => "bug",
            #[cfg(feature = "batch")]
            Self::Interrupted => "interrupted",
        }
    }
}

impl Whose {
    fn word_in_chinese(self) -> &'static str {
        match self {
            Self::Usage => "用法或输入",
            Self::Key => "公钥",
            Self::Credential => "凭证",
            Self::Transport => "网络",
            Self::Throttled => "限流",
            Self::Service => "服务",
            Self::Answer => "应答",
            #[cfg(feature = "batch")]
            Self::Cards => "卡片",
            Self::Bug => "程序缺陷",
            #[cfg(feature = "batch")]
            Self::Interrupted => "已中断",
        }
    }
}

impl From<ErrorKind> for Whose {
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Input => Self::Usage,
            ErrorKind::Key => Self::Key,
            ErrorKind::Credential | ErrorKind::Signing => Self::Credential,
            ErrorKind::Transport => Self::Transport,
            ErrorKind::Throttled => Self::Throttled,
            ErrorKind::Service => Self::Service,
            ErrorKind::Protocol | ErrorKind::Open => Self::Answer,
            // `Bug`, and kinds this command line does not know.
            _ => Self::Bug,
        }
    }
}

/// Why a command failed: one line, without control characters.
#[derive(Debug)]
pub(crate) struct Failure {
    whose: Whose,
    message: String,
}

impl Failure {
    /// A failure; `message` says what happened and what to do next.
    pub(crate) fn new(whose: Whose, message: impl Into<String>) -> Self {
        Self {
            whose,
            message: message.into(),
        }
    }

    /// Bad usage, bad input, or a file that cannot be used.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Whose::Usage, message)
    }

    /// Whose fault it is.
    pub(crate) fn whose(&self) -> Whose {
        self.whose
    }

    /// What happened and what to do next.
    #[cfg(feature = "http")]
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// The same failure blamed on `whose`.
    pub(crate) fn blamed_on(self, whose: Whose) -> Self {
        Self { whose, ..self }
    }

    /// The same failure with more to say.
    pub(crate) fn adding(mut self, more: &str) -> Self {
        self.message.push_str(more);
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = discretion::without_secrets(&self.message);
        let message = options_named::named(speech::said(&message));
        match language::chosen() {
            Language::English => write!(f, "{}: {}", self.whose.word(), one_line(&message)),
            Language::Chinese => write!(f, "{}：{}", self.whose.word(), one_line(&message)),
        }
    }
}

impl From<cardseal::Error> for Failure {
    fn from(error: cardseal::Error) -> Self {
        Self::new(error.kind().into(), error.to_string())
    }
}

impl From<KeyRejected> for Failure {
    fn from(reason: KeyRejected) -> Self {
        cardseal::Error::from(reason).into()
    }
}

/// What clap has to say about the arguments, on one line.
pub(crate) fn usage(error: &clap::Error) -> Failure {
    use clap::error::ErrorKind as Clap;
    if matches!(
        error.kind(),
        Clap::DisplayHelpOnMissingArgumentOrSubcommand | Clap::MissingSubcommand
    ) {
        return Failure::usage("no command is given; see `cardseal --help`");
    }
    let text = error.render().to_string();
    let said: Vec<&str> = text
        .lines()
        .map(str::trim)
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"))
        .filter(|line| !line.is_empty())
        .collect();
    let said = said.join(" ");
    let said = said.strip_prefix("error: ").unwrap_or(&said);
    let said = said.replace(" tip: ", "; ");
    let said = discretion::without_words(&said);
    Failure::usage(format!("{said}; --help shows how"))
}

/// After a panic, whose place was told already.
pub(crate) fn after_a_panic() -> Failure {
    Failure::new(
        Whose::Bug,
        "the program panicked; do not use anything it printed; please report it with the line above",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_code() {
        for (kind, code) in [
            (ErrorKind::Input, 2),
            (ErrorKind::Key, 3),
            (ErrorKind::Credential, 4),
            (ErrorKind::Signing, 4),
            (ErrorKind::Transport, 5),
            (ErrorKind::Throttled, 6),
            (ErrorKind::Service, 7),
            (ErrorKind::Protocol, 8),
            (ErrorKind::Open, 8),
            (ErrorKind::Bug, 70),
        ] {
            assert_eq!(Whose::from(kind).code(), code, "{kind:?}");
        }
    }

    #[test]
    fn a_failure_is_one_line_whatever_it_quotes() {
        let failure = Failure::usage("a\nb\x1b[31m\r\u{9b}c\u{202e}\u{2800}");
        let shown = failure.to_string();
        assert_eq!(shown.lines().count(), 1);
        assert!(!shown.contains(cardseal::is_unprintable), "{shown:?}");
    }
}
