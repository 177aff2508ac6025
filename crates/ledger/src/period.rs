//! A period of time, from a start to an exclusive end.

use std::time::SystemTime;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::day::{millis, start_of};
use crate::error::LedgerError;

/// A period from a time (inclusive) to another (exclusive); either may be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    pub(crate) since: i64,
    pub(crate) until: i64,
}

impl Period {
    /// All time.
    pub const ALL: Self = Self {
        since: i64::MIN,
        until: i64::MAX,
    };

    /// Parses two times: `YYYY-MM-DD`, which means the start of that day in the machine's zone, or RFC 3339.
    ///
    /// # Errors
    /// [`LedgerError::BadTime`] if one is neither, or the first is after the second.
    pub fn parse(since: Option<&str>, until: Option<&str>) -> Result<Self, LedgerError> {
        let period = Self {
            since: since.map_or(Ok(i64::MIN), parse_moment)?,
            until: until.map_or(Ok(i64::MAX), parse_moment)?,
        };
        if period.since > period.until {
            return Err(LedgerError::BadTime(format!(
                "the period begins at {} and ends before that, at {}; swap the two",
                since.unwrap_or_default(),
                until.unwrap_or_default()
            )));
        }
        Ok(period)
    }

    /// Whether it contains a time.
    pub fn contains(&self, time: SystemTime) -> bool {
        (self.since..self.until).contains(&millis(time))
    }
}

/// Checks a day: `YYYY-MM-DD`.
///
/// # Errors
/// [`LedgerError::BadTime`] if it is not a day.
pub fn parse_day(text: &str) -> Result<String, LedgerError> {
    Ok(day(text)?.to_string())
}

/// The start of a day in the machine's zone.
pub(crate) fn day_begins(text: &str) -> Result<i64, LedgerError> {
    start_of(day(text)?)
}

fn day(text: &str) -> Result<Date, LedgerError> {
    let is_day = text.len() == "YYYY-MM-DD".len();
    let day = text.parse::<Date>().ok().filter(|_| is_day);
    day.ok_or_else(|| {
        LedgerError::BadTime(format!("`{}` is not a date; write YYYY-MM-DD", cut(text)))
    })
}

fn parse_moment(text: &str) -> Result<i64, LedgerError> {
    if let Ok(day) = day(text) {
        return start_of(day);
    }
    let time = text.parse::<Timestamp>().map_err(|_| {
        LedgerError::BadTime(format!(
            "`{}` is neither a date nor a time; write YYYY-MM-DD, or RFC 3339 as in 2026-01-31T08:00:00+08:00",
            cut(text)
        ))
    })?;
    Ok(time.as_millisecond())
}

fn cut(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_and_nonsense_is_refused() {
        let of = |text| parse_moment(text).ok();
        assert_eq!(of("1970-01-01T00:00:01Z"), Some(1000));
        assert_eq!(of("1970-01-01T08:00:00+08:00"), Some(0));
        assert_eq!(of("1970-01-01T00:00:00.250Z"), Some(250));
        assert!(of("2026-02-28").is_some());
        for wrong in [
            "",
            "yesterday",
            "2026-02-30",
            "2026-2-3",
            "20260228",
            "2026-02-28T10:00",
            "1",
        ] {
            assert!(of(wrong).is_none(), "{wrong}");
        }
        assert!(Period::parse(Some("2026-01-02"), Some("2026-01-01")).is_err());
        assert!(Period::parse(Some("2026-01-01"), Some("2026-01-01")).is_ok());
    }

    #[test]
    fn the_end_is_not_within() {
        let period = Period::parse(Some("2026-01-01T00:00:00Z"), Some("2026-01-01T00:00:01Z"));
        let period = period.unwrap();
        let at = |millis: i64| crate::day::moment(1_767_225_600_000 + millis);
        assert!(period.contains(at(0)) && period.contains(at(999)) && !period.contains(at(1000)));
    }
}
