//! The kinds of errors by name, as every report has them.

use cardseal::ErrorKind;

/// The name of an error's kind in lower case: what stands for a code where the service gave none.
pub fn kind_name(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Input => "input",
        ErrorKind::Key => "key",
        ErrorKind::Credential => "credential",
        ErrorKind::Signing => "signing",
        ErrorKind::Transport => "transport",
        ErrorKind::Throttled => "throttled",
        ErrorKind::Service => "service",
        ErrorKind::Protocol => "protocol",
        ErrorKind::Open => "open",
        ErrorKind::Provider => "provider",
        // `Bug`, and kinds that are not known here.
        _ => "bug",
    }
}
