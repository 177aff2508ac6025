//! Whether a call is billed, by what the clouds have published.

use cardseal::{Error, ErrorKind, service_codes};

/// Whether a call of this cloud that came to this end is billed; `None` where nobody can tell from here.
///
/// Tencent: a success is; a refusal is not, but for a few codes of pictures that were looked at in vain. Source: its
/// billing page (866/45470). The other clouds: a success is, and of a refusal their pages do not say. An answer that was
/// lost, or came and cannot be read, may have been billed anywhere.
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
