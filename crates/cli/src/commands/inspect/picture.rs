//! A picture: whether the service takes it, by its first bytes and its end.

use cardseal_prepare::Limits;
use cardseal_sniff::{Kind, check, sniff};

use super::report::Report;
use crate::exit::Whose;

/// `None` where it is no picture.
pub(super) fn examine(bytes: &[u8]) -> Option<Report> {
    let kind = sniff(bytes);
    if !(kind.is_readable() || matches!(kind, Kind::Heic | Kind::Pdf)) {
        return None;
    }
    let mut report = Report::new("picture", Whose::Usage);
    report.fact("format", kind.id());
    report.fact("bytes", bytes.len());
    if let Err(why) = check(bytes) {
        report.problem(why.to_string());
    }
    if bytes.len() > Limits::MAX_BYTES {
        report.warning(format!(
            "a sealed request carries at most {} bytes of picture; `cardseal prepare` makes it smaller",
            Limits::MAX_BYTES
        ));
    }
    Some(report)
}
