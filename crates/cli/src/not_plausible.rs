//! Refuses arguments that cannot be what they are given for, and shows none of them.

use crate::exit::Failure;
use crate::plausible::is_plain;

/// Refuses a region or a service that can be none.
pub(crate) fn name(option: &str, given: &str) -> Result<(), Failure> {
    match is_plain(given) {
        true => Ok(()),
        false => Err(refused(option, "such a name", given)),
    }
}

/// What cannot be what it is given for; `what` says what is meant.
pub(crate) fn refused(option: &str, what: &str, given: &str) -> Failure {
    let count = given.chars().count();
    Failure::usage(format!(
        "{option} is refused: what is given has {count} characters and is not {what}; it is not shown, for it may be a \
         secret; see --help"
    ))
}
