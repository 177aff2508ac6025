//! What a check found, for people or as JSON.

use serde::Serialize;

use crate::discretion;
use crate::exit::Whose;
use crate::options_named;
use crate::printable::printable;

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    Ok,
    Warn,
    Fail,
    Skip,
}

/// One check.
#[derive(Debug, Serialize)]
pub(super) struct Finding {
    check: &'static str,
    status: Status,
    detail: String,
    advice: &'static str,
    #[serde(skip)]
    whose: Whose,
}

/// A check that is under way: its name, and whose fault a failure is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Check(pub(super) &'static str, pub(super) Whose);

impl Check {
    pub(super) fn ok(self, detail: impl Into<String>) -> Finding {
        self.found(Status::Ok, detail.into(), "")
    }

    pub(super) fn warn(self, detail: impl Into<String>, advice: &'static str) -> Finding {
        self.found(Status::Warn, detail.into(), advice)
    }

    pub(super) fn fail(self, detail: impl Into<String>, advice: &'static str) -> Finding {
        self.found(Status::Fail, detail.into(), advice)
    }

    pub(super) fn skip(self, detail: impl Into<String>) -> Finding {
        self.found(Status::Skip, detail.into(), "")
    }

    fn found(self, status: Status, detail: String, advice: &'static str) -> Finding {
        Finding {
            check: self.0,
            status,
            detail: options_named::named(discretion::without_secrets(&printable(&detail))),
            advice,
            whose: self.1,
        }
    }
}

impl Finding {
    pub(super) fn is_fail(&self) -> bool {
        self.status == Status::Fail
    }

    pub(super) fn check(&self) -> &'static str {
        self.check
    }

    pub(super) fn detail(&self) -> &str {
        &self.detail
    }

    pub(super) fn whose(&self) -> Whose {
        self.whose
    }

    /// A line, and another for the advice.
    pub(super) fn text(&self, said: impl Fn(&str) -> String) -> String {
        let status = match self.status {
            Status::Ok => "ok",
            Status::Warn => "warn",
            Status::Fail => "FAIL",
            Status::Skip => "skip",
        };
        let mut text = format!("{status:<5}{:<14}{}\n", self.check, said(&self.detail));
        if !self.advice.is_empty() {
            text.push_str(&format!("{:19}{}\n", "", said(self.advice)));
        }
        text
    }
}
