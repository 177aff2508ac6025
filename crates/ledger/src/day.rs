//! Times and days: a time is milliseconds since 1970; a day is in the machine's time zone.

use std::time::{Duration, SystemTime};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::error::LedgerError;

/// Milliseconds since 1970; 0 for earlier times.
pub(crate) fn millis(time: SystemTime) -> i64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}

/// The time for these milliseconds.
pub(crate) fn moment(millis: i64) -> SystemTime {
    let since = Duration::from_millis(u64::try_from(millis).unwrap_or_default());
    SystemTime::UNIX_EPOCH
        .checked_add(since)
        .unwrap_or(SystemTime::UNIX_EPOCH)
}

/// RFC 3339 in UTC, to the millisecond.
pub(crate) fn written(millis: i64) -> String {
    let time = Timestamp::from_millisecond(millis).unwrap_or_default();
    format!("{time:.3}")
}

/// The start of a day in the machine's zone.
pub(crate) fn start_of(day: Date) -> Result<i64, LedgerError> {
    let start = day.to_zoned(TimeZone::system());
    let start = start.map_err(|error| LedgerError::BadTime(error.to_string()))?;
    Ok(start.timestamp().as_millisecond())
}

/// Days of times that are in order, so each day is computed once.
#[derive(Default)]
pub(crate) struct Days {
    name: String,
    from: i64,
    until: i64,
}

impl Days {
    /// `YYYY-MM-DD` of a time.
    pub(crate) fn of(&mut self, millis: i64) -> &str {
        if !(self.from..self.until).contains(&millis) {
            let time = Timestamp::from_millisecond(millis).unwrap_or_default();
            let day = time.to_zoned(TimeZone::system()).date();
            self.name = day.to_string();
            let next = day.checked_add(1.day()).unwrap_or(Date::MAX);
            self.from = start_of(day).unwrap_or(millis);
            self.until = start_of(next).unwrap_or(millis);
        }
        &self.name
    }
}
