//! Whether a call is billed, according to the clouds' published rules.

use cardseal::{Error, ErrorKind, service_codes};

/// Whether a call of this cloud with this outcome is billed; `None` if unknown.
///
/// Tencent bills successes, and refusals only with a few codes. Source: its billing page (866/45470). The other clouds
/// bill successes; their pages say nothing about refusals. A call whose reply was lost or cannot be read may have been
/// billed.
pub fn billed(cloud: &str, error: Option<&Error>) -> Option<bool> {
    let Some(error) = error else {
        return Some(true);
    };
    let throttled = error.kind() == ErrorKind::Throttled;
    match (cloud, error.service_code()) {
        ("tencent", Some(code)) => Some(
            service_codes::table()
                .any(|row| row.cloud == "tencent" && row.code == code && row.billed == Some(true)),
        ),
        _ if throttled => Some(false),
        _ => None,
    }
}
